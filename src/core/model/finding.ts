/**
 * Findings are data: a code, where, and the values a sentence needs. The sentences themselves are made in
 * `report/findings/sentences.ts`; the codes are part of the contract with CI.
 */

import type { ExternalKeyFindingArgs } from "./external-key.ts";
import type { FederationFindingArgs } from "./federation-finding.ts";
import type { KeyFindingArgs } from "./key-finding.ts";
import type { NameFindingArgs } from "./name-finding.ts";

export type Severity = "error" | "warning" | "info";

/** A path in rbac.yaml: keys and list indexes from the root. */
export type ConfigPath = readonly (string | number)[];

/** The arguments of each finding's sentence, by code. */
export interface FindingArgs extends FederationFindingArgs, ExternalKeyFindingArgs, KeyFindingArgs, NameFindingArgs {
  // the text of the file
  "empty-file": Record<never, never>;
  "several-files": { readonly file: string; readonly others: readonly string[] };
  "file-too-large": { readonly bytes: number; readonly limit: number };
  "not-text": Record<never, never>;
  "wrong-encoding": { readonly encoding: string };
  "tab-indentation": Record<never, never>;
  "yaml-syntax": { readonly problem: string };
  "duplicate-key": { readonly key: string; readonly firstLine: number };
  "alias-bomb": Record<never, never>;
  "forbidden-key": { readonly key: string };
  "too-deep": { readonly limit: number };
  "too-many-parts": { readonly limit: number };
  "too-many-errors": { readonly limit: number };
  "several-documents": Record<never, never>;
  "alias-cycle": { readonly name: string };
  "unknown-alias": { readonly name: string };
  "merge-key": Record<never, never>;
  "key-not-text": { readonly found: string };
  "hidden-character": { readonly character: string };
  /** `what`: of another program than this API's; absent: a key of this API. */
  "secret-in-file": { readonly what?: string };
  "unknown-tag": { readonly tag: string };
  "not-a-mapping": { readonly found: string };
  // the schema
  "unknown-field": { readonly field: string; readonly suggestion?: string; readonly known: readonly string[] };
  "missing-field": { readonly field: string };
  "wrong-type": { readonly expected: string; readonly found: string };
  "invalid-value": { readonly value: string; readonly allowed: readonly string[]; readonly suggestion?: string };
  "invalid-format": { readonly value: string; readonly expected: string };
  "too-long": { readonly value: string; readonly limit: number };
  "out-of-range": { readonly value: string; readonly expected: string };
  // references between parts of the file
  "unknown-person": { readonly person: string; readonly suggestion?: string };
  "unknown-role": { readonly role: string; readonly suggestion?: string };
  "unknown-workspace": { readonly workspace: string; readonly suggestion?: string };
  /** `live`: neither declared nor there. */
  "unknown-service-account": { readonly account: string; readonly suggestion?: string; readonly live?: boolean };
  "unknown-target": { readonly target: string; readonly suggestion?: string };
  "same-person-twice": { readonly person: string; readonly other: string };
  /** `other`: the handle of the workspace that bears it as a name. */
  "ambiguous-handle": { readonly handle: string; readonly other: string };
  confusable: { readonly name: string; readonly other: string; readonly letters: readonly string[] };
  "foreign-variable": { readonly variable: string };
  "same-live-name": { readonly name: string; readonly other: string };
  "long-workspace-name": { readonly length: number };
  "workspace-without-admin": { readonly workspace: string; readonly minimum: number; readonly found: number };
  /**
   * `collection`: the name of the field; `nothing`: how one is written that is meant to be empty. `word`: that of `manage` under which
   * everything would be taken away; else `effect`: what would come of it.
   */
  "empty-collection": {
    readonly collection: string;
    readonly nothing: string;
    readonly word?: string;
    readonly effect?: "keys-fetched" | "no-claim" | "no-guardrail";
  };
  "too-few-admins": { readonly minimum: number; readonly found: number };
  "protected-missing": { readonly person: string; readonly suggestion?: string };
  "key-name-off-pattern": { readonly key: string; readonly pattern: string; readonly example: string };
  "key-prefix-of-other-workspace": { readonly key: string; readonly workspace: string; readonly other: string };
  "reserved-key-name": { readonly key: string };
  "key-name-twice": { readonly key: string; readonly other: string };
  "id-pinned-twice": { readonly id: string; readonly other: string };
  "overlap-exceeds-rotation": { readonly overlap: string; readonly soak: string; readonly rotateEvery: string };
  expired: { readonly day: string };
  "expires-soon": { readonly day: string; readonly days: number };
  "unassignable-workspace-role": { readonly role: string };
  "reserved-tag": { readonly tag: string };
  "same-tag-twice": { readonly tag: string; readonly other: string };
  "default-geo-not-allowed": { readonly geo: string; readonly allowed: readonly string[] };
  "default-workspace-restricted": { readonly field: string };
  "rate-limit-collision": { readonly entry: string; readonly other: string; readonly family: string };
  /** `live`: the API was asked, not the dated table. */
  "unknown-rate-limit": { readonly entry: string; readonly suggestion?: string; readonly live?: boolean };
  "limit-above-organization": { readonly limiter: string; readonly value: number; readonly organization: number };
  "role-allows-nothing": { readonly role: string };
  "denied-role-with-limits": { readonly role: string; readonly field: string };
  "model-listed-twice": { readonly model: string; readonly other: string };
  "model-unknown": { readonly model: string; readonly suggestion?: string; readonly live?: boolean };
  "model-never-existed": { readonly model: string; readonly successor?: string };
  "model-retired": { readonly model: string; readonly day: string; readonly successor?: string };
  "model-retires-soon": {
    readonly model: string;
    readonly day: string;
    readonly days: number;
    readonly successor?: string;
    /** The day is only the first on which it may happen; none is announced. */
    readonly earliest?: boolean;
  };
  "max-tokens-above-model": {
    readonly role: string;
    readonly model: string;
    readonly value: number;
    readonly maximum: number;
  };
  /** `policy`: Redis's own word. */
  "rate-store-evicts": { readonly policy: string };
  "live-unchecked": { readonly part: string; readonly reason: string };
  "accept-expired": { readonly target: string; readonly day: string };
  "accept-unused": { readonly target: string };
  // a file of policy tests
  "not-policy-tests": { readonly found: string };
  "no-policy-tests": Record<never, never>;
  "test-subject": { readonly given: "both" | "neither" };
  "test-field-misplaced": { readonly field: "code" | "max_tokens"; readonly expect: "allow" | "deny" };
  "test-model-pattern": { readonly model: string };
  "test-model-misspelt": { readonly model: string; readonly suggestion: string };
  "test-name-twice": { readonly name: string; readonly firstLine: number };
  "person-without-app-role": { readonly person: string };
  "matrix-too-large": { readonly roles: number; readonly models: number; readonly pairs: number };
  // the live organization
  "invite-needs-role": { readonly person: string };
  "immutable-field": {
    /** Whose field it is. */
    readonly of: "workspace" | "rule";
    readonly field: string;
    readonly declared: string;
    readonly live: string;
  };
  "default-workspace-fixed": { readonly field: string };
  "inherited-role": { readonly person: string; readonly role: string; readonly declared: string };
  "not-a-member": { readonly person: string };
  /** A word of the API that this version does not know; the finding's target is the object that bears it. */
  "unknown-word": {
    readonly what: "role" | "status" | "principal" | "scope" | "source" | "jwks" | "target" | "match";
    readonly word: string;
  };
  "preview-not-enabled": { readonly feature: string };
  /** `kinds`: in the words of `manage`. */
  "not-offered": { readonly kinds: readonly string[] };
  /** `said`: the API's own words. */
  "workspace-incomplete": { readonly target: string; readonly said: string };
  "storage-attached": { readonly target: string; readonly said: string };
  /** `said`: what is now, and what was; somebody else changed what this run has changed beside it. */
  "moved-since-plan": { readonly target: string; readonly said: string };
  /** The two clocks, as ISO times; without them, the API's answers tell no time. */
  "clock-apart": { readonly machine?: string; readonly api?: string };
  /** `since`: from when on it is not known, as an ISO time. */
  "usage-not-known": { readonly key: string; readonly since: string };
  /** `disabled`: what was disabled today or yesterday, as whose replacement the key counts. */
  "leak-replaced": { readonly key: string; readonly id: string; readonly disabled: string };
  // an offboarding
  /** `paths`: where, in the file. */
  /** `targets`: of what gives the subjects of a revocation access, and is of a kind that was not asked for. */
  "left-by-only": { readonly targets: readonly string[] };
  "still-declared": { readonly person: string; readonly paths: readonly string[]; readonly edited?: true };
  /** They were taken out of the file, but for where it needs somebody. */
  "still-named": { readonly person: string; readonly paths: readonly string[] };
}

