import type { Policy } from "../core/policy/policy.ts";
import type { GuardOptions } from "./guard-client.ts";
import { type MessagesClient, standInClient } from "./stand-in-client.ts";

/** What goes with one request. */
export interface CreateMessageOptions extends Pick<GuardOptions, "user" | "env"> {
  /** Ends the request. */
  readonly signal?: AbortSignal;
  /** Milliseconds for each attempt. */
  readonly timeout?: number;
  readonly maxRetries?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

type Create<Client extends MessagesClient> = Client["messages"]["create"];

/** The SDK has three forms of `create`: without a stream, with one, and either; a stand-in has one. */
type Forms<Form> = Form extends {
  (params: infer Plain, options?: never): infer Message;
  (params: infer Streaming, options?: never): infer Stream;
  (params: infer Either, options?: never): infer Any;
}
  ? { readonly params: Plain | Streaming | Either; readonly plain: Message; readonly stream: Stream; readonly any: Any }
  : Form extends (params: infer Params, options?: never) => infer Any
    ? { readonly params: Params; readonly plain: Any; readonly stream: Any; readonly any: Any }
    : never;

/** What the client's own `messages.create` takes. */
export type CreateParams<Client extends MessagesClient> = Forms<Create<Client>>["params"];

/**
 * One request under a role: decided, counted, sent with `client.messages.create`, and its answer checked; of a stream before its first
 * event. Rejects with PolicyDeniedError, and with whatever the client rejects with. `client` is a client of the SDK or a stand-in of
 * it; what it answers with is what its own `messages.create` does.
 */
export function createMessage<Client extends MessagesClient>(
  client: Client,
  policy: Policy | undefined,
  role: string,
  params: CreateParams<Client> & { readonly stream: true },
  options?: CreateMessageOptions,
): Promise<Awaited<Forms<Create<Client>>["stream"]>>;
export function createMessage<Client extends MessagesClient>(
  client: Client,
  policy: Policy | undefined,
  role: string,
  params: CreateParams<Client> & { readonly stream?: false },
  options?: CreateMessageOptions,
): Promise<Awaited<Forms<Create<Client>>["plain"]>>;
export function createMessage<Client extends MessagesClient>(
  client: Client,
  policy: Policy | undefined,
  role: string,
  params: CreateParams<Client>,
  options?: CreateMessageOptions,
): Promise<Awaited<Forms<Create<Client>>["any"]>>;
export async function createMessage(
  client: MessagesClient,
  policy: Policy | undefined,
  role: string,
  params: unknown,
  options: CreateMessageOptions = {},
): Promise<unknown> {
  const { user, env, ...request } = options;
  const { create } = standInClient(client, { policy, role, user, env }).messages;
  return Reflect.apply(create, undefined, [params, request]);
}
