import type { Workspace } from "../config/config.ts";
import type { ExportEntry } from "../document/document.ts";
import { type LeftOut, leftOutComment } from "../document/left-out.ts";
import { finding } from "../model/finding.ts";
import { itemsOf, type LiveWorkspace, type ServiceAccount, type WorkspaceServiceAccount } from "../model/org.ts";
import { isKnownServiceAccountRole, WORKSPACE_ROLES } from "../model/role.ts";
import { parseTarget, target } from "../model/target.ts";
import { compareText } from "../text/text.ts";
import { type Access, DIRECT, subjectOf } from "./access.ts";
import {
  collection,
  type ExportFacts,
  emptyKindPlan,
  type Kind,
  type KindPlan,
  type PlanInput,
  type Section,
  sizeOfAll,
  workspaceScope,
} from "./kind.ts";
import { roleRisk } from "./workspace-member/plan.ts";

/** Which service account holds which role in which workspace; what the default one gives to all of them is none of it. */
export const workspace_service_account: Kind<"workspace_service_account"> = {
  manage: "service_accounts",
  order: 9,
  endsAt: 6,
  writtenBy: "api",
  needs: ["workspaces", "serviceAccounts"],
  scope: (request) => ({ ...workspaceScope(request), serviceAccounts: true, serviceAccountsOf: request.places }),
  lists: { workspaceServiceAccounts: "service_accounts" },
  ofMachines: true,
  count: ({ workspaceServiceAccounts }) => sizeOfAll(workspaceServiceAccounts),
  grants: ({ workspaceServiceAccounts }) =>
    [...workspaceServiceAccounts].flatMap(([workspaceId, reading]) =>
      itemsOf(reading).map(({ serviceAccountId: id, role }) => {
        const to = { type: "service_account" as const, id };
        return { id, workspaceId, to, role, how: "direct" as const, inForce: true };
      }),
    ),
  access: workspaceAccounts,
  feed: {
    names: ["workspace", "service_account"],
    gives: ["platform_service_account_workspace_member_added", "platform_service_account_workspace_member_updated"],
    blurs: ["platform_service_account_workspace_member_removed"],
  },
  isPlace: false,
  plan: planWorkspaceServiceAccounts,
  needed: ({ action, target: at }) => (action === "create" ? [target.serviceAccount(parseTarget(at)?.name ?? "")] : []),
  confirmedBy: ({ target: at }) => at,
  calls: (change, ids) => {
    const { workspace, name = "" } = parseTarget(change.target) ?? {};
    const workspaceId = workspace && ids.workspaceId(workspace);
    const serviceAccountId = change.id ?? ids.serviceAccountId(name);
    if (workspaceId === undefined || serviceAccountId === undefined) return undefined;
    const at = { workspaceId, serviceAccountId };
    if (change.action === "remove") return [{ name: "remove-workspace-service-account", ...at }];
    const call = change.action === "create" ? "add-workspace-service-account" : "update-workspace-service-account";
    return [{ name: call, ...at, role: change.after.role }];
  },
  exported: [
    {
      in: "workspace",
      field: "service_accounts",
      section: (facts, workspace, handle) =>
        collection("service_accounts", workspaceAccountsSection(facts, workspace, handle)),
    },
  ],
};

/** The roles that accounts were given; of an account that no list has only the id is known. */
function workspaceAccounts({ config, live, matches: { handles } }: PlanInput): readonly Access[] {
  const names = new Map(live.serviceAccounts.known ? live.serviceAccounts.items.map(({ id, name }) => [id, name]) : []);
  const listed = itemsOf(live.workspaces);
  const isDefault = new Set(listed.flatMap(({ id, isDefault }) => (isDefault ? id : [])));
  return [...live.workspaceServiceAccounts].flatMap(([workspaceId, reading]) =>
    (reading.known && !isDefault.has(workspaceId) ? reading.items : []).map(
      ({ serviceAccountId: id, role }): Access => {
        const name = names.get(id);
        const handle = handles.get(workspaceId);
        const isDeclared =
          handle !== undefined &&
          name !== undefined &&
          (config.workspaces.get(handle)?.serviceAccounts?.has(name) ?? false);
        return {
          subject: subjectOf("service_account", { id, ...(name !== undefined && { name }) }),
          on: { type: "workspace", id: workspaceId },
          role,
          through: DIRECT,
          ...(isDeclared && { path: ["workspaces", handle, "service_accounts", name] }),
          ...(handle === undefined && { leftByFull: "workspace-not-declared" }),
          use: { by: "actor", id, workspaceId },
        };
      },
    ),
  );
}

