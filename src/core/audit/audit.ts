import type { ApiCall } from "../model/call.ts";
import type { Action, ChangeKind, Fields } from "../model/change.ts";
import type { Organization } from "../model/org.ts";
import { isoTime } from "../model/time.ts";
import { maskSecrets } from "../text/secret.ts";

export const AUDIT_COMMANDS = ["apply", "rotate", "revoke", "prompt", "review", "audit"] as const;
export type AuditCommand = (typeof AUDIT_COMMANDS)[number];

/**
 * What a line tells of. `write`: a change that was tried; `refusal`: a guardrail or a missing confirmation stopped the run;
 * `override`: a guardrail was overridden, with the reason given; `delivery`: a secret went to a `deliver` command; `prompt` and
 * `denial`: a call under a role, made or not; `evidence`: a file was written, its digest in `reason`; `recovery`: the log itself
 * was found damaged and continued.
 */
export type AuditEvent = "write" | "refusal" | "override" | "delivery" | "prompt" | "denial" | "evidence" | "recovery";

export const AUDIT_RESULTS = [
  "done",
  "failed",
  "skipped",
  "manual",
  "refused",
  "overridden",
  "denied",
  "started",
] as const;
/** What became of it. `started`: nothing yet, and nothing ever where the process was killed. */
export type AuditResult = (typeof AUDIT_RESULTS)[number];

/** `started`: about to be sent, and synced before it is; `ended`: how that came out. */
export type AuditPhase = "started" | "ended";

/** One line of the audit log, as whoever writes it says it; the field names are those of the file. Never a secret. */
export interface AuditEntry {
  readonly command: AuditCommand;
  readonly event: AuditEvent;
  readonly outcome: AuditResult;
  /** Who ran the program: `user@machine`. The log fills it in. */
  readonly by?: string;
  readonly organization?: Partial<Organization>;
  readonly action?: Action;
  readonly kind?: ChangeKind;
  /** The API that was spoken to, where it is not the official one: what happened there happened to another organization. */
  readonly api?: { readonly host: string };
  /** Of a write that is logged ahead: what is about to be sent, or how it ended. A record without it is of a write that ended. */
  readonly phase?: AuditPhase;
  /** The `seq` of the record that said that this was about to be sent. */
  readonly begun?: number;
  /**
   * The calls that carry a write out, as they are about to be sent: by them a later run reads back what became of it. At its end: those of
   * several that are not known to be carried out, where others are, or may be.
   */
  readonly calls?: readonly ApiCall[];
  /** In the grammar of targets; for an override the rule, for evidence the file. */
  readonly target?: string;
  /** Of a refusal, and of the evidence of a revocation: the targets of the people and keys that the run was about, where the command names them. */
  readonly about?: readonly string[];
  /** The API's id of the object. */
  readonly id?: string;
  readonly before?: Fields;
  readonly after?: Fields;
  /** Why: the reason given, the guardrail, the API's error, the code of a denial. */
  readonly reason?: string;
  /** Why the whole run was made, as whoever ran it says (`--reason`): a ticket, a sentence. */
  readonly because?: string;
  readonly request_id?: string;
  /** The identity whose role decided a prompt; `by` is who ran the program. */
  readonly user?: string;
  readonly role?: string;
  readonly model?: string;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  /** The redacted key, as the API shows it. */
  readonly key_hint?: string;
  /** Only with `audit.prompts: true`. */
  readonly prompt?: string;
}

/** Whether an entry only says that something is about to be sent. */
export function startedOnly({ phase }: AuditEntry): boolean {
  return phase === "started";
}

/** An entry in its place in the chain: each holds the hash of the one before it. */
export interface AuditRecord extends AuditEntry {
  /** From 1 up, without gaps. */
  readonly seq: number;
  /** RFC 3339. */
  readonly at: string;
  readonly prev: string;
  readonly hash: string;
}

/** The last record, kept beside the log, so that a cut-off tail shows. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
  /** Bytes of the log up to the end of that record. */
  readonly size: number;
}

/** What the first record follows. */
export const GENESIS: AuditHead = { seq: 0, hash: "0".repeat(64), size: 0 };

/** SHA-256 of a text, lower-case hex. */
export type Digest = (text: string) => string;

/** The record that follows `previous`. Secrets are masked before it is hashed. */
export function chain(
  previous: Pick<AuditHead, "seq" | "hash">,
  entry: AuditEntry,
  now: number,
  digest: Digest,
): AuditRecord {
  const record = { seq: previous.seq + 1, at: isoTime(now), prev: previous.hash, ...plain(entry) };
  return { ...record, hash: digest(canonicalJson(record)) };
}

/** A record as it stands in the log. */
export function recordLine(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** What a reader would get back: no undefined fields, no secrets. A masked secret holds no character that JSON escapes. */
function plain(entry: AuditEntry): AuditEntry {
  return JSON.parse(maskSecrets(JSON.stringify(entry)));
}

/**
 * What is hashed: JSON without spaces, fields sorted by name, lists as they are (unlike `canonicalText`, for which the order of
 * a list says nothing). It is what `jq -cS` prints.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(",")}}`;
}
