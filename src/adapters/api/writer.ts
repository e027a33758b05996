import type { ApiCall, OrgWriter, Seen, WriteRemark, Written } from "../../core/model/call.ts";
import { Failure } from "../../core/model/failure.ts";
import { isObject } from "../../core/text/text.ts";
import type { AdminClient } from "./admin-client.ts";
import type { Deadline } from "./deadline.ts";
import { sleep as realSleep } from "./deadline.ts";
import { type Asked, apiDetailsOf, failureOf } from "./failure.ts";
import type { ApiReader, Write } from "./kinds/kind.ts";
import { WRITES } from "./kinds/kinds.ts";
import { oauthRequired } from "./oauth.ts";
import { readList } from "./pages.ts";
import { RETRY_CLASSES, type RetryClass, retryClassOf } from "./retry-class.ts";
import { incomplete } from "./rows.ts";

export interface OrgWriterOptions {
  readonly client: AdminClient;
  /** For what only a token of OAuth may write; absent where there is none. */
  readonly oauth?: AdminClient | undefined;
  readonly deadline: Deadline;
  /** Waits so many milliseconds, or until the signal aborts. */
  readonly sleep?: typeof realSleep;
}

/** With one call in five going wrong, one change in 400,000 goes wrong this often in a row. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 8_000;

/**
 * The writing half of the Admin API. The SDK retries nothing here, nor does a library: between two tries the object has to be
 * read back, and how long to wait is the API's to say. What is in flight when the run ends is finished, and looked at.
 */
export function createOrgWriter({ client, oauth, deadline, sleep = realSleep }: OrgWriterOptions): OrgWriter {
  const signal = deadline.graceSignal;
  const options = { signal, maxRetries: 0 };
  /** The API as the credential of a call asks it. Throws Failure `oauth-required`. */
  const apiFor = (kind: Write<ApiCall>, what: string): ApiReader => {
    const by = kind.oauth ? oauth : client;
    if (!by) throw oauthRequired(what);
    return { client: by, options, list: readList, oneMore: () => {} };
  };

  /** Reads under the same policy as writes, since a look that fails must not end a run either. Throws Failure. */
  const patiently = async <Answer>(asked: Asked, read: () => Promise<Answer>): Promise<Answer> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await read();
      } catch (error) {
        const failure = failureOf(error, asked);
        const { again } = RETRY_CLASSES[retryClassOf(failure)];
        if (tries === MAX_ATTEMPTS || !again || isTooLong(failure)) throw failure;
        await pause(tries, failure, signal);
      }
    }
  };

  const look = async (call: ApiCall): Promise<Seen | undefined> => {
    const kind: Write<ApiCall> = WRITES[call.name];
    const asked = { what: `a look before ${kind.words(call)}`, signal, preview: kind.preview === true };
    return patiently(asked, async () => kind.seen?.(apiFor(kind, asked.what), call));
  };

  /** The effect of a call, which a list may show only after a while: so often looked for. */
  const findEffect = async (call: ApiCall, looks: number, failure?: Failure) => {
    const kind: Write<ApiCall> = WRITES[call.name];
    const asked = { what: kind.words(call), signal, preview: kind.preview === true };
    const api = apiFor(kind, asked.what);
    for (let tries = 1; tries <= looks; tries += 1) {
      if (tries > 1) await pause(tries, failure, signal);
      const found = await patiently(asked, () => kind.readBack(api, call));
      if (found) return found;
    }
    return undefined;
  };

  const write = async (call: ApiCall): Promise<Written> => {
    const kind: Write<ApiCall> = WRITES[call.name];
    const asked = { what: kind.words(call), signal, preview: kind.preview === true };
    const api = apiFor(kind, asked.what);

    /** Whether the effect of a call that failed is there all the same. Throws `not-certain` where that cannot be told. */
    const resolveUncertain = async (failure: Failure, retryClass: RetryClass): Promise<Written | undefined> => {
      const mayBeThere = retryClass === "uncertain";
      const looks = mayBeThere ? (kind.looks ?? 1) : 1;
      try {
        const found = await findEffect(call, looks, failure);
        return found && { requestId: null, ...found };
      } catch (error) {
        if (!(error instanceof Failure) || !mayBeThere) throw failure;
        throw notCertain(asked.what, failure, error);
      }
    };

    let last: Failure | undefined;
    for (let tries = 1; ; tries += 1) {
      try {
        return await send(api.client, kind, call, options);
      } catch (error) {
        const failure = failureOf(error, asked);
        // What became of the tries before it is what is known of the call.
        if (failure.details.isUnsent) throw last ?? failure;
        last = failure;
        const retryClass = retryClassOf(failure, kind.refusals);
        const carriedOut = writtenAllTheSame(retryClass, failure, error);
        if (carriedOut) return carriedOut;
        const { readBack, again } = RETRY_CLASSES[retryClass];
        const there = readBack ? await resolveUncertain(failure, retryClass) : undefined;
        if (there) return there;
        if (tries === MAX_ATTEMPTS || !again || isTooLong(failure) || deadline.signal.aborted) throw failure;
        await pause(tries, failure, deadline.signal);
        if (deadline.signal.aborted) throw failure;
        // Whoever answered that nothing was done may be a proxy that gave up: what has no name of its own would be made twice.
        const made = kind.creates && !readBack ? await resolveUncertain(failure, retryClass) : undefined;
        if (made) return made;
      }
    }
  };

  const isTooLong = ({ details }: Failure) => (details.retryAfter ?? 0) > deadline.timeLeft();

  const pause = async (tries: number, failure: Failure | undefined, until: AbortSignal) => {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1));
    // Between half and the whole of it, so that two runs that got into each other's way do not meet again.
    const milliseconds = Math.max(failure?.details.retryAfter ?? 0, longest * (0.5 + Math.random() / 2));
    await sleep(milliseconds, until);
  };

  // A run that was killed long ago needs one look; what it made a moment ago a list may not show yet.
  return { look, write, readBack: (call) => findEffect(call, looksFor(call)) };
}

