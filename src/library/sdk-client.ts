import type { MessagesClient } from "./messages-client.ts";

/** A client of @anthropic-ai/sdk 1.x: its requests pass through middleware. */
export interface SdkClient extends MessagesClient {
  readonly baseURL: string;
  readonly middleware: readonly Middleware[];
  readonly withOptions: (options: { readonly middleware?: readonly Middleware[] }) => SdkClient;
  readonly _options?: { readonly defaultQuery?: Readonly<Record<string, unknown>> };
}

/** Source: core/middleware.ts of the SDK. */
export type Middleware = (
  request: HttpRequest,
  next: (request: HttpRequest) => Promise<Response>,
  context: { readonly options?: object | undefined },
) => Promise<Response>;

export type HttpRequest = RequestInit & { readonly url: string };

/** Whether a client has middleware, by which everything that it sends can be seen. */
export function isSdkClient(client: unknown): client is SdkClient {
  const { middleware, withOptions, baseURL } = Object(client) as Partial<SdkClient>;
  return Array.isArray(middleware) && typeof withOptions === "function" && typeof baseURL === "string";
}
