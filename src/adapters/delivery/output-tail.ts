import type { Readable } from "node:stream";
import { withoutSecret } from "./without-secret.ts";

/** Characters of output that are kept. */
const LONGEST = 4096;

/** Collects the end of what a stream says; the function gives it, without the secret. */
export function tailOf(stream: Readable, secret: string): () => string {
  // A secret that is cut in two is not recognised, so what is kept reaches further back than what is shown.
  const reach = LONGEST + 4 * secret.length;
  let kept = Buffer.alloc(0);
  let cut = false;
  stream.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    cut ||= kept.length > reach;
    kept = kept.subarray(Math.max(0, kept.length - reach));
  });
  // Its end is told by the process; a pipe that breaks is no news.
  stream.on("error", () => {});
  return () => {
    // Nor is one whose beginning is lost: the first word goes, whatever it was.
    const text = cut ? kept.toString().replace(/^\S*/, "") : kept.toString();
    return lastOf(withoutSecret(text, secret).trim(), cut);
  };
}

function lastOf(text: string, cut: boolean): string {
  if (text.length <= LONGEST) return cut ? `…${text}` : text;
  return `…${text.slice(-LONGEST)}`;
}
