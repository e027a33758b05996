/** What `prompt` is held against: the SDK, which streams one answer to stdout. */
import { writeSync } from "node:fs";
import Anthropic from "@anthropic-ai/sdk";

const messages = [{ role: "user", content: "hello" }] as const;
const stream = await new Anthropic().messages.create({
  model: "claude-sonnet-5-5",
  max_tokens: 1024,
  messages: [...messages],
  stream: true,
});
for await (const event of stream) {
  if (event.type === "content_block_delta" && event.delta.type === "text_delta") writeSync(1, event.delta.text);
}
