import type { Readable, Writable } from "node:stream";
import inquirer from "inquirer";
import { Failure } from "../../core/model/failure.ts";

/** Where questions are asked and answered. */
export interface Questioner {
  readonly stdin: Readable;
  readonly stderr: Writable;
  /** Ends a question that waits. */
  readonly signal: AbortSignal;
}

/** Yes or no; no unless the person says yes. Throws Failure `interrupted`. */
export async function askYesOrNo(message: string, questioner: Questioner): Promise<boolean> {
  return ask(questioner, (prompt) => prompt([{ type: "confirm", name: "answer", message, default: false }]));
}

/** A line of text. Throws Failure `interrupted`. */
export async function askText(message: string, questioner: Questioner): Promise<string> {
  return ask(questioner, (prompt) => prompt([{ type: "input", name: "answer", message }]));
}

/** A line that is not shown while it is typed. Throws Failure `interrupted`. */
export async function askHidden(message: string, questioner: Questioner): Promise<string> {
  return ask(questioner, (prompt) => prompt([{ type: "password", name: "answer", message, mask: false }]));
}

type Prompt = ReturnType<typeof inquirer.createPromptModule>;
type Asked<Answer> = Promise<{ readonly answer: Answer }> & { readonly ui: { readonly close: () => void } };

async function ask<Answer>(
  { stdin, stderr, signal }: Questioner,
  start: (prompt: Prompt) => Asked<Answer>,
): Promise<Answer> {
  const asked = start(inquirer.createPromptModule({ input: stdin as NodeJS.ReadStream, output: stderr }));
  const end = () => asked.ui.close();
  signal.addEventListener("abort", end, { once: true });
  try {
    return (await asked).answer;
  } catch (error) {
    // Ctrl-C in a prompt is a key like any other, and inquirer's own error; one from outside closes the prompt under it.
    if (!(error instanceof Error) || !/^(?:ExitPrompt|AbortPrompt|CancelPrompt)Error$/.test(error.name)) throw error;
    throw new Failure("interrupted", { message: "interrupted: nothing was changed" }, { cause: error });
  } finally {
    signal.removeEventListener("abort", end);
  }
}