function planWorkspaceServiceAccounts(input: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { config, live, matches } = input;
  if (config.manage.service_accounts === "off" || !live.serviceAccounts.known) return planned;
  const accounts = new Map(live.serviceAccounts.items.map((account) => [account.name, account]));
  for (const { declared, live: workspace } of matches.matched) {
    if (workspace?.isDefault) continue;
    const reading = workspace ? live.workspaceServiceAccounts.get(workspace.id) : { known: true as const, items: [] };
    if (reading?.known) planWorkspace(planned, input, declared, accounts, reading.items);
  }
  return planned;
}

function planWorkspace(
  planned: KindPlan,
  { config, live }: PlanInput,
  declared: Workspace,
  accounts: ReadonlyMap<string, ServiceAccount>,
  items: readonly WorkspaceServiceAccount[],
): void {
  const { handle } = declared;
  const full = config.manage.service_accounts === "full";
  const current = new Map(items.map((item) => [item.serviceAccountId, item]));
  for (const [name, role] of declared.serviceAccounts ?? []) {
    const at = { kind: "workspace_service_account", target: target.workspaceServiceAccount(handle, name) } as const;
    const account = accounts.get(name);
    const wanted = config.serviceAccounts.get(name);
    const found = account && current.get(account.id);
    if (!account && !wanted) {
      const path = ["workspaces", handle, "service_accounts", name];
      planned.findings.push(
        finding("unknown-service-account", { account: name, live: true }, { path, target: at.target }),
      );
    } else if (full && !wanted) {
      // It is archived in this very plan, and so leaves every workspace.
    } else if (!found) {
      // Whoever has to be made in the Console is not there yet: its roles follow once it is.
      if (!account && wanted?.role === "admin") continue;
      const after = { role };
      planned.changes.push({ action: "create", ...at, id: account?.id ?? null, before: null, after, ...ADDED });
    } else if (found.role !== role) {
      const [before, after, risk] = [{ role: found.role }, { role }, roleRisk(found.role, role)];
      planned.changes.push({ action: "update", ...at, id: account.id, before, after, risk, reason: "differs" });
    }
  }
  const names = new Map(live.serviceAccounts.known ? live.serviceAccounts.items.map(({ id, name }) => [id, name]) : []);
  for (const { serviceAccountId: id, role } of items) {
    const name = names.get(id);
    if (name !== undefined && declared.serviceAccounts?.has(name)) continue;
    const at = {
      kind: "workspace_service_account",
      target: target.workspaceServiceAccount(handle, name ?? id),
      id,
    } as const;
    // Whatever the list of accounts does not know is reported only: what it is must be looked at first.
    if (!full || name === undefined) planned.unmanaged.push({ ...at, name: name ?? id, details: { role } });
    else if (config.serviceAccounts.has(name))
      planned.changes.push({ action: "remove", ...at, before: { role }, ...TAKEN });
  }
}

const ADDED = { risk: "widening", reason: "declared" } as const;
const TAKEN = { after: null, risk: "removal", reason: "not-declared" } as const;

/** The service accounts of one workspace, each with the role that it was given there. */
function workspaceAccountsSection({ live }: ExportFacts, { id }: LiveWorkspace, handle: string): Section {
  const reading = live.workspaceServiceAccounts.get(id);
  if (!reading?.known) {
    const below = reading ? [`could not be read: ${reading.message ?? reading.reason}`] : [];
    return { entries: [], below, leftOut: [] };
  }
  const accounts = new Map(live.serviceAccounts.known ? live.serviceAccounts.items.map((one) => [one.id, one]) : []);
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  for (const { serviceAccountId, role } of reading.items) {
    const account = accounts.get(serviceAccountId);
    const name = account?.name ?? serviceAccountId;
    const what = `the service account ${name}, ${role}`;
    const isWritable = account !== undefined && isKnownServiceAccountRole(account.role);
    if (isWritable && (WORKSPACE_ROLES as readonly string[]).includes(role)) entries.push({ key: name, value: role });
    else leftOut.push({ reason: "unknown-role", what, target: target.workspaceServiceAccount(handle, name) });
  }
  entries.sort((one, other) => compareText(one.key, other.key));
  leftOut.sort((one, other) => compareText(one.what, other.what));
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}
