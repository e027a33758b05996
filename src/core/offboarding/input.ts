import type { Config, ManagedKind } from "../config/config.ts";
import { normalise } from "../config/normalise.ts";
import type { SecretKind } from "../keys/secret-match.ts";
import { givesAccess, shownScope } from "../kinds/kinds.ts";
import type { Change } from "../model/change.ts";
import type { Finding } from "../model/finding.ts";
import type { OrgSnapshot, ReadScope, UsageResult } from "../model/org.ts";
import type { PieceDigest } from "../plan/canonical.ts";
import type { GuardrailInput } from "../plan/guardrails.ts";
import type { StatusIndex } from "../status/index-live.ts";
import type { KeyDecision, Revocation } from "./revocation.ts";

/** What every part of the planner is given: the question, and the snapshot joined with the file. */
export interface OffboardingFacts {
  readonly input: OffboardingInput;
  readonly index: StatusIndex;
}

/** What a person, or a key, contributes to the plan. */
export interface SubjectPlan {
  readonly revocation: Revocation;
  /** In the order in which access ends. */
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/** The config where there is no file: nothing is declared, the default guardrails hold. */
export const NO_CONFIG: Config = normalise({ version: 1 });

/** What the offboarding planner is asked: about people, or about one key, or about keys that a leaked secret may be. */
export interface OffboardingInput {
  /** `NO_CONFIG` where there is no file. */
  readonly config: Config;
  /** Read with `offboardingScope`. */
  readonly live: OrgSnapshot;
  /** Of the last 24 hours: whether a key is in use. */
  readonly usage24?: UsageResult;
  /** Of the last seven days: what is shown. */
  readonly usage7?: UsageResult;
  /** Epoch ms. */
  readonly now: number;
  /** The file's path as shown and its digest. */
  readonly file?: { readonly path: string; readonly digest: string };
  readonly digest: PieceDigest;
  /** E-mails as typed. */
  readonly people: readonly string[];
  /** A key by its live name or its id. */
  readonly key?: string;
  /** Keys that a leaked secret's hint fits. */
  readonly keyIds?: readonly string[];
  /** A leaked secret that no list of the API has, redacted. */
  readonly secret?: { readonly secretKind: SecretKind; readonly hint: string };
  /** What becomes of ownerless keys that a person made; absent: not said. */
  readonly keys?: KeyDecision;
  /** The kinds to change; absent: every kind. */
  readonly only?: ReadonlySet<ManagedKind>;
  /** The most people of one run. */
  readonly max: number;
  /** The file is going to be edited by this run, once everything is carried out. */
  readonly editsFile?: boolean;
  /** Whom nobody knows, and a key that is not there, are listed as not found; else they are a Failure. */
  readonly ifExists?: boolean;
  /** User ids that the audit log knows for people who were revoked, if any, by e-mail in lower case. */
  readonly formerIds: ReadonlyMap<string, readonly string[]>;
  readonly self?: GuardrailInput["self"];
  readonly allow?: GuardrailInput["allow"];
}

/** What has to be read to know all that somebody reaches: whatever the file manages, access is access. */
export function offboardingScope(): ReadScope {
  return shownScope(givesAccess, (workspaces) => workspaces.filter(({ isDefault }) => !isDefault).map(({ id }) => id));
}
