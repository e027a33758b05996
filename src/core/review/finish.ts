import { type Config, MANAGED_KINDS } from "../config/config.ts";
import type { ConfigPath } from "../model/finding.ts";
import type { ReviewGrant } from "../model/review.ts";
import { shellWord } from "../text/printable.ts";
import type { DecidedGrant } from "./judge-sheet.ts";

/** An edit of rbac.yaml that a decision asks for. */
export type ReviewEdit =
  | { readonly action: "remove"; readonly path: ConfigPath; readonly grant: ReviewGrant }
  /** Out of everything that the file says of them. */
  | { readonly action: "remove-person"; readonly path: ConfigPath; readonly grant: ReviewGrant }
  | { readonly action: "set"; readonly path: ConfigPath; readonly value: string; readonly grant: ReviewGrant };

/** What the file cannot say, and what does it instead. */
export interface ReviewStep {
  readonly grant: ReviewGrant;
  /** A command, or words for a person at the Console. */
  readonly todo: string;
}

export interface ReviewEnd {
  readonly edits: readonly ReviewEdit[];
  readonly steps: readonly ReviewStep[];
}

/** What becomes of the decisions to lower and to remove: edits of the file, which `apply` carries out, and steps for what it cannot say. */
export function endOfReview(decided: readonly DecidedGrant[], config: Config): ReviewEnd {
  const edits: ReviewEdit[] = [];
  const steps: ReviewStep[] = [];
  for (const { grant, decision, to } of decided) {
    const { declared, manage } = grant;
    const kind = MANAGED_KINDS.find((word) => word === manage);
    const mode = kind === undefined ? "off" : config.manage[kind];
    if (decision === "keep") {
      // Whoever decides must not find it gone after the next apply.
      const isDoomed = mode === "full" && grant.flags.includes("undeclared") && grant.reason.code !== "disabled";
      if (isDoomed && grant.through.type !== "inherited")
        steps.push({
          grant,
          todo: `declare ${nameOf(grant)} in rbac.yaml: it is kept, and apply takes away what is not declared`,
        });
    } else if (grant.through.type === "inherited") {
      steps.push({ grant, todo: `lower or remove the organization role of ${nameOf(grant)}: this one comes with it` });
    } else if (decision === "lower") {
      const path = declared && rolePath(grant, declared.at);
      if (path && to !== undefined) edits.push({ action: "set", path, value: to, grant });
      else
        steps.push({
          grant,
          todo: `declare ${nameOf(grant)} with the role ${to ?? ""} in rbac.yaml, then: anth-rbac apply`,
        });
    } else {
      const isPerson =
        grant.on.target === "organization" && (grant.subject.type === "person" || grant.subject.type === "invite");
      if (declared) edits.push({ action: isPerson ? "remove-person" : "remove", path: declared.at, grant });
      // Under `full` apply takes away what is not declared; in every other mode it only reports it.
      if (mode !== "full") steps.push({ grant, todo: commandFor(grant) });
    }
  }
  return { edits, steps };
}

/**
 * What use alone says could be less: keys of the file that were not used, and roles in workspaces that nothing needed. Where use is not
 * known nothing is suggested.
 */
export function leastPrivilege(grants: readonly ReviewGrant[]): readonly ReviewEdit[] {
  return grants.flatMap((grant): readonly ReviewEdit[] => {
    const { declared, reason, flags, lastUsed } = grant;
    if (!declared || !lastUsed.known) return [];
    if (flags.includes("unused") && grant.advice === "remove") return [{ action: "remove", path: declared.at, grant }];
    const enough = reason.code === "role-not-needed" ? reason.args.enough : undefined;
    return enough === undefined ? [] : [{ action: "set", path: rolePath(grant, declared.at), value: enough, grant }];
  });
}

/** Where a role stands: in an entry of its own field, or as the entry itself. */
function rolePath({ on }: ReviewGrant, at: ConfigPath): ConfigPath {
  return on.target === "organization" ? [...at, "role"] : at;
}

function nameOf({ subject: { email, name, id } }: ReviewGrant): string {
  return email ?? name ?? id ?? "it";
}

/** What takes a grant away that no file can. */
function commandFor({ subject, on, manage }: ReviewGrant): string {
  const { type, email, name, id } = subject;
  if (type === "key") return `anth-rbac revoke --key ${shellWord(id ?? name ?? "")}`;
  if (on.target === "organization" && email !== null) return `anth-rbac revoke --user ${shellWord(email)}`;
  const word = manage ?? "its kind";
  return `under manage: { ${word}: full } anth-rbac apply takes it away (${name ?? email ?? id ?? ""} on ${on.target}); else the Console`;
}
