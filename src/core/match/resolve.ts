import type { Config } from "../config/config.ts";
import { Failure } from "../model/failure.ts";
import type { ApiKey, LiveWorkspace, User } from "../model/org.ts";
import { nameIdentity } from "../text/identity.ts";
import { suggest } from "../text/suggest.ts";
import { quoted } from "../text/text.ts";
import { keyTarget, workspaceIdOf } from "./key-place.ts";
import type { PeopleMatches } from "./people.ts";
import type { WorkspaceMatches } from "./workspaces.ts";

/** A workspace, declared or live, and the words by which somebody may mean it. */
export interface WorkspaceChoice {
  /** The live id; absent where the organization has none yet. */
  readonly id?: string;
  readonly handle?: string;
  /** The live name, and the declared one. */
  readonly names: readonly string[];
}

/** Every workspace of the file and of the organization, each once, as it can be named on the command line. */
export function workspaceChoices(
  { workspaces }: Pick<Config, "workspaces">,
  { matched, handles }: Pick<WorkspaceMatches, "matched" | "handles">,
  live: readonly LiveWorkspace[],
): readonly WorkspaceChoice[] {
  const found = new Map(matched.map((match) => [match.declared.handle, match]));
  return [
    ...[...workspaces.values()].map(({ handle, name }) => {
      const match = found.get(handle);
      // The name of one that is not settled is borne by the live ones that it could be.
      if (!match) return { handle, names: [] };
      return match.live ? { handle, id: match.live.id, names: [match.live.name, name] } : { handle, names: [name] };
    }),
    ...live.flatMap(({ id, name }) => (handles.has(id) ? [] : { id, names: [name] })),
  ];
}

/** The workspaces that a word fits: the one of that id, else all of that handle or name, case apart where none bears it exactly. */
export function fittingWorkspaces<Choice extends WorkspaceChoice>(
  choices: readonly Choice[],
  word: string,
): readonly Choice[] {
  const byId = choices.filter(({ id }) => id === word);
  if (byId.length > 0) return byId;
  const exact = nameIdentity(word);
  const hits = choices.filter(
    ({ handle, names }) => handle === exact || names.some((name) => nameIdentity(name) === exact),
  );
  if (hits.length > 0) return hits;
  const folded = exact.toLowerCase();
  return choices.filter(({ handle, names }) =>
    [handle, ...names].some((name) => name !== undefined && nameIdentity(name).toLowerCase() === folded),
  );
}

/** The one workspace that a word means. Throws Failure `not-found`, or `ambiguous` with all that it fits: nothing is guessed. */
export function findWorkspace<Choice extends WorkspaceChoice>(choices: readonly Choice[], word: string): Choice {
  const fitting = fittingWorkspaces(choices, word);
  const [found] = fitting;
  if (!found) throw notFound(choices, word);
  if (fitting.length === 1) return found;
  throw severalFit(`--workspace: ${quoted(word)}`, "workspaces", fitting.map(choiceText));
}

/**
 * The one workspace that a word means, without an id where the organization has none yet. Throws Failure as `findWorkspace` does, and
 * where which live one a declared one is cannot be told.
 */
export function findSettledWorkspace(
  config: Pick<Config, "workspaces">,
  matches: Pick<WorkspaceMatches, "matched" | "handles">,
  live: readonly LiveWorkspace[],
  word: string,
): WorkspaceChoice {
  const found = findWorkspace(workspaceChoices(config, matches, live), word);
  if (found.id !== undefined || matches.matched.some(({ declared }) => declared.handle === found.handle)) return found;
  throw new Failure("not-found", {
    message: `the workspace "${found.handle}" is declared, and which live one it is cannot be told`,
    fix: "anth-rbac drift says why",
  });
}

/** What stops a command where a word means several objects: all of them, each with what can be typed instead. */
export function severalFit(
  asked: string,
  kind: string,
  choices: readonly string[],
  fix = "name the one that is meant by its id",
): Failure {
  return new Failure("ambiguous", { message: `${asked} fits ${choices.length} ${kind}: ${choices.join("; ")}`, fix });
}

/** Live keys of one name as they are told apart: where each is, and its id. */
export function keyChoices(keys: readonly ApiKey[], { handles }: Pick<WorkspaceMatches, "handles">): readonly string[] {
  const placeOf = (key: ApiKey) => {
    const id = workspaceIdOf(key);
    return id === undefined ? id : (handles.get(id) ?? id);
  };
  return keys.map((key) => `${keyTarget(placeOf(key), key.name)} (${key.id})`).sort();
}

/** The one member with an e-mail; undefined where there is none. Throws Failure `ambiguous` where several bear it: flags take no ids of people. */
export function findMember({ usersOf }: Pick<PeopleMatches, "usersOf">, email: string): User | undefined {
  const bearers = usersOf(email);
  if (bearers.length < 2) return bearers[0];
  const choices = bearers.map((user) => `${user.email} (${user.id})`).sort();
  const fix = "nobody can tell them apart by the e-mail: change or remove the one that is not meant in the Console";
  throw severalFit(`the e-mail ${quoted(email)}`, "members", choices, fix);
}

/** So many names are listed where none is near. */
const LISTED = 5;

/** Says by what a workspace can be named here: without a file there are no handles, and offline there may be no ids. */
function notFound(choices: readonly WorkspaceChoice[], word: string): Failure {
  const ways = [
    ...(choices.some(({ handle }) => handle !== undefined) ? ["handle"] : []),
    "name",
    ...(choices.some(({ id }) => id !== undefined) ? ["id"] : []),
  ];
  const by = ways.length > 1 ? `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}` : ways.join();
  const near = suggest(
    word,
    choices.flatMap(({ id, handle, names }) => [handle ?? [], ...names, id ?? []].flat()),
  );
  const listed = choices.slice(0, LISTED).map(choiceText).join("; ");
  const more = choices.length > LISTED ? ` and ${choices.length - LISTED} more` : "";
  const known = choices.length === 0 ? "there is none" : `there are ${listed}${more}; anth-rbac status lists them`;
  return new Failure("not-found", {
    message: `--workspace: no workspace has the ${by} ${quoted(word)}`,
    fix: near === undefined ? known : `did you mean ${quoted(near)}?`,
  });
}

function choiceText({ id, handle, names }: WorkspaceChoice): string {
  const name = quoted(names[0] ?? handle ?? "");
  const details = [...(handle === undefined ? [] : [`handle ${handle}`]), ...(id === undefined ? [] : [id])];
  return details.length === 0 ? name : `${name} (${details.join(", ")})`;
}
