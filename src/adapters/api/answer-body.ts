import { finished, type Readable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";

/** Bytes that one answer, or one event of a stream, may have once it is unpacked: the largest page of a list, ten times over. @internal for tests */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** All of a body. Throws Failure `incomplete-answer` where it is larger than that; the rest of it is not read. */
export function readWhole(body: Readable, what: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    finished(body, { writable: false }, (error) => {
      if (error) reject(error);
      else resolve(pieces[1] || !pieces[0] ? Buffer.concat(pieces) : pieces[0]);
    });
    body.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size <= MAX_ANSWER_BYTES) pieces.push(piece);
      else body.destroy(tooLarge(what));
    });
  });
}

/** A body as it comes, which fails with the same Failure at an event that is too large; one without events counts as one. */
export function boundEvents(body: Readable, isEvents: boolean, what: string): AsyncIterable<Buffer> {
  const pieces = eventPieces(body, isEvents, what);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => pieces.next(),
      // Whoever leaves before the first piece leaves the connection too: what has not begun does not notice.
      return: async () => {
        body.destroy();
        return pieces.return(undefined);
      },
    }),
  };
}

async function* eventPieces(body: Readable, isEvents: boolean, what: string): AsyncGenerator<Buffer, undefined> {
  let size = 0;
  let tail = Buffer.alloc(0);
  for await (const piece of body as AsyncIterable<Buffer>) {
    const seen = Buffer.concat([tail, piece]);
    const end = isEvents ? endOfEvents(seen) : -1;
    size = end === -1 ? size + piece.length : seen.length - end;
    if (size > MAX_ANSWER_BYTES) throw tooLarge(what);
    tail = seen.subarray(-3);
    yield piece;
  }
}

/** Where the last event that has ended does, or -1. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function endOfEvents(bytes: Buffer): number {
  const ends = ["\n\n", "\r\r", "\r\n\r\n"].map((mark) => {
    const at = bytes.lastIndexOf(mark);
    return at === -1 ? -1 : at + mark.length;
  });
  return Math.max(...ends);
}

/**
 * An answer that says nothing but a Failure to whoever reads it. As a rejection of fetch the SDK would take it for a fault of the
 * connection, and try again.
 */
export function unreadable(failure: Failure): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => controller.error(failure),
    }),
  );
}

function tooLarge(what: string): Failure {
  const most = `${MAX_ANSWER_BYTES / (1024 * 1024)} MB`;
  return new Failure("incomplete-answer", {
    message: `${what}: the answer is larger than ${most} unpacked, and no more than that is read`,
    fix: "is there a proxy in between? check ANTHROPIC_BASE_URL and --base-url",
  });
}