function looksFor({ name }: ApiCall): number {
  const { looks = 1 }: Write<ApiCall> = WRITES[name];
  return looks;
}

/** Sends one call once. Throws what the SDK throws, and Failure `incomplete-answer` where the answer is not of the known form. */
async function send<Call extends ApiCall>(
  client: AdminClient,
  kind: Write<Call>,
  call: Call,
  options: ApiReader["options"],
): Promise<Written> {
  const { data, response, request_id: requestId = null } = await kind.send(client, call, options);
  const words = kind.words(call);
  if (response.status !== 200) throw incomplete(words, `the answer has the status ${response.status}, not 200`);
  if (!isObject(data)) throw incomplete(words, "the answer is not what the API promises");
  if (!kind.creates) return { requestId, ...shownBy(kind, data) };
  if (typeof data.id !== "string" || data.id === "") throw incomplete(words, "the answer has no id");
  return { requestId, id: data.id };
}

/** What the answer shows of the object beside what was asked for: the call is done, whether or not that can be read. */
function shownBy<Call>(kind: Write<Call>, answer: unknown): Pick<Written, "seen"> {
  if (!kind.shows) return {};
  try {
    return { seen: kind.shows(answer) };
  } catch (error) {
    if (error instanceof Failure) return {};
    throw error;
  }
}

/** What a refusal says was carried out nevertheless; undefined where it says nothing of the kind. */
function writtenAllTheSame(retryClass: RetryClass, failure: Failure, error: unknown): Written | undefined {
  const { requestId = null } = failure.details;
  const remark = (code: WriteRemark["code"]) => ({ code, message: failure.details.message });
  if (retryClass === "archived-with-storage") return { requestId, remark: remark("storage-attached") };
  if (retryClass !== "created-incomplete") return undefined;
  const id = apiDetailsOf(error)?.workspace_id;
  // Without its id nothing can be done about it in this run; it is there all the same, and is never sent again.
  return { requestId, ...(typeof id === "string" && id !== "" && { id }), remark: remark("workspace-incomplete") };
}

function notCertain(what: string, failure: Failure, cause: Failure): Failure {
  const { requestId } = failure.details;
  return new Failure(
    "not-certain",
    {
      message: `${failure.details.message}; nobody knows whether it took effect, for ${cause.details.message}`,
      fix: `run again: ${what} is not done twice`,
      ...(requestId !== undefined && { requestId }),
    },
    { cause },
  );
}
