/** The readable path of an object, one grammar everywhere. E-mails are in lower case, a workspace is its handle or its live id. */
export const target = {
  member: (email: string) => `members.${email}`,
  invite: (email: string) => `invites.${email}`,
  workspace: (workspace: string) => `workspaces.${workspace}`,
  workspaceMember: (workspace: string, email: string) => `workspaces.${workspace}.members.${email}`,
  key: (workspace: string, name: string) => `workspaces.${workspace}.keys.${name}`,
  organizationKey: (name: string) => `organization.keys.${name}`,
  rateLimit: (workspace: string, group: string) => `workspaces.${workspace}.rate_limits.${group}`,
  spendLimit: (workspace: string) => `workspaces.${workspace}.spend_limit`,
} as const;
