import type { Turn } from "./request.ts";

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
