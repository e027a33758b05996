import type { ServiceAccount as DeclaredAccount } from "../config/config.ts";
import type { ReadResult, ServiceAccount } from "../model/org.ts";
import { target } from "../model/target.ts";
import { nameIdentity } from "../text/identity.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";
import { type KeyStatus, keyStatuses } from "./key.ts";

/** All about one service account. */
export interface ServiceAccountStatus {
  readonly account: ServiceAccount;
  readonly target: string;
  /** Where rbac.yaml declares it. */
  readonly declared?: DeclaredAccount;
  readonly access: ReadResult<MachineAccess>;
  /** The keys that act as it. */
  readonly keys: ReadResult<KeyStatus>;
}

/** What it may do in one workspace. */
export type MachineAccess =
  | { readonly workspace: WorkspaceRef; readonly state: "given"; readonly role: string }
  /** Every account is a user of the default workspace, unless it was given more there, which is not read. */
  | { readonly workspace: WorkspaceRef; readonly state: "implicit"; readonly role: "user" }
  | { readonly workspace: WorkspaceRef; readonly state: "absent" }
  | { readonly workspace: WorkspaceRef; readonly state: "unknown"; readonly reason: string };

/** The account of an id, else all of a name. */
export function fittingAccounts(accounts: readonly ServiceAccount[], asked: string): readonly ServiceAccount[] {
  const byId = accounts.filter(({ id }) => id === asked);
  return byId.length > 0 ? byId : accounts.filter(({ name }) => nameIdentity(name) === nameIdentity(asked));
}

/** What is known of one account. */
export function serviceAccountStatus(index: StatusIndex, account: ServiceAccount): ServiceAccountStatus {
  const { live, config } = index;
  const declared = config?.serviceAccounts.get(account.name);
  const own = live.keys.known
    ? live.keys.items.filter(({ principal }) => principal?.type === "service_account" && principal.id === account.id)
    : [];
  return {
    account,
    target: target.serviceAccount(account.name),
    ...(declared && { declared }),
    access: live.workspaces.known
      ? { known: true, items: index.workspaces.map((workspace) => accessTo(index, workspace, account.id)) }
      : live.workspaces,
    keys: live.keys.known ? { known: true, items: keyStatuses(index, own) } : live.keys,
  };
}

function accessTo({ live }: StatusIndex, workspace: WorkspaceRef, accountId: string): MachineAccess {
  if (workspace.special === "default") return { workspace, state: "implicit", role: "user" };
  const read = live.workspaceServiceAccounts.get(workspace.id);
  if (!read?.known) return { workspace, state: "unknown", reason: read?.reason ?? "not-read" };
  const found = read.items.find(({ serviceAccountId }) => serviceAccountId === accountId);
  return found ? { workspace, state: "given", role: found.role } : { workspace, state: "absent" };
}
