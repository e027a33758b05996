import type { SecretKind } from "../keys/secret-match.ts";
import { keyChoices, severalFit } from "../match/resolve.ts";
import type { Reason } from "../model/change.ts";
import { Failure } from "../model/failure.ts";
import type { ApiKey } from "../model/org.ts";
import { target } from "../model/target.ts";
import { nameIdentity } from "../text/identity.ts";
import { suggest } from "../text/suggest.ts";
import { quoted } from "../text/text.ts";
import { endedKey } from "./ended-access.ts";
import type { OffboardingFacts, SubjectPlan } from "./input.ts";
import type { Revocation, RevokedSubject } from "./revocation.ts";
import { keyChange, revokedKey, serviceImpactFindings, unknownWordFindings } from "./revoked-key.ts";

const NOTHING_ELSE: Pick<Revocation, "workspaces" | "groups" | "invites" | "ownerless" | "declaredAt" | "ended"> = {
  workspaces: [],
  groups: [],
  invites: [],
  ownerless: [],
  declaredAt: [],
  ended: [],
};

/** Where each kind of credential that no list of the Admin API has is ended. */
const WHERE: Partial<Record<SecretKind, string>> = {
  admin: "Console, Settings, Admin keys: delete it",
  oauth: "an OAuth token of a sign-in: sign the account out, `ant auth logout`",
  enterprise: "claude.ai, Organization settings, API: delete it",
};

/**
 * The keys that are named, or that a leaked secret may be. Throws Failure `not-found` where there is none of the name (without `ifExists`), `ambiguous`
 * where several bear it. None where the keys are not known: the plan then says so.
 */
export function planKeys(facts: OffboardingFacts): readonly SubjectPlan[] {
  const { key, keyIds = [], live } = facts.input;
  if (!live.keys.known) return [];
  const leaked = keyIds.map((id) => byId(facts, id) ?? notFound(facts, id));
  const named = key === undefined ? undefined : byWord(facts, key);
  if (key !== undefined && !named && !facts.input.ifExists) notFound(facts, key);
  return [
    ...leaked.map((one) => planKey(facts, one, "leaked")),
    ...(named && !leaked.includes(named) ? [planKey(facts, named, "named")] : []),
    ...(key !== undefined && !named ? [nothingAbout({ kind: "key", name: key, id: null })] : []),
  ];
}

/** What is listed of a subject that was not found. */
function nothingAbout(subject: RevokedSubject): SubjectPlan {
  return { revocation: { ...NOTHING_ELSE, subject, keys: [] }, changes: [], findings: [] };
}

function planKey(facts: OffboardingFacts, key: ApiKey, reason: Reason): SubjectPlan {
  const shown = revokedKey(facts, key, "named");
  const { id, name } = key;
  return {
    revocation: { ...NOTHING_ELSE, subject: { kind: "key", name, id }, keys: [shown], ended: endedKey(facts, key) },
    changes: keyChange(facts, key, shown, reason),
    findings: [...serviceImpactFindings(facts, key, shown), ...unknownWordFindings(facts.index, key)],
  };
}

/**
 * A leaked secret that no list has: only a person can end it. Throws Failure `not-found` for an ordinary API key, which a list would
 * have if it were this organization's, and for what is no key of Anthropic's.
 */
export function planSecret(
  { secretKind, hint }: { readonly secretKind: SecretKind; readonly hint: string },
  ifExists: boolean,
): SubjectPlan {
  const where = WHERE[secretKind];
  if (where === undefined) {
    if (ifExists) return nothingAbout({ kind: "secret", secretKind, hint });
    throw new Failure("not-found", {
      message: `no key of this organization fits "${hint}"`,
      fix: "check the organization that the credential belongs to: the key may be another one's, or deleted already",
    });
  }
  return {
    revocation: { ...NOTHING_ELSE, subject: { kind: "secret", secretKind, hint }, keys: [] },
    changes: [
      {
        action: "manual",
        kind: "admin_key",
        target: target.organizationKey(hint),
        id: null,
        before: null,
        after: { where },
        risk: "removal",
        reason: "leaked",
      },
    ],
    findings: [],
  };
}

function byId({ index }: OffboardingFacts, id: string): ApiKey | undefined {
  return index.matches.keys.byId.get(id);
}

/**
 * The key with an id, else the one that bears a name, or that the file calls so; of archived ones of a name the newest, since nothing is
 * left of any.
 */
function byWord(facts: OffboardingFacts, word: string): ApiKey | undefined {
  const pinned = byId(facts, word);
  if (pinned) return pinned;
  const named = keysOf(facts).filter(({ name }) => nameIdentity(name) === nameIdentity(word));
  const bearers = [...new Set([...named, ...facts.index.matches.keys.pinnedAs(word)])];
  const usable = bearers.filter(({ status }) => status !== "archived");
  if (usable.length > 1) {
    throw severalFit(`--key: ${quoted(word)}`, "keys", keyChoices(usable, facts.index.matches));
  }
  return usable[0] ?? bearers.toSorted((a, b) => b.createdAt - a.createdAt)[0];
}

/** Every key that was read. */
function keysOf({ index }: OffboardingFacts): readonly ApiKey[] {
  return [...index.matches.keys.byId.values()];
}

function notFound(facts: OffboardingFacts, word: string): never {
  const near = suggest(
    word,
    keysOf(facts).flatMap(({ id, name }) => [id, name]),
  );
  throw new Failure("not-found", {
    message: `no live key has the name or the id ${quoted(word)}`,
    fix: near === undefined ? "anth-rbac status lists what there is" : `did you mean ${quoted(near)}?`,
  });
}
