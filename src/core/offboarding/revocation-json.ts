import type { Revocation, RevokedKey, RevokedSubject } from "./revocation.ts";

/** A revocation in the shape of our JSON: snake case, null where there is nothing. */
export function revocationJson({ subject, workspaces, keys, invites, ownerless, declaredAt }: Revocation) {
  return {
    subject: subjectJson(subject),
    workspaces: workspaces.map(({ workspaceId, ...role }) => ({ ...role, workspace_id: workspaceId })),
    keys: keys.map(keyJson),
    invites,
    ownerless,
    declared_at: declaredAt,
  };
}

function subjectJson(subject: RevokedSubject) {
  if (subject.kind === "person") {
    const { userId, ...person } = subject;
    return { ...person, user_id: userId };
  }
  if (subject.kind === "key") return subject;
  const { secretKind, ...secret } = subject;
  return { ...secret, secret_kind: secretKind };
}

function keyJson({ inUse, use, ...key }: RevokedKey) {
  const week = use && {
    requests: use.requests ?? null,
    input_tokens: use.inputTokens,
    output_tokens: use.outputTokens,
    models: use.models,
  };
  return { ...key, in_use: inUse, use_7d: week ?? null };
}
