import { parseKeyName } from "../../keys/key-name.ts";
import { isOverdue } from "../../keys/key-phase.ts";
import { keyPath, workspaceIdOf } from "../../match/key-place.ts";
import { claudeCodeIds } from "../../match/workspaces.ts";
import { type ApiKey, itemsOf } from "../../model/org.ts";
import { DAY, daysBetween } from "../../model/time.ts";
import { emailIdentity } from "../../text/identity.ts";
import { type Access, type AccessRemark, subjectOf } from "../access.ts";
import type { PlanInput } from "../kind.ts";

/** Every key that has not ended for good: a disabled one is one click away from working again. */
export function keyAccess(input: PlanInput): readonly Access[] {
  const { live, now, matches } = input;
  const claudeCode = claudeCodeIds(live);
  const defaults = new Set(itemsOf(live.workspaces).flatMap(({ id, isDefault }) => (isDefault ? id : [])));
  return itemsOf(live.keys).flatMap((key): readonly Access[] => {
    const { id, name, status, createdAt, createdBy, principal } = key;
    if (hasEnded(key, now)) return [];
    const workspaceId = workspaceIdOf(key);
    const isMinted = workspaceId !== undefined && claudeCode.has(workspaceId);
    const isElsewhere = !matches.handles.has(workspaceId ?? "");
    const entry = matches.keys.entryOf(key);
    const holder = holderOf(key, isMinted);
    const account = matches.keys.accountOf(key);
    const email = holder === undefined ? undefined : matches.people.users.get(holder)?.email;
    const knownTo = principal?.type !== "user" && !isMinted && createdBy?.type === "user" ? createdBy.id : undefined;
    return [
      {
        subject: subjectOf("key", { id, name, ...(email !== undefined && { email: emailIdentity(email) }) }),
        on: workspaceId === undefined ? { type: "organization" } : { type: "workspace", id: workspaceId },
        role: null,
        through: { type: "key", id, name },
        since: createdAt,
        ...(createdBy && { by: createdBy }),
        ...(entry && { path: keyPath(entry.workspace, entry.key.name) }),
        isExempt: isMinted && isElsewhere,
        ...(status === "inactive"
          ? { leftByFull: "disabled" as const }
          : isElsewhere && (isMinted || defaults.has(workspaceId ?? ""))
            ? { leftByFull: "workspace-not-declared" as const }
            : {}),
        use: { by: "key", id, since: createdAt },
        remarks: remarksOn(key, isMinted, input),
        ...(account && { account: account.name ?? account.id }),
        ...(knownTo !== undefined && { knownTo }),
        ...(entry && { rotateEvery: entry.key.rotateEvery / DAY }),
        ...(entry?.key.owner !== undefined && { owner: emailIdentity(entry.key.owner) }),
      },
    ];
  });
}

function hasEnded({ status, expiresAt }: ApiKey, now: number): boolean {
  return status === "archived" || status === "expired" || (expiresAt !== undefined && expiresAt <= now);
}

/** The user id of whom a key acts as; keys that Claude Code mints name nobody, yet live and die with their maker. */
function holderOf({ principal, createdBy }: ApiKey, isMinted: boolean): string | undefined {
  if (principal?.type === "user") return principal.id;
  return isMinted && createdBy?.type === "user" ? createdBy.id : undefined;
}

function remarksOn(key: ApiKey, isMinted: boolean, { live, now, matches }: PlanInput): readonly AccessRemark[] {
  const { name, status, createdAt, createdBy, principal } = key;
  const { people } = matches;
  const entry = matches.keys.entryOf(key);
  const declared = entry?.key;
  const remarks: AccessRemark[] = [];
  if (status === "inactive") remarks.push({ reason: { code: "disabled", args: { key: name } } });
  else if (status !== "active") remarks.push({ reason: { code: "unknown-status", args: { status } } });
  if (declared?.owner !== undefined) {
    if (live.users.known && people.usersOf(declared.owner).length === 0) {
      remarks.push({
        flag: "owner-left",
        reason: { code: "owner-left", args: { who: declared.owner, declared: true } },
      });
    }
  } else if (!principal && createdBy?.type === "user" && people.isGone(createdBy.id)) {
    remarks.push({ flag: "owner-left", reason: { code: "owner-left", args: { who: createdBy.id, declared: false } } });
  }
  if (declared?.owner === undefined && !principal && !createdBy)
    remarks.push({ flag: "no-owner", reason: { code: "no-owner", args: {} } });
  const isOwn = createdBy?.type === "user" && principal?.type === "user" && createdBy.id === principal.id;
  if (principal?.type === "user" && createdBy && !isOwn && !isMinted) {
    const word = (id: string) => people.users.get(id)?.email ?? id;
    const args = { holder: word(principal.id), maker: word(createdBy.id) };
    remarks.push({ flag: "shared-key", reason: { code: "shared-key", args } });
  }
  if (declared && status === "active" && !parseKeyName(name).label && isOverdue(key, declared, now)) {
    const every = declared.rotateEvery / DAY;
    const args = { days: daysBetween(createdAt, now), every, flags: matches.keys.flagsOf(entry) };
    remarks.push({ flag: "overdue-rotation", reason: { code: "overdue-rotation", args } });
  }
  return remarks;
}
