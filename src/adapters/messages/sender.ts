import type { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { hintOf } from "../../core/keys/secret-match.ts";
import { Failure, type FailureCode } from "../../core/model/failure.ts";
import type { Answer, AnswerListener, AnswerOrigin, MessageSender } from "../../core/prompt/answer.ts";
import type { SendableRequest } from "../../core/prompt/request.ts";
import type { Credential } from "../api/credential-type.ts";
import {
  type ApiError,
  type Asked,
  abortReason,
  failureOf,
  isApiError,
  oneLine,
  withoutWorkspace,
} from "../api/failure.ts";
import { incompleteAnswer, readAnswer } from "./read-answer.ts";

export interface MessageSenderOptions {
  /** As `connectMessages` made it. */
  readonly client: BaseAnthropic;
  readonly credential: Credential;
  /** The handle of the workspace that the prompts are for, where one was named. */
  readonly workspace?: string | undefined;
  /** The workspace that every request names, where one is. */
  readonly workspaceId?: string | undefined;
  /** The end of the run. */
  readonly deadline: AbortSignal;
}

/** The Messages API with one credential. Nothing is sent before `send`. */
export function createMessageSender({
  client,
  credential,
  workspace,
  workspaceId,
  deadline,
}: MessageSenderOptions): MessageSender {
  return {
    keyHint: credential.kind === "profile" ? null : hintOf(credential.secret),
    send: async (request, listener) => {
      const signal = AbortSignal.any([listener.signal, deadline]);
      const asked = {
        what: `the prompt to "${oneLine(request.model)}"`,
        signal,
        advise: adviceFor(credential, { workspace, workspaceId }),
      };
      return sendOnce(client, request, listener, asked);
    },
  };
}

/** As text: of anything else the SDK asks first whether it is a form, and node loads all of its fetch for that question. */
const JSON_BODY = { "content-type": "application/json" };

type Begun = Asked & { readonly signal: AbortSignal };

async function sendOnce(
  client: BaseAnthropic,
  request: SendableRequest,
  listener: AnswerListener,
  asked: Begun,
): Promise<Answer> {
  const { what, signal } = asked;
  let begun = false;
  let requestId: string | null = null;
  // What a listener throws is not to be taken for a fault of the connection.
  let thrown: { readonly error: unknown } | undefined;
  const byListener = (error: unknown): never => {
    thrown = { error };
    throw error;
  };
  const onStart: AnswerListener["onStart"] = (start) => {
    begun = true;
    try {
      listener.onStart(start);
    } catch (error) {
      byListener(error);
    }
  };
  // Whoever takes the text may never be done with it: a reader of stdout that has stopped reading.
  const onText = (text: string) => unlessAborted((async () => listener.onText(text))().catch(byListener), signal);
  try {
    const body = JSON.stringify({ ...request, stream: true });
    // Not messages.create(): that is the same, but writes to the console that a model is going to be retired.
    const { data: events, response } = await client
      .post<AsyncIterable<unknown>>("/v1/messages", { body, headers: JSON_BODY, stream: true, signal })
      .withResponse();
    const headers = originOf(response.headers);
    requestId = headers.requestId;
    return await readAnswer({ events, headers, listener: { onStart, onText }, what });
  } catch (error) {
    if (thrown) throw thrown.error;
    // An aborted stream ends as if it were over.
    if (signal.aborted) throw abortReason(asked);
    if (!begun) tellRefusal(error, listener);
    throw errorEvent(error, asked, begun) ?? (begun ? brokenOff(error, asked, requestId) : failureOf(error, asked));
  }
}

function originOf(headers: Headers): AnswerOrigin {
  return {
    requestId: headers.get("request-id"),
    organizationId: headers.get("anthropic-organization-id"),
    workspaceId: headers.get("anthropic-workspace-id"),
  };
}

/** An error of the API has headers as any answer of it. */
function tellRefusal(error: unknown, { onRefused }: AnswerListener): void {
  if (isApiError(error) && error.headers) onRefused(originOf(error.headers));
}

/** As `work`, but rejects as soon as the signal aborts. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** An error that the API sends inside a stream that began with a 200 has no status; the SDK throws it as a bare APIError. */
function errorEvent(error: unknown, { what }: Asked, begun: boolean): Failure | undefined {
  if (!(error instanceof Error) || error.name !== "APIError" || !("apiMessage" in error)) return undefined;
  const { status, apiMessage, errorCode, type, requestID } = error as Error & Record<string, unknown>;
  if (status !== undefined) return undefined;
  const code = [errorCode, type].find((value) => typeof value === "string");
  const said = typeof apiMessage === "string" ? oneLine(apiMessage) : "an error without words";
  const end = begun ? "the answer is not whole" : "there is no answer";
  return new Failure(
    "api-error",
    {
      message: `${what}: the API ended it with an error: ${said}${code ? ` (${code})` : ""}; ${end}`,
      fix: "send the prompt again in a while",
      ...(typeof code === "string" && { errorCode: code }),
      ...(typeof requestID === "string" && { requestId: requestID }),
    },
    { cause: error },
  );
}

/** What comes once the answer has begun is no error of a request: it is an answer that is not whole. */
function brokenOff(error: unknown, asked: Asked, requestId: string | null): Failure {
  if (error instanceof Failure) return error;
  const { code, details } = failureOf(error, asked);
  const why =
    code === "internal"
      ? `${asked.what}: ${error instanceof Error ? oneLine(error.message) : "an error"}`
      : details.message;
  return incompleteAnswer(`${why}: the answer broke off`, requestId, true, error);
}

/** Caps of spending: waiting does not lift them (admin-api.md 3.8). */
const SPENT = new Set(["enforced_spend_limit_reached", "contract_spend_limit_reached"]);

/** What to do about an error of the Messages API. Its own words come first; these only say where to look. */
function adviceFor(
  credential: Credential,
  { workspace, workspaceId }: Pick<MessageSenderOptions, "workspace" | "workspaceId">,
): NonNullable<Asked["advise"]> {
  const profile = credential.kind === "profile" ? credential.profile : undefined;
  const login = profile && `ant auth login --profile ${profile}`;
  return (code: FailureCode, error: ApiError) => {
    const { status, errorCode, apiMessage } = error;
    switch (code) {
      case "credential-rejected":
        return login
          ? `log in again: ${login}`
          : `check that the key in ${credential.source} is whole, active and not expired`;
      case "permission-denied":
        return login
          ? `log in with a scope that may send prompts, such as: ${login} --scope "workspace:inference"`
          : `use the key of a workspace that may send prompts in ${credential.source}`;
      case "not-found":
        // Without words of the API's own it is not about the model.
        if (apiMessage && workspaceId !== undefined) {
          return `does the key in ${credential.source} belong to another workspace than ${workspaceId}, or is the model retired, misspelt, or closed to it?`;
        }
        return apiMessage
          ? "is the model retired, misspelt, or closed to this key? anth-rbac validate --live lists what is wrong with models"
          : "check ANTHROPIC_BASE_URL and --base-url";
      case "rate-limited":
        return SPENT.has(errorCode ?? "")
          ? "a limit on spending is reached: it is changed in the Console, or ends with the month"
          : "wait, then send it again: the limit belongs to the workspace or the whole organization";
      default:
        if (status === 413) return "send less: a request may have 32 MB, and images and PDFs count a third more";
        return status >= 500 ? "send it again in a while" : withoutWorkspace(credential.source, error, workspace);
    }
  };
}
