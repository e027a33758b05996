/**
 * What holds where rbac.yaml is silent: the one place. The program reads it from here, and so do the schema's descriptions, and
 * with them rbac.schema.json and docs/configuration.md.
 */
export const DEFAULTS = {
  /** `manage`, for a kind of which something is declared; any other is `off`. */
  mode: "additive",
  minAdmins: 1,
  minWorkspaceAdmins: 1,
  maxRemovals: { percent: 20, alwaysAllow: 2, neverExceed: 10 },
  rotateEvery: "90d",
  overlap: "7d",
  soak: "7d",
  rateStore: "local",
  auditPrompts: false,
  /** What a request is lowered to, or asks for, where neither it nor the role says anything. */
  maxTokens: 1024,
} as const;

/** `validate` warns of fewer admins than this: one who is away locks everybody out. */
export const ADVISED_ADMINS = 2;
