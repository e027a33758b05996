import type { SecretKind } from "../keys/secret-match.ts";
import { Failure } from "../model/failure.ts";

const WHERE_TO_LOOK = {
  api: {
    message: "no key of this organization has a hint that fits the secret",
    fix: "it belongs to another organization, or its key is gone: calls with it get 401; compare the organization with the Console's",
  },
  admin: {
    message: "the secret is an Admin API key, and the API does not list those",
    fix: "look in the Console under Settings > Admin keys; it belongs to no workspace and does not work for prompts",
  },
  oauth: {
    message: "the secret is an OAuth token (sk-ant-oat01, sk-ant-ort01), not an API key",
    fix: "look at the `ant` profile or the federation rule that it came from; an access token ends by itself soon, a refresh token (sk-ant-ort…) does not",
  },
  enterprise: {
    message: "the secret is a scoped Claude Enterprise key (sk-ant-api01), and the API does not list those",
    fix: "look in claude.ai under Organization settings > API",
  },
  foreign: {
    message: "what was given does not look like an Anthropic credential, and no key's hint fits it",
    fix: "Anthropic secrets begin with sk-ant-; check which variable the service reads",
  },
} as const satisfies Record<SecretKind, { message: string; fix: string }>;

/** Why a secret is not found, by its kind; nothing of the secret itself. */
export function secretNotFound(kind: SecretKind): Failure {
  return new Failure("not-found", WHERE_TO_LOOK[kind]);
}
