import { type Config, MANAGED_KINDS, type Member } from "../config/config.ts";
import type { ConfigPath } from "../model/finding.ts";
import type { ReviewGrant } from "../model/review.ts";
import { target } from "../model/target.ts";
import { hasPassed } from "../model/time.ts";
import type { DecidedGrant } from "./judge-sheet.ts";

/** An edit of rbac.yaml: an entry goes, or a value is another one. */
export type FileEdit =
  | { readonly action: "remove"; readonly path: ConfigPath }
  | { readonly action: "set"; readonly path: ConfigPath; readonly value: string | number };

/** An edit of rbac.yaml that a decision asks for. */
export type ReviewEdit = { readonly grant: ReviewGrant } & (
  | FileEdit
  /** Out of everything that the file says of them. */
  | { readonly action: "remove-person"; readonly path: ConfigPath }
);

/** What the file cannot say, and what a person has to do instead. */
export type ReviewStep = { readonly grant: ReviewGrant } & (
  | { readonly code: "declare-kept" }
  /** `role`: the one that is kept; `declared`: the one that the file gives instead. */
  | { readonly code: "declare-kept-role"; readonly role: string; readonly declared: string }
  /** The day to which the file lets somebody stay has passed. */
  | { readonly code: "extend-kept" }
  /** The role comes along with the one in the organization. */
  | { readonly code: "change-role-it-comes-with" }
  /** `to`: the role, in the API's word. */
  | { readonly code: "declare-lower"; readonly to: string }
  /** `by`: what ends it, a command for the object by its name, a person at the Console or at the identity provider, or a line of `manage`. */
  | { readonly code: "end"; readonly by: "revoke-key" | "revoke-person" | "console" | "identity-provider" | "manage" }
);

export interface ReviewEnd {
  readonly edits: readonly ReviewEdit[];
  readonly steps: readonly ReviewStep[];
}

/**
 * What becomes of the decisions: edits of the file, which `apply` carries out, steps for what it cannot say, and steps where the file
 * says otherwise of what is kept. `now` is epoch ms.
 */
export function endOfReview(decided: readonly DecidedGrant[], config: Config, now: number): ReviewEnd {
  const edits: ReviewEdit[] = [];
  const steps: ReviewStep[] = [];
  const kept = new Set(decided.flatMap(({ grant, decision }) => (decision === "remove" ? [] : grant.subject.id)));
  for (const { grant, decision, to } of decided) {
    const { declared, manage } = grant;
    const kind = MANAGED_KINDS.find((word) => word === manage);
    const mode = kind === undefined ? "off" : config.manage[kind];
    if (decision === "keep") {
      // Whoever decides must not find it gone, or changed, after the next apply.
      const isDoomed = mode === "full" && grant.flags.includes("undeclared") && !grant.leftByFull;
      if (isDoomed && grant.through.type !== "inherited") steps.push({ grant, code: "declare-kept" });
      if (declared && mode !== "off") steps.push(...stepsOfKept(grant, declared.at, config, now));
    } else if (grant.through.type === "inherited") {
      steps.push({ grant, code: "change-role-it-comes-with" });
    } else if (decision === "lower") {
      const path = declared && rolePath(grant, declared.at);
      if (path && to !== undefined) edits.push({ action: "set", path, value: to, grant });
      else steps.push({ grant, code: "declare-lower", to: to ?? "" });
    } else {
      const isPerson =
        grant.on.target === "organization" && (grant.subject.type === "person" || grant.subject.type === "invite");
      const narrowed = kept.has(grant.subject.id) ? narrowedRule(grant, config) : undefined;
      if (narrowed) {
        edits.push({ action: "remove", path: narrowed, grant });
        continue;
      }
      if (declared) edits.push({ action: isPerson ? "remove-person" : "remove", path: declared.at, grant });
      // Under `full` apply takes away most of what is not declared; in every other mode it only reports it.
      if (mode !== "full" || grant.leftByFull) steps.push({ grant, code: "end", by: endedBy(grant) });
    }
  }
  return { edits, steps };
}

/** What has to be written where the file declares what is kept, but not as it is. */
function stepsOfKept(grant: ReviewGrant, at: ConfigPath, config: Config, now: number): readonly ReviewStep[] {
  const { role, through, on } = grant;
  const until = on.target === "organization" ? memberAt(at, config)?.until : undefined;
  if (until !== undefined && hasPassed(until, now)) return [{ grant, code: "extend-kept" }];
  const declared = through.type === "inherited" ? undefined : declaredRole(at, config);
  if (role === null || declared === undefined || declared === role) return [];
  return [{ grant, code: "declare-kept-role", role, declared }];
}

function memberAt([section, name]: ConfigPath, config: Config): Member | undefined {
  return section === "members" ? config.members.get(String(name)) : undefined;
}

/** The role that the entry at a path gives; undefined where it leaves the role alone, or gives none. */
function declaredRole(at: ConfigPath, config: Config): string | undefined {
  const [section, name, part, of] = at.map(String);
  const workspace = section === "workspaces" ? config.workspaces.get(name ?? "") : undefined;
  if (workspace && part === "members") return workspace.members?.get(of ?? "");
  if (workspace && part === "service_accounts") return workspace.serviceAccounts?.get(of ?? "");
  if (section === "service_accounts") return config.serviceAccounts.get(name ?? "")?.role;
  if (section === "federation" && name === "rules") return config.federation.rules.get(part ?? "")?.oauthScope;
  return memberAt(at, config)?.role;
}

/**
 * What use alone says could be less: keys of the file that were not used, and roles in workspaces that nothing needed. Where use is not
 * known nothing is suggested.
 */
export function leastPrivilege(grants: readonly ReviewGrant[]): readonly FileEdit[] {
  return grants.flatMap((grant): readonly FileEdit[] => {
    const { declared, reason, flags, lastUsed } = grant;
    if (!declared || !lastUsed.known) return [];
    if (flags.includes("unused") && grant.advice === "remove") return [{ action: "remove", path: declared.at }];
    const enough = reason.code === "role-not-needed" ? reason.args.enough : undefined;
    return enough === undefined ? [] : [{ action: "set", path: rolePath(grant, declared.at), value: enough }];
  });
}

/** Where a role stands: in an entry of its own field, or as the entry itself. */
function rolePath({ on }: ReviewGrant, at: ConfigPath): ConfigPath {
  return on.target === "organization" ? [...at, "role"] : at;
}

/** Where the file names the workspace of a grant that a rule gives: an entry of its own, where the rule stays good elsewhere. */
function narrowedRule({ subject, on, declared }: ReviewGrant, { federation }: Config): ConfigPath | undefined {
  const rule = subject.type === "federation_rule" && declared ? federation.rules.get(subject.name ?? "") : undefined;
  if (!declared || !rule || rule.workspaces === "all") return undefined;
  const index = rule.workspaces.findIndex((handle) => target.workspace(handle) === on.target);
  return index < 0 ? undefined : [...declared.at, "workspaces", index];
}

/** What takes a grant away that no file can. */
function endedBy({ subject, on, leftByFull }: ReviewGrant): Extract<ReviewStep, { code: "end" }>["by"] {
  // Of one that is disabled already only the way back is left to be taken.
  if (subject.type === "key") return leftByFull === "disabled" ? "console" : "revoke-key";
  if (on.target === "organization" && subject.email !== null) return "revoke-person";
  if (leftByFull === "identity-provider") return leftByFull;
  return leftByFull ? "console" : "manage";
}