export type FindingCode = keyof FindingArgs;

/** One finding. `path` is where in the file, `target` which live object; a finding has at least one of them or is about the whole. */
export type Finding = {
  readonly [Code in FindingCode]: {
    readonly code: Code;
    readonly severity: Severity;
    readonly path?: ConfigPath;
    /** Whether the path's last element, a key, is meant rather than its value. */
    readonly atKey?: boolean;
    readonly target?: string;
    readonly args: FindingArgs[Code];
    /** Known already where the file has no structure to look a path up in: 1-based. */
    readonly position?: Position;
  };
}[FindingCode];

/** A place in a text, both 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where something in the file stands; undefined where the file has no such place. */
export type Locate = (path: ConfigPath, atKey: boolean) => Position | undefined;

/** What a code means for the reader, unless the rule that finds it knows better. */
const SEVERITIES: Partial<Record<FindingCode, Severity>> = {
  "unknown-rate-limit": "warning",
  "workspace-without-admin": "warning",
  "perhaps-renamed": "warning",
  "left-by-only": "warning",
  "too-few-admins": "warning",
  "several-files": "warning",
  confusable: "warning",
  "foreign-variable": "warning",
  expired: "warning",
  "expires-soon": "warning",
  "denied-role-with-limits": "warning",
  "ambiguous-handle": "warning",
  "long-workspace-name": "warning",
  "model-retires-soon": "warning",
  "max-tokens-above-model": "warning",
  "rate-store-evicts": "warning",
  "live-unchecked": "warning",
  "model-unknown": "warning",
  "accept-expired": "warning",
  "accept-unused": "info",
  "federation-subject-wildcard": "warning",
  "federation-tenant-unpinned": "warning",
  "federation-pull-request": "warning",
  "federation-every-workspace": "warning",
  "federation-wide-scope": "warning",
  "federation-long-lifetime": "warning",
  "federation-token-reuse": "warning",
  "federation-no-audience": "warning",
  "federation-polling-stopped": "warning",
  "federation-admin-target": "warning",
  "federation-target-unusable": "warning",
  "federation-name-only": "info",
  "no-policy-tests": "warning",
  "test-model-misspelt": "warning",
  "test-name-twice": "warning",
  "matrix-too-large": "warning",
  "pinned-id-superseded": "warning",
  "limit-above-organization": "warning",
  "external-key-elsewhere": "warning",
  "inherited-role": "info",
  "not-a-member": "warning",
  "unknown-word": "warning",
  "preview-not-enabled": "warning",
  "key-overdue": "warning",
  "key-expires-soon": "warning",
  "key-ownerless": "info",
  "key-not-declared": "info",
  "key-in-other-workspace": "warning",
  "key-creator-left": "warning",
  "storage-attached": "warning",
  "moved-since-plan": "warning",
  "clock-apart": "warning",
  "usage-not-known": "warning",
  "leak-replaced": "warning",
  "still-declared": "warning",
  "still-named": "warning",
  "key-owner-leaves": "warning",
  "declared-key-revoked": "warning",
  "key-ends-with-person": "warning",
  "key-ends-with-account": "warning",
  "key-stops-with-role": "warning",
  "key-creator-leaves": "warning",
};

/** Where a finding is. */
export interface Where {
  readonly path?: ConfigPath;
  readonly atKey?: boolean;
  readonly target?: string;
  readonly position?: Position;
  readonly severity?: Severity;
}

/** A finding with its code's severity (error unless the table says otherwise, or `where` does). */
export function finding<Code extends FindingCode>(code: Code, args: FindingArgs[Code], where: Where = {}): Finding {
  return { code, severity: SEVERITIES[code] ?? "error", args, ...where } as Finding;
}

/** A config path as people read it: `workspaces.prod.keys.x`, `accept[0].until`. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** Whether a finding stops every command before the network. */
export function isError({ severity }: Finding): boolean {
  return severity === "error";
}
