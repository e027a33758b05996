/** The library: `import { guardClient, loadPolicy } from "anth-rbac"`. Its documentation is docs/library.md. */

export type { Role } from "./core/config/config.ts";
export type { Allowed, Decision, DenialCode, Denied, Policy, PolicyRequest } from "./core/policy/policy.ts";
export { type CreateMessageOptions, type CreateParams, createMessage } from "./library/create-message.ts";
export { type GuardOptions, guardClient } from "./library/guard-client.ts";
export { loadPolicy, PolicyFileError, type PolicyFileProblem } from "./library/load-policy.ts";
export { decide } from "./library/named-models.ts";
export { PolicyDeniedError } from "./library/policy-denied-error.ts";
export type { MessagesClient } from "./library/stand-in-client.ts";
