import type { CredentialFacts, CredentialType, PromptKeyFacts } from "../../core/model/credential.ts";
import { Failure } from "../../core/model/failure.ts";
import {
  type CredentialRequest,
  ENTERPRISE_KEY_PREFIX,
  findCredential,
  type MessageCredentialRequest,
  messageCredential,
} from "./credentials.ts";

const PREFIXES: readonly (readonly [prefix: string, type: CredentialType])[] = [
  ["sk-ant-admin", "admin_key"],
  [ENTERPRISE_KEY_PREFIX, "enterprise_key"],
  ["sk-ant-api", "api_key"],
  ["sk-ant-oat", "oauth_token"],
];

/** What the credential for administration is; undefined where there is none. Throws Failure as `findCredential`. */
export function credentialFacts(request: CredentialRequest): CredentialFacts | undefined {
  const credential = findCredential(request);
  if (!credential) return undefined;
  const { source } = credential;
  if (credential.kind === "profile") return { type: "profile", source, name: credential.profile };
  const type = PREFIXES.find(([prefix]) => credential.secret.startsWith(prefix))?.[1];
  return { type: type ?? "token", source };
}

/** Whether there is something that prompts can be sent with, and where from. Throws Failure `usage`. */
export function promptKeyFacts(request: MessageCredentialRequest): PromptKeyFacts {
  try {
    return { present: true, source: messageCredential(request).source };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "usage") throw error;
    const source = request.profile === undefined ? request.variable : "--profile";
    return { present: false, source, problem: error.details.message };
  }
}
