import type Anthropic from "@anthropic-ai/sdk";
import type { ApiCall, OrgWriter, Written } from "../../core/model/call.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Deadline } from "./deadline.ts";
import { sleep as realSleep } from "./deadline.ts";
import { failureOf } from "./failure.ts";
import { type Found, verifyEffect } from "./kinds/read-back.ts";
import { callWords, sendCall } from "./kinds/send.ts";

export interface OrgWriterOptions {
  readonly client: Anthropic;
  readonly deadline: Deadline;
  /** Waits so many milliseconds, or until the signal aborts. */
  readonly sleep?: typeof realSleep;
}

/** With one call in five going wrong, one change in 400,000 goes wrong this often in a row. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 8_000;

/** How often a workspace that may have been created is looked for, since lists may lag behind writes (admin-api.md 3.9). */
const LOOKS_FOR_CREATED = 3;

/**
 * The writing half of the Admin API. The SDK retries nothing here, nor does a library: between two tries the object has to be
 * read back, and how long to wait is the API's to say. What is in flight when the run ends is finished, and looked at.
 */
export function createOrgWriter({ client, deadline, sleep = realSleep }: OrgWriterOptions): OrgWriter {
  const signal = deadline.graceSignal;

  /** Under the same policy as writes, since a look that fails must not end a run either. Throws Failure. */
  const look = async (call: ApiCall): Promise<Found | undefined> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await verifyEffect(client, call, signal);
      } catch (error) {
        const failure = failureOf(error, { what: callWords(call), signal, preview: isSpendLimit(call) });
        if (tries === MAX_ATTEMPTS || !isRetryable(failure) || isTooLong(failure)) throw failure;
        await pause(tries, failure, signal);
      }
    }
  };

  const isTooLong = ({ details }: Failure) => (details.retryAfter ?? 0) > deadline.timeLeft();

  const pause = async (tries: number, { details }: Failure, until: AbortSignal) => {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1));
    // Between half and the whole of it, so that two runs that got into each other's way do not meet again.
    const milliseconds = Math.max(details.retryAfter ?? 0, longest * (0.5 + Math.random() / 2));
    await sleep(milliseconds, until);
  };

  /** Whether the effect of a call that failed is there all the same. Throws `not-certain` where that cannot be told. */
  const resolveUncertain = async (call: ApiCall, failure: Failure): Promise<Written | undefined> => {
    const looks = call.name === "create-workspace" && mayHaveHappened(failure) ? LOOKS_FOR_CREATED : 1;
    try {
      for (let tries = 1; tries <= looks; tries += 1) {
        if (tries > 1) await pause(tries, failure, signal);
        const found = await look(call);
        if (found) return { requestId: null, ...found };
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure) || !mayHaveHappened(failure)) throw failure;
      throw notCertain(call, failure, error);
    }
  };

  const write = async (call: ApiCall): Promise<Written> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await sendCall(client, call, signal);
      } catch (error) {
        const failure = failureOf(error, { what: callWords(call), signal, preview: isSpendLimit(call) });
        const settled = needsReadBack(failure) ? await resolveUncertain(call, failure) : undefined;
        if (settled) return settled;
        if (tries === MAX_ATTEMPTS || !isRetryable(failure) || isTooLong(failure) || deadline.signal.aborted)
          throw failure;
        await pause(tries, failure, deadline.signal);
        if (deadline.signal.aborted) throw failure;
      }
    }
  };

  return { write };
}

function isSpendLimit({ name }: ApiCall): boolean {
  return name === "set-spend-limit" || name === "delete-spend-limit";
}

/** No answer, a broken one, or a server that failed on the way: the change may be there. */
function mayHaveHappened({ code, details: { status = 0 } }: Failure): boolean {
  return code === "unreachable" || code === "incomplete-answer" || status >= 500;
}

/** A monthly cap that is reached stays so. Source: admin-api.md 3.8. */
const LASTING = new Set(["enforced_spend_limit_reached", "contract_spend_limit_reached"]);

/** What may be over at the next try. */
function isRetryable(failure: Failure): boolean {
  const { status, errorCode = "" } = failure.details;
  return mayHaveHappened(failure) || status === 409 || (status === 429 && !LASTING.has(errorCode));
}

/** Whether the wanted state may be there although the call failed: also by another run, or since before (400, 404, 409). */
function needsReadBack(failure: Failure): boolean {
  return mayHaveHappened(failure) || [400, 404, 409].includes(failure.details.status ?? 0);
}

function notCertain(call: ApiCall, failure: Failure, cause: Failure): Failure {
  const { requestId } = failure.details;
  return new Failure(
    "not-certain",
    {
      message: `${failure.details.message}; nobody knows whether it took effect, for ${cause.details.message}`,
      fix: `run again: ${callWords(call)} is not done twice`,
      ...(requestId !== undefined && { requestId }),
    },
    { cause },
  );
}
