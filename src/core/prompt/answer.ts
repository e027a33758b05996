import type { SendableRequest, Turn } from "./request.ts";

/** A whole answer: the API said that it has ended, and why. */
export interface Answer extends AnswerStart {
  /** The text blocks, one after the other; no thinking. */
  readonly text: string;
  /** Why it ended: `end_turn`, `max_tokens`, `refusal`, …, as the API says it. */
  readonly stopReason: string;
  /** For a refusal, as far as the API says. */
  readonly refusal?: { readonly category: string | null; readonly explanation: string | null };
  readonly usage: AnswerUsage;
}

/** What is known of an answer when it begins, before its first word. */
export interface AnswerStart extends AnswerOrigin {
  /** The API's id of the message. */
  readonly id: string;
  /** The model that answers; an alias is resolved. */
  readonly model: string;
  /** Tokens of the prompt, those read from or written to the cache included. */
  readonly inputTokens: number;
}

/** What the headers of an answer say, of an error too. */
export interface AnswerOrigin {
  /** The API's id of the request, for its support. */
  readonly requestId: string | null;
  /** Of the organization and the workspace that the key belongs to. */
  readonly organizationId: string | null;
  readonly workspaceId: string | null;
}

/** Tokens of one call; field names are the API's. */
export interface AnswerUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** Tokens of the prompt, those read from or written to the cache included. */
export function inputTokensOf(usage: AnswerUsage): number {
  return usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
}

/** Whoever waits for an answer. */
export interface AnswerListener {
  /** The API refused the request, and this is what the headers of its error say. What is thrown here is what `send` throws. */
  readonly onRefused: (from: AnswerOrigin) => void;
  /** Before the first word. Whoever throws here ends the call; what was thrown is what `send` throws. */
  readonly onStart: (start: AnswerStart) => void;
  /** A piece of text. The next one is not read off the network before this one is taken. */
  readonly onText: (text: string) => Promise<void>;
  /** Ends the call; its reason is thrown where it is a Failure. */
  readonly signal: AbortSignal;
}

/** The Messages API with one key. */
export interface MessageSender {
  /** The redacted key, in the form in which the API lists keys; null where it is none (a profile). */
  readonly keyHint: string | null;
  /**
   * Sends a request and streams the answer. Throws Failure: what was shown until then is no whole answer. Nothing is tried again
   * once the answer has begun.
   */
  readonly send: (request: SendableRequest, listener: AnswerListener) => Promise<Answer>;
}

/** What a turn says, for the audit log: its text, and in place of what is no text only its name. */
export function turnText({ content }: Turn): string {
  if (typeof content === "string") return content;
  return content
    .map((block) => {
      if (block.type === "text") return block.text;
      return block.type === "document" ? `[document ${block.title}]` : `[${block.source.media_type}]`;
    })
    .join("\n\n");
}
