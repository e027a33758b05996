import { parseKeyName } from "../../keys/key-name.ts";
import { keyPath, keyTarget } from "../../match/key-place.ts";
import { parseTarget } from "../../model/target.ts";
import { collection, type Kind } from "../kind.ts";
import { keysSection } from "./export.ts";
import { keyHygiene } from "./findings.ts";
import { planKeys } from "./plan.ts";

/** API keys. Nothing is ever archived by leaving it out of the file: a key that goes is disabled. */
export const key: Kind<"key"> = {
  manage: "keys",
  order: 6,
  endsAt: 0,
  needs: ["workspaces", "keys"],
  scope: () => ({ workspaces: true, keys: true }),
  readings: ({ keys }) => [["keys", keys]],
  count: ({ keys }) => (keys.known ? keys.items.filter(({ status }) => status === "active").length : 0),
  grants: ({ keys }) =>
    (keys.known ? keys.items : []).flatMap(({ id, status, scope, principal }) => {
      const at = scope.type === "workspace" ? { workspaceId: scope.workspaceId } : {};
      return status === "active" ? { id, ...at, ...(principal && { to: principal }) } : [];
    }),
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
