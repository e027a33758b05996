import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import type { ContentBlock, Turn } from "../../core/prompt/request.ts";

export interface PromptInput {
  /** The words of the command line; `-` alone is stdin. */
  readonly words: readonly string[];
  /** Paths; `-` is stdin. */
  readonly files: readonly string[];
}

/** Milliseconds for a pipe to say something where there is a prompt without it: one that nobody closes must not stop the run. */
const TIMEOUT_MS = 3000;

const GIVE_TEXT = "give the prompt as arguments, pipe it in, or name a --file";

/**
 * What a run is to send: files first, then the arguments, then what is piped in. Undefined where there is nothing and a person can be
 * asked. Text is taken as it is. Throws Failure `input-needed`, `usage`, `file-unreadable`.
 */
export async function readInput(context: Context, { words, files }: PromptInput): Promise<Turn | undefined> {
  const dash = words.length === 1 && words[0] === "-";
  const stdins = files.filter((file) => file === "-").length + Number(dash);
  if (stdins > 1) throw new Failure("usage", { message: "stdin is named twice, and can be read only once" });
  const blocks = new Map<string, ContentBlock>();
  for (const file of files) if (file !== "-") blocks.set(file, await context.files.attachment(file));
  const said = dash ? "" : words.join(" ");
  const hasOther = !isBlank(said) || blocks.size > 0;
  const piped =
    stdins > 0 ? await namedStdin(context) : await context.prompt.readPiped(hasOther ? TIMEOUT_MS : undefined);
  const inPlace = files.includes("-");
  const texts = [said, inPlace ? "" : (piped ?? "")].filter((text) => !isBlank(text));
  const parts = files.flatMap((file): ContentBlock[] => {
    if (file === "-") return [{ type: "text", text: piped ?? "" }];
    const block = blocks.get(file);
    return block ? [block] : [];
  });
  const text = texts.join("\n\n");
  if (parts.length > 0) {
    return { role: "user", content: text === "" ? parts : [...parts, { type: "text", text }] };
  }
  if (text !== "") return { role: "user", content: text };
  return nothing(context);
}

/** Whether a text says nothing: the API takes no block of white space. */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}

async function namedStdin({ prompt }: Context): Promise<string> {
  const text = await prompt.readPiped();
  if (text !== undefined && !isBlank(text)) return text;
  const message =
    text === undefined
      ? "- means stdin, and stdin is a terminal"
      : "stdin is empty, and the prompt was to be read from it";
  throw new Failure("input-needed", { message, fix: GIVE_TEXT });
}

function nothing({ prompt, options }: Context): undefined {
  if (!prompt.canAsk) {
    throw new Failure("input-needed", {
      message: "there is nothing to send: no text, no stdin and no file",
      fix: GIVE_TEXT,
    });
  }
  if (options.json) {
    throw new Failure("usage", {
      message: "--json without a text would be a conversation, which has no JSON form",
      fix: GIVE_TEXT,
    });
  }
  return undefined;
}
