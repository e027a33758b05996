import { parseKeyName } from "../../keys/key-name.ts";
import { keyPath, keyTarget } from "../../match/key-place.ts";
import { CLAUDE_CODE_WORKSPACE } from "../../match/workspaces.ts";
import type { OrgSnapshot } from "../../model/org.ts";
import { parseTarget } from "../../model/target.ts";
import { collection, type Grant, type Kind } from "../kind.ts";
import { keysSection } from "./export.ts";
import { keyHygiene } from "./findings.ts";
import { planKeys } from "./plan.ts";

/** API keys. Nothing is ever archived by leaving it out of the file: a key that goes is disabled. */
export const key: Kind<"key"> = {
  manage: "keys",
  order: 6,
  endsAt: 0,
  writtenBy: "api",
  needs: ["workspaces", "keys"],
  scope: () => ({ workspaces: true, keys: true }),
  lists: { keys: "keys" },
  count: ({ keys }) => (keys.known ? keys.items.filter(({ status }) => status === "active").length : 0),
  grants: keyGrants,
  isPlace: false,
  plan: (input) => {
    const planned = planKeys(input);
    return { ...planned, findings: [...planned.findings, ...keyHygiene(input)] };
  },
  named: ({ target }) => {
    const { workspace = null } = parseTarget(target) ?? {};
    const { base } = parseKeyName(target.slice(keyTarget(workspace, "").length));
    return { is: "key", place: workspace ?? "", name: base, path: keyPath(workspace, base) };
  },
  renamed: ({ action, before, after }) =>
    action === "update"
      ? { ...(before.name !== undefined && { from: before.name }), ...(after.name !== undefined && { to: after.name }) }
      : {},
  // The name that it is declared by, without the label of its rotation.
  confirmedBy: ({ id, target }, { keys }) => {
    const live = keys.known ? keys.items.find((item) => item.id === id) : undefined;
    return live ? parseKeyName(live.name).base : (id ?? target);
  },
  calls: (change) => {
    const { id: keyId } = change;
    if (keyId === null) return undefined;
    const fields = change.action === "remove" ? { status: "inactive" } : change.after;
    return [{ name: "update-key", keyId, fields }];
  },
  exported: [
    {
      in: "organization",
      field: "keys",
      section: (facts) => {
        const held = collection("keys", keysSection(facts, {}));
        return { ...held, entries: held.entries.map((entry) => ({ ...entry, comment: "that no workspace holds" })) };
      },
    },
    {
      in: "workspace",
      field: "keys",
      section: (facts, { id }, handle) => collection("keys", keysSection(facts, { id, handle })),
    },
  ],
};

/** Whom each key acts as; and who knows its secret, for having made it, where it acts as no person. */
function keyGrants({ keys, workspaces }: OrgSnapshot): readonly Grant[] {
  const listed = workspaces.known ? workspaces.items : [];
  const minting = new Set(listed.flatMap(({ id, name }) => (name === CLAUDE_CODE_WORKSPACE ? id : [])));
  return (keys.known ? keys.items : []).flatMap(({ id, status, scope, principal, createdBy }): readonly Grant[] => {
    const at = scope.type === "workspace" ? { workspaceId: scope.workspaceId } : {};
    const grant = { id, ...at, inForce: status === "active" };
    const maker = createdBy?.type === "user" ? { type: "user" as const, id: createdBy.id } : undefined;
    // Keys that Claude Code mints name nobody, yet live and die with their maker.
    const isMinted = !principal && scope.type === "workspace" && minting.has(scope.workspaceId);
    const holder = principal ?? (isMinted ? maker : undefined);
    const known =
      maker && !isMinted && principal?.type !== "user" ? [{ ...grant, to: maker, how: "created" as const }] : [];
    return [{ ...grant, ...(holder && { to: holder }), how: "acts-as" }, ...known];
  });
}
