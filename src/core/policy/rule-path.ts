import type { ConfigPath } from "../model/finding.ts";

/**
 * The place in rbac.yaml of the rule that a decision names; undefined where it names none. A role's name and an e-mail may hold dots:
 * only what stands around them is known.
 */
export function rulePath(rule: string): ConfigPath | undefined {
  const [, email] = /^members\.(.+)\.until$/s.exec(rule) ?? [];
  if (email !== undefined) return ["members", email, "until"];
  const [, role, field, index] = /^roles\.(.+)\.(allowed|models|rpm_limit|may_assume)(?:\[(\d+)\])?$/s.exec(rule) ?? [];
  if (role === undefined || field === undefined) return undefined;
  return ["roles", role, field, ...(index === undefined ? [] : [Number(index)])];
}
