import type { Config, ManagedKind } from "../config/config.ts";
import { block, type ExportDocument, type ExportEntry, line } from "../document/document.ts";
import { dayOf } from "../model/time.ts";
import { workspaceHandles } from "./input.ts";

/** What somebody says of an organization that cannot be read yet. */
export interface Answers {
  /** Its name. */
  readonly organization: string;
  /** E-mails of its admins. */
  readonly admins: readonly string[];
  /** Live names of its workspaces. */
  readonly workspaces: readonly string[];
}

/** What the head of the file says beside. */
interface AnswersFile {
  /** Epoch ms. */
  readonly now: number;
  /** Of this program. */
  readonly version: string;
  /** Where an editor finds the JSON Schema, relative to the file; absent where there is none. */
  readonly schema?: string;
}

/** A first rbac.yaml from what somebody said. Whether it is valid is for whoever reads it back to say. */
export function documentOfAnswers(answers: Answers, { now, version, schema }: AnswersFile): ExportDocument {
  const { organization, admins, workspaces } = answers;
  const places = [...new Set(workspaces)].map((name) => ({ id: name, name, isDefault: false }));
  const handles = workspaceHandles(places);
  const members = [...new Set(admins)].map((email): ExportEntry => ({ key: email, value: line({ role: "admin" }) }));
  const declared = places.map(({ id, name }): ExportEntry => ({ key: handles.get(id) ?? id, value: line({ name }) }));
  const collections: readonly (readonly [ManagedKind, readonly ExportEntry[]])[] = [
    ["members", members],
    ["workspaces", declared],
  ];
  const filled = collections.filter(([, entries]) => entries.length > 0);
  const modes = filled.map(([key]): ExportEntry => ({ key, value: { kind: "word", text: "additive" } }));
  const comment = "off | additive (only added to) | full (what is not declared is taken away)";
  return {
    head: [
      ...(schema === undefined ? [] : [`yaml-language-server: $schema=${schema}`]),
      `The organization ${organization} as it was described to anth-rbac ${version} on ${dayOf(now)}. Review before you apply.`,
      "Nothing was read from the organization: what is live and not in here is reported by drift, never taken away.",
      "rbac.example.yaml shows all that a file can say. Then: anth-rbac validate, anth-rbac drift.",
    ],
    root: block([
      { key: "version", value: 1 },
      { key: "organization", value: line({ name: organization }), apart: true },
      ...(modes.length > 0 ? [{ key: "manage", value: block(modes), comment, apart: true }] : []),
      ...filled.map(([key, entries]): ExportEntry => ({ key, value: block(entries), apart: true })),
    ]),
  };
}

const sum = <Item>(items: Iterable<Item>, count: (item: Item) => number | undefined) =>
  [...items].reduce((total, item) => total + (count(item) ?? 0), 0);

/** How many of each kind a file declares. */
const DECLARED: { readonly [Kind in ManagedKind]: (config: Config) => number } = {
  members: ({ members }) => members.size,
  workspaces: ({ workspaces }) => workspaces.size,
  workspace_members: ({ workspaces }) => sum(workspaces.values(), ({ members }) => members?.size),
  rate_limits: ({ workspaces }) => sum(workspaces.values(), ({ rateLimits }) => rateLimits?.size),
  spend_limits: ({ workspaces, members }) =>
    sum([...workspaces.values(), ...members.values()], ({ spendLimit }) => (spendLimit ? 1 : 0)),
  keys: ({ organization, workspaces }) =>
    (organization.keys?.size ?? 0) + sum(workspaces.values(), ({ keys }) => keys?.size),
  service_accounts: ({ serviceAccounts }) => serviceAccounts.size,
  groups: ({ groups }) => groups.size,
  compliance: ({ organization: { compliance } }) => (compliance === undefined ? 0 : 1),
  federation: ({ federation }) => federation.issuers.size + federation.rules.size,
};

/** How many of each kind a file declares, by the words of `manage`. */
export type Declared = Readonly<Record<ManagedKind, number>>;

export function declaredIn(config: Config): Declared {
  const counts = Object.entries(DECLARED).map(([kind, count]) => [kind, count(config)]);
  return Object.fromEntries(counts) as Declared;
}
