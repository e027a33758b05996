import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { DAY, daysBetween, startOfDay } from "../model/time.ts";
import { matchesGlob } from "../text/glob.ts";

/**
 * The models as they were known on `MODELS_AS_OF`, for checks without a network. Newer models may exist, so an id that is
 * not here is a warning and never an error; `validate --live` asks the API.
 * Sources: `Model` and `DEPRECATED_MODELS` in the SDK's types (1.14.0); the model overview and deprecation pages of the docs.
 */

/** The day on which the table was last compared with its sources. */
export const MODELS_AS_OF = "2026-11-29";

export interface KnownModel {
  readonly id: string;
  readonly aliases: readonly string[];
  /** The rate-limit family that it most likely shares; only the API's groups are sure. */
  readonly family: string;
  /** The UTC day from which calls fail; after `MODELS_AS_OF` it is a plan, and only the API's `lifecycle` tells whether it was kept. */
  readonly retires?: string;
  /** The day before which it is promised not to be retired, where no day of retirement is announced. */
  readonly retiresNotBefore?: string;
  readonly successor?: string;
}

const MODELS: readonly KnownModel[] = [
  { id: "claude-fable-5-2", aliases: [], family: "fable-5" },
  { id: "claude-fable-5-1", aliases: [], family: "fable-5" },
  { id: "claude-fable-5", aliases: [], family: "fable-5" },
  { id: "claude-mythos-5-2", aliases: [], family: "mythos-5" },
  { id: "claude-mythos-5-1", aliases: [], family: "mythos-5" },
  { id: "claude-mythos-5", aliases: [], family: "mythos-5" },
  {
    id: "claude-mythos-preview",
    aliases: [],
    family: "mythos-preview",
    retiresNotBefore: "2026-06-30",
    successor: "claude-mythos-5-2",
  },
  { id: "claude-opus-5-5", aliases: [], family: "opus-5" },
  { id: "claude-opus-5", aliases: [], family: "opus-5" },
  { id: "claude-opus-4-8", aliases: [], family: "opus-4" },
  { id: "claude-opus-4-7", aliases: [], family: "opus-4" },
  { id: "claude-opus-4-6", aliases: [], family: "opus-4" },
  {
    id: "claude-opus-4-5-20251101",
    aliases: ["claude-opus-4-5"],
    family: "opus-4",
    retires: "2027-01-22",
    successor: "claude-opus-5-5",
  },
  {
    id: "claude-opus-4-1-20250805",
    aliases: ["claude-opus-4-1"],
    family: "opus-4",
    retires: "2026-08-05",
    successor: "claude-opus-4-8",
  },
  {
    id: "claude-opus-4-20250514",
    aliases: ["claude-opus-4-0"],
    family: "opus-4",
    retires: "2026-06-15",
    successor: "claude-opus-4-8",
  },
  { id: "claude-sonnet-5-5", aliases: [], family: "sonnet-5" },
  { id: "claude-sonnet-5", aliases: [], family: "sonnet-5" },
  { id: "claude-sonnet-4-6", aliases: [], family: "sonnet-4" },
  {
    id: "claude-sonnet-4-5-20250929",
    aliases: ["claude-sonnet-4-5"],
    family: "sonnet-4",
    retires: "2026-11-30",
    successor: "claude-sonnet-5-5",
  },
  {
    id: "claude-sonnet-4-20250514",
    aliases: ["claude-sonnet-4-0"],
    family: "sonnet-4",
    retires: "2026-06-15",
    successor: "claude-sonnet-4-6",
  },
  { id: "claude-haiku-5-5", aliases: [], family: "haiku-5" },
  { id: "claude-haiku-4-5-20251001", aliases: ["claude-haiku-4-5"], family: "haiku-4" },
];

/** Ids that are met in the wild and never existed, with what their writers most likely want: there was no Haiku 4.0. */
const NEVER_EXISTED: ReadonlyMap<string, string> = new Map([
  ["claude-haiku-4-20250514", "claude-haiku-5-5"],
  ["claude-haiku-4-0", "claude-haiku-5-5"],
  ["claude-haiku-4", "claude-haiku-5-5"],
]);

const BY_NAME: ReadonlyMap<string, KnownModel> = new Map(
  MODELS.flatMap((model) => [model.id, ...model.aliases].map((name) => [name, model] as const)),
);

/** The model of an id or an alias, or undefined where the table has none. */
export function findModel(name: string): KnownModel | undefined {
  return BY_NAME.get(name);
}

/** The id that an alias stands for; any other name is itself. */
export function resolveModel(name: string): string {
  return BY_NAME.get(name)?.id ?? name;
}

/** Every id and alias of the table, retired ones included. */
export function modelNames(): readonly string[] {
  return [...BY_NAME.keys()];
}

/** The newest model that a pattern matches, one that is not to be retired before one that is; undefined where it matches none. */
export function newestMatch(pattern: string): string | undefined {
  const matching = MODELS.filter(({ id, aliases }) => [id, ...aliases].some((name) => matchesModel(pattern, name)));
  // The table has the newest of each family first.
  return (matching.find(({ retires }) => retires === undefined) ?? matching[0])?.id;
}

/** For an id known never to have existed, the model to use instead. */
export function replacementForUnknownModel(name: string): string | undefined {
  return NEVER_EXISTED.get(name);
}

const MODEL_NAME = /^[A-Za-z0-9.\-_:@]+$/;

/**
 * Whether a text can be the name of a model. Anything else (a slash, an escape, a line break) may be taken apart differently by whoever
 * reads it next, such as a gateway that puts it into a path.
 */
export function isModelName(name: string): boolean {
  return MODEL_NAME.test(name);
}

/** Whether the name of a model in a role is a pattern (`*`, `claude-haiku-*`) and not one model's id or alias. */
export function isModelPattern(name: string): boolean {
  return name.includes("*");
}

/** Whether `pattern` matches the whole of `name`, the name of a model; `*` stands for any of its characters, none included. */
export function matchesModel(pattern: string, name: string): boolean {
  return isModelName(name) && matchesGlob(pattern, name, { one: false });
}

/** From so many days before a model's end it is spoken of. */
const SOON_DAYS = 60;

/** What the table says of a model's life: invented, retired, or soon to be. */
export function lifecycleFindings(model: string, now: number, path: ConfigPath, atKey?: boolean): Finding[] {
  const where = atKey ? { path, atKey } : { path };
  const instead = replacementForUnknownModel(model);
  if (instead !== undefined) return [finding("model-never-existed", { model, successor: instead }, where)];
  const known = findModel(model);
  const day = known?.retires ?? known?.retiresNotBefore;
  if (!known || day === undefined) return [];
  const successor = known.successor === undefined ? {} : { successor: known.successor };
  const days = daysBetween(now - (now % DAY), startOfDay(day));
  if (days > SOON_DAYS) return [];
  if (known.retires === undefined) {
    return [finding("model-retires-soon", { model, day, days, earliest: true, ...successor }, where)];
  }
  // What had not come when the table was made may have been put off since: only the API knows.
  if (days < 0 && day > MODELS_AS_OF)
    return [finding("model-retires-soon", { model, day, days, earliest: true, ...successor }, where)];
  if (days <= 0) return [finding("model-retired", { model, day, ...successor }, where)];
  return [finding("model-retires-soon", { model, day, days, ...successor }, where)];
}
