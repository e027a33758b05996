import type { PhaseName } from "../keys/key-phase.ts";
import type { RecentUse } from "../keys/recent-use.ts";
import type { Plan } from "../model/plan.ts";
import { isoTime } from "../model/time.ts";

/** Where the Console makes keys. */
export const CONSOLE_KEYS = "https://platform.claude.com/settings/keys";

/**
 * Where a declared key stands, as one machine over all the live keys that bear its name. `missing`: declared and never made;
 * `unsettled` here also: nobody can tell which live key is meant. Nothing is done about an unsettled key.
 */
export type RotationPhase = PhaseName | "missing";

/** What is to happen next, and who does it: the first three need somebody, `wait` needs time, the rest the program does. */
export type RotationStep =
  /** Somebody makes a key in the Console, as `create` says. */
  | "create-replacement"
  /** Somebody hands over the new key's secret, or says that the service has it. */
  | "hand-over"
  /** The old key's overlap is over, and something still uses it. */
  | "stop-use"
  /** Somebody tells which live key is meant. */
  | "settle"
  | "wait"
  | "cut-over"
  | "disable"
  | "archive";

export interface RotationPlan extends Plan {
  /** Every declared key that it is about, in the order of the file. */
  readonly keys: readonly RotationKey[];
}

/** A declared key in its rotation. */
export interface RotationKey {
  /** Of the declared key. */
  readonly target: string;
  /** The declared name. */
  readonly name: string;
  /** What tells a command that this key is meant. */
  readonly flags: string;
  /** The handle; null for a key of the organization itself. */
  readonly workspace: string | null;
  readonly phase: RotationPhase;
  /** Null where there is nothing to do. */
  readonly next: RotationStep | null;
  /** What somebody has to create in the Console, where a key is to be made there. */
  readonly create?: KeyToCreate;
  /** When the current key falls due, or fell; epoch ms. */
  readonly dueAt?: number;
  /** When what is waited for is over: the overlap, the soak; epoch ms. */
  readonly until?: number;
  /** Why the current key is due. */
  readonly because?: DueReason;
  /** How many commands a new secret is delivered by. */
  readonly deliveries: number;
  /** Every live key of this name that is not archived, the current one first. */
  readonly live: readonly RotatingKey[];
  /** A key of it that was said to have leaked is active still: what this run was to do about it could not be done. */
  readonly leaks?: true;
  /** What used the superseded key in the last 24 hours, where that was looked up. */
  readonly use?: RecentUse;
}

/**
 * `not-active`: it was disabled, revoked or has expired, and a key is never enabled again; `creator-left`: it has no owner, and
 * whoever made it and so knows its secret has left, or is to leave by the file.
 */
export type DueReason = "age" | "expiry" | "not-active" | "creator-left" | "forced" | "leaked";

/** A key as the Console asks for it. Its workspace is fixed for good when it is created. */
export interface KeyToCreate {
  readonly name: string;
  /** The workspace's live name; null for a key of the organization itself. */
  readonly workspace: string | null;
  /** The id of the person as whom it has to act, who alone can make it, where the key that it replaces acts as them. */
  readonly user?: string;
  /** Their e-mail, where that was read. */
  readonly user_email?: string;
  /** The id of the service account that it has to act as, where the key that it replaces does. */
  readonly service_account?: string;
  /** Its name, where that was read. */
  readonly service_account_name?: string;
  readonly url: string;
}

/** One live key in the rotation of a declared one. */
export interface RotatingKey {
  readonly id: string;
  /** The live name, with its label. */
  readonly name: string;
  readonly status: string;
  readonly phase: PhaseName | null;
  readonly hint: string | null;
  readonly createdAt: number;
  readonly expiresAt?: number;
  /** When its phase is over; epoch ms. */
  readonly until?: number;
}

/** A declared key in its rotation, in the shape of our JSON. */
export function rotationKeyJson(key: RotationKey) {
  const { target, name, workspace, phase, next, create, dueAt, until, because, deliveries, live, use } = key;
  return {
    target,
    name,
    workspace,
    phase,
    next,
    create: create ?? null,
    due_at: timeOrNull(dueAt),
    until: timeOrNull(until),
    because: because ?? null,
    deliveries,
    live: live.map((one) => ({
      id: one.id,
      name: one.name,
      status: one.status,
      phase: one.phase,
      hint: one.hint,
      created_at: isoTime(one.createdAt),
      expires_at: timeOrNull(one.expiresAt),
      until: timeOrNull(one.until),
    })),
    use: use
      ? {
          requests: use.requests ?? null,
          input_tokens: use.inputTokens,
          output_tokens: use.outputTokens,
          models: use.models,
        }
      : null,
  };
}

function timeOrNull(instant: number | undefined): string | null {
  return instant === undefined ? null : isoTime(instant);
}
