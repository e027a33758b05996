import type { Denied } from "../core/policy/policy.ts";
import { isObject } from "../core/text/text.ts";
import { answerDenial } from "./checked-answer.ts";
import type { PolicyContext } from "./named-models.ts";

type Deny = (denied: Denied) => Error;

/**
 * A stream of events of which the first, `message_start`, names a model that may answer; rejects else. The same object where it can
 * be: its first event is then told again to whoever reads it.
 */
export async function checkedEvents(
  stream: AsyncIterable<unknown>,
  context: PolicyContext,
  deny: Deny,
): Promise<unknown> {
  const events = stream[Symbol.asyncIterator]();
  const first = await events.next();
  const denied = first.done ? undefined : startDenial(first.value, context);
  if (denied) {
    await events.return?.();
    throw deny(denied);
  }
  return retold(stream, again(first, events));
}

/** The denial that an event of a stream gives rise to, when it is the first. */
export function startDenial(event: unknown, context: PolicyContext): Denied | undefined {
  const message = isObject(event) && event.type === "message_start" ? event.message : undefined;
  return answerDenial(context, isObject(message) ? message.model : undefined);
}

function again(first: IteratorResult<unknown>, rest: AsyncIterator<unknown>): AsyncIterableIterator<unknown> {
  let told = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (told) return rest.next();
      told = true;
      return first;
    },
    async return() {
      told = true;
      return (await rest.return?.()) ?? { done: true, value: undefined };
    },
  };
}

/** The SDK's stream begins anew from a function of its own, `iterator`; another's from the symbol; a generator is one itself. */
function retold(stream: AsyncIterable<unknown>, events: AsyncIterableIterator<unknown>): unknown {
  if ("next" in stream || !Object.isExtensible(stream)) return events;
  const value = () => events;
  Object.defineProperty(stream, Symbol.asyncIterator, { value, configurable: true });
  if ("iterator" in stream) Object.defineProperty(stream, "iterator", { value, configurable: true });
  return stream;
}
