import type { ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { connectMessages } from "../../src/adapters/api/client.ts";
import type { Credential } from "../../src/adapters/api/credential-type.ts";
import { startDeadline } from "../../src/adapters/api/deadline.ts";
import { createMessageSender } from "../../src/adapters/messages/sender.ts";
import type { Failure } from "../../src/core/model/failure.ts";
import type { Answer, AnswerListener, AnswerOrigin, AnswerStart } from "../../src/core/prompt/answer.ts";
import type { SendableRequest } from "../../src/core/prompt/request.ts";
import { type Handler, serve } from "./http-server.ts";

export const KEY = "sk-ant-api03-fake-secret-0123456789abcdefgh";

/** A question of one word. */
export const ASK: SendableRequest = {
  model: "claude-haiku-5-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "hello" }],
};

export interface SenderOptions {
  readonly secret?: string;
  readonly credential?: Credential;
  readonly timeout?: number;
  readonly debug?: boolean;
  readonly perMinute?: number;
}

/** A sender against `url`, and what it noted on the way. */
export function sender(url: string, options: SenderOptions = {}) {
  const lines: string[] = [];
  const waits: unknown[] = [];
  const credential: Credential = options.credential ?? {
    kind: "api-key",
    secret: options.secret ?? KEY,
    source: "ANTHROPIC_API_KEY",
  };
  const deadline = startDeadline({ milliseconds: options.timeout ?? 20_000 });
  const client = connectMessages({
    credential,
    baseUrl: url,
    env: {},
    deadline,
    perMinute: options.perMinute ?? 0,
    debug: options.debug ?? false,
    log: (line) => lines.push(line),
    onWait: (wait) => waits.push(wait),
  });
  return { ...createMessageSender({ client, credential, deadline: deadline.signal }), lines, waits };
}

/** What came of one call, a Failure or anything else that was thrown included. */
export interface Asked {
  readonly answer?: Answer;
  readonly error?: Failure;
  readonly starts: readonly AnswerStart[];
  readonly pieces: readonly string[];
}

/** Sends, and never throws. */
export async function ask(
  { send }: Pick<ReturnType<typeof sender>, "send">,
  request: SendableRequest = ASK,
  listener: Partial<AnswerListener> = {},
): Promise<Asked> {
  const starts: AnswerStart[] = [];
  const pieces: string[] = [];
  const heard = {
    signal: listener.signal ?? new AbortController().signal,
    onRefused: (from: AnswerOrigin) => listener.onRefused?.(from),
    onStart: (start: AnswerStart) => {
      starts.push(start);
      listener.onStart?.(start);
    },
    onText: async (text: string) => {
      pieces.push(text);
      await listener.onText?.(text);
    },
  };
  try {
    return { answer: await send(request, heard), starts, pieces };
  } catch (error) {
    return { error: error as Failure, starts, pieces };
  }
}

/** A server that answers every call as `handle` does; it ends with the test. */
export async function served(handle: Handler) {
  const server = await serve(handle);
  onTestFinished(server.close);
  return server;
}

type Data = Readonly<Record<string, unknown>>;

/** Begins a stream of events. */
export function begin(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "request-id": "req_stream",
    "anthropic-organization-id": "org_1",
    "anthropic-workspace-id": "wrkspc_1",
  });
}

export function event(response: ServerResponse, data: Data): boolean {
  return response.write(`event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`);
}

export const START: Data = {
  type: "message_start",
  message: {
    id: "msg_1",
    model: "claude-haiku-5-5",
    usage: { input_tokens: 5, output_tokens: 1, cache_creation_input_tokens: 2, cache_read_input_tokens: 3 },
  },
};
export const END: Data = {
  type: "message_delta",
  delta: { stop_reason: "end_turn", stop_details: null },
  usage: { input_tokens: null, output_tokens: 7 },
};
export const STOP: Data = { type: "message_stop" };

export function delta(text: string, index = 0): Data {
  return { type: "content_block_delta", index, delta: { type: "text_delta", text } };
}

/** A whole stream of these events, ended as HTTP ends. */
export function stream(events: readonly Data[]): Handler {
  return (_, response) => {
    begin(response);
    for (const data of events) event(response, data);
    response.end();
  };
}
