import type { CredentialFacts, PromptKeyFacts } from "../../core/model/credential.ts";
import { Failure } from "../../core/model/failure.ts";
import { typeOf } from "./credential-type.ts";
import {
  type CredentialRequest,
  findCredential,
  type MessageCredentialRequest,
  messageCredential,
} from "./credentials.ts";

/** What the credential for administration is; undefined where there is none. Throws Failure as `findCredential`. */
export function credentialFacts(request: CredentialRequest): CredentialFacts | undefined {
  const credential = findCredential(request);
  if (!credential) return undefined;
  const { source } = credential;
  const type = typeOf(credential);
  return { type, source, ...(credential.kind === "profile" && { name: credential.profile }) };
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
