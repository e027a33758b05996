import { Failure } from "../model/failure.ts";
import type { PromptRequest } from "./request.ts";

/** The most that the Messages API takes, in bytes. Source: its errors page, `request_too_large`. */
const LARGEST = 32_000_000;
/** A UTF-16 unit is at most three bytes of UTF-8. */
const MOST_BYTES = 3;

/** Throws Failure `usage` for a request that is too large to be sent at all. */
export function checkSize(request: PromptRequest): void {
  const text = JSON.stringify(request);
  if (text.length * MOST_BYTES <= LARGEST) return;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= LARGEST) return;
  throw new Failure("usage", {
    message: `the prompt is ${(bytes / 1_000_000).toFixed(1)} MB with its files and all turns before it, and the API takes 32 MB`,
    fix: "send less: fewer or smaller files, or a part of the text",
  });
}
