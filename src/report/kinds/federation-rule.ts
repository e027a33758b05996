import { differences, fieldsText, type KindWords } from "./kind.ts";

export const federation_rule: KindWords<"federation_rule"> = {
  added: ({ after }) => `create ${fieldsText(after)}`,
  changed: differences,
  removed: ({ before }) =>
    `archive "${before.name}" (${before.issuer} → ${before.service_account}): this cannot be undone, and its workloads get no access any more`,
  removal: "archive",
  manual: ({ before, after }) => {
    if (!before) return `create ${fieldsText(after ?? {})}`;
    return after ? differences({ before, after }) : `archive (${before.issuer} → ${before.service_account})`;
  },
  unmanaged: ({ details: { issuer, service_account, oauth_scope, workspaces, subject } }) => {
    const where = workspaces === "all" ? "every workspace" : workspaces.join(", ") || "no workspace";
    return `${issuer}${subject === null ? "" : ` "${subject}"`} → ${service_account}, ${oauth_scope} in ${where}`;
  },
};
