import type { Denied } from "../core/policy/policy.ts";
import { isObject, parseJson } from "../core/text/text.ts";
import { answerDenial } from "./checked-answer.ts";
import { checkedEvents, startDenial } from "./checked-events.ts";
import { type Counted, countCalls, limitOf } from "./count-calls.ts";
import { decideBatch, denialForRole, notGuarded } from "./judge-call.ts";
import { type Decided, decideCount, decideRequest } from "./named-models.ts";
import { denialOf } from "./policy-denied-error.ts";

/** A client of the SDK, of any version, or a stand-in: nothing of the SDK is imported, not even a type. */
export interface MessagesClient {
  readonly messages: {
    // What it takes and gives is for the client's own type to say.
    readonly create: (params: never, options?: never) => unknown;
  };
}

type Call = (params: unknown, options?: unknown) => unknown;

interface Messages {
  readonly create: Call;
  readonly countTokens?: Call;
  readonly stream?: Call;
  readonly batches?: { readonly create?: Call };
}

/**
 * A client without middleware, guarded: only the calls that make or count something, and nothing else of it. What it does with a
 * call is not seen; what it is given, and which model answers, is.
 */
export function standInClient(client: MessagesClient, counted: Counted): MessagesClient {
  const messages: Messages = Object(Object(client).messages);
  const deny = denialOf(client);
  /** Decides, counts, and only then calls; a denial is always a rejection. */
  const guarded = (decideOn: (params: Fields) => Judged, call: Call): Call => {
    return async (params, options) => {
      const judged = judgeAlike(params, options, counted, decideOn);
      if (judged.decision === "deny") throw deny(judged);
      const model = typeof judged.request.model === "string" ? judged.request.model : null;
      const full = await countCalls(counted, judged.calls ?? 0);
      if (full) throw deny({ ...full, model });
      return call(...judged.words);
    };
  };
  const create: Call = guarded(oneCall(counted), (...words) => messages.create(...words));
  const { countTokens, stream, batches } = messages;
  const guardedMessages: Messages = {
    create: async (params, options) => {
      const answer = await create(params, options);
      if (isAsyncIterable(answer)) return checkedEvents(answer, counted, deny);
      const model = isObject(answer) ? answer.model : undefined;
      // The API always names one; a stand-in of a test need not.
      const denied = model === undefined ? undefined : answerDenial(counted, model);
      if (denied) throw deny(denied);
      return answer;
    },
    ...(countTokens && {
      countTokens: guarded(
        (params) => decideCount(counted, params),
        (...words) => countTokens.call(messages, ...words),
      ),
    }),
    ...(stream && { stream: guardedStream(messages, stream, counted, deny) }),
    ...(batches?.create && {
      batches: {
        create: guarded(
          (params) => decideBatch(counted, params),
          (...words) => batches.create?.(...words),
        ),
      },
    }),
  };
  return { messages: guardedMessages as unknown as MessagesClient["messages"] };
}

type Fields = Readonly<Record<string, unknown>>;
type Judged = Decided & { readonly calls?: number };

function oneCall(counted: Counted): (params: Fields) => Judged {
  return (params) => {
    const decided = decideRequest(counted, params);
    return decided.decision === "deny" ? decided : { ...decided, calls: 1 };
  };
}

/** What a request may be told beside its parameters. The SDK would take another body, path or middleware from the rest. */
const HARMLESS: ReadonlySet<string> = new Set(["signal", "timeout", "maxRetries", "headers"]);

type Words = readonly [params: unknown, options?: unknown];

/** Decides a call, and copies what it is made with: what was looked through is what is handed on. */
function judgeAlike(
  params: unknown,
  options: unknown,
  counted: Counted,
  decideOn: (params: Fields) => Judged,
): (Judged & { readonly decision: "allow"; readonly words: Words }) | Denied {
  try {
    const outsider = denialForRole(counted);
    if (outsider) return outsider;
    const told = { ...Object(options) };
    const strange = Object.keys(told).find((name) => !HARMLESS.has(name));
    if (strange !== undefined) {
      return notGuarded(
        counted,
        `a request with the option ${strange}`,
        `use ${[...HARMLESS].join(", ")}, or leave it away`,
      );
    }
    // As the JSON that is sent: no getter, Proxy or toJSON says another thing later.
    const body = isObject(params) ? parseJson(JSON.stringify(params)) : undefined;
    const judged = decideOn(isObject(body) ? body : {});
    if (judged.decision === "deny") return judged;
    const { request } = judged;
    return { ...judged, words: Object.keys(told).length === 0 ? [request] : [request, told] };
  } catch {
    return notGuarded(counted, "a request that cannot be looked through");
  }
}

/** It answers at once, and so cannot wait for the window; its model is known with the first event. */
function guardedStream(messages: Messages, stream: Call, counted: Counted, deny: (denied: Denied) => Error): Call {
  return (params, options) => {
    const judged = judgeAlike(params, options, counted, oneCall(counted));
    if (judged.decision === "deny") throw deny(judged);
    if (limitOf(counted) !== undefined) {
      const fix = "use create with stream: true";
      throw deny(notGuarded(counted, "stream of this client, whose calls cannot be counted before it begins", fix));
    }
    const begun = stream.call(messages, ...judged.words);
    const check = (event: unknown) => {
      if (!isObject(event) || event.type !== "message_start") return;
      const denied = startDenial(event, counted);
      if (denied) throw deny(denied);
    };
    const { on } = Object(begun) as { readonly on?: unknown };
    if (typeof on === "function") on.call(begun, "streamEvent", check);
    return begun;
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
