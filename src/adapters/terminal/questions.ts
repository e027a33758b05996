import type { Readable, Writable } from "node:stream";
import inquirer from "inquirer";
import { Failure } from "../../core/model/failure.ts";
import { dropTypedAhead } from "./typed-ahead.ts";

/** One answer of several. */
export interface Choice<Value extends string> {
  readonly value: Value;
  /** What the person reads. */
  readonly name: string;
}

/** Where questions are asked and answered. */
export interface Questioner {
  readonly stdin: Readable;
  readonly stderr: Writable;
  /** Ends a question that waits. */
  readonly signal: AbortSignal;
}

/** Yes or no; no unless the person says yes. Throws Failure `interrupted`. */
export async function askYesOrNo(message: string, questioner: Questioner): Promise<boolean> {
  await dropTypedAhead(questioner.stdin);
  const yes = await ask<boolean>(questioner, (prompt) =>
    prompt([{ type: "confirm", name: "answer", message, default: false }]),
  );
  return yes ?? false;
}

/** One of some answers, the last unless the person moves; undefined where the input ends. Throws Failure `interrupted`. */
export async function askChoice<Value extends string>(
  message: string,
  choices: readonly Choice<Value>[],
  questioner: Questioner,
): Promise<Value | undefined> {
  await dropTypedAhead(questioner.stdin);
  const list = choices.map(({ value, name }) => ({ value: String(value), name }));
  const answer = await ask<string>(questioner, (prompt) =>
    prompt([{ type: "select", name: "answer", message, choices: list, default: choices.at(-1)?.value }]),
  );
  return choices.find(({ value }) => value === answer)?.value;
}

/** A line of text; undefined where the input ends. Throws Failure `interrupted`. */
export async function askText(message: string, questioner: Questioner): Promise<string | undefined> {
  return ask<string>(questioner, (prompt) => prompt([{ type: "input", name: "answer", message }]));
}

/** Whether the person types exactly a name, as consent to what cannot be undone. Throws Failure `interrupted`. */
export async function askName(message: string, name: string, questioner: Questioner): Promise<boolean> {
  await dropTypedAhead(questioner.stdin);
  return (await askText(message, questioner))?.trim() === name.trim();
}

/** A line that is not shown while it is typed; empty where the input ends. Throws Failure `interrupted`. */
export async function askHidden(message: string, questioner: Questioner): Promise<string> {
  const answer = await ask<string>(questioner, (prompt) =>
    prompt([{ type: "password", name: "answer", message, mask: false }]),
  );
  return answer ?? "";
}

type Prompt = ReturnType<typeof inquirer.createPromptModule>;
type Asked<Answer> = Promise<{ readonly answer: Answer }> & { readonly ui: { readonly close: () => void } };

/** Inputs that somebody ended: whoever pressed Ctrl-D once is asked nothing more. */
const ENDED = new WeakSet<Readable>();

/** The answer, or undefined where the input ends before there is one (Ctrl-D, a closed terminal): inquirer would wait for ever. */
async function ask<Answer>(
  { stdin, stderr, signal }: Questioner,
  start: (prompt: Prompt) => Asked<Answer>,
): Promise<Answer | undefined> {
  if (stdin.readableEnded || stdin.destroyed || ENDED.has(stdin)) return undefined;
  if (signal.aborted) throw new Failure("interrupted", { message: "interrupted: nothing was changed" });
  const asked = start(inquirer.createPromptModule({ input: stdin as NodeJS.ReadStream, output: stderr }));
  const close = () => asked.ui.close();
  signal.addEventListener("abort", close, { once: true });
  const input = endOf(stdin);
  try {
    const answered = await Promise.race([asked, input.ended]);
    if (answered) return answered.answer;
    asked.catch(() => {});
    ENDED.add(stdin);
    close();
    stderr.write("\n");
    return undefined;
  } catch (error) {
    // Ctrl-C in a prompt is a key like any other, and inquirer's own error; one from outside closes the prompt under it.
    if (!(error instanceof Error) || !/^(?:ExitPrompt|AbortPrompt|CancelPrompt)Error$/.test(error.name)) throw error;
    throw new Failure("interrupted", { message: "interrupted: nothing was changed" }, { cause: error });
  } finally {
    signal.removeEventListener("abort", close);
    input.forget();
  }
}

/** Milliseconds in which an answer that ended the reading itself is still taken. */
const LAST_ANSWER_MS = 20;

/**
 * Resolves once nothing more comes. Reading also pauses after an answer, so whoever waits for both gets the answer first; and where the
 * program was stopped (Ctrl-Z) and goes on (fg): then it is read again.
 */
function endOf(stdin: Readable): { readonly ended: Promise<undefined>; readonly forget: () => void } {
  const events = ["end", "close", "pause"] as const;
  let timer: NodeJS.Timeout | undefined;
  let onEnd = () => {};
  let continued: NodeJS.Immediate | undefined;
  const onContinue = () => {
    continued ??= setImmediate(() => {
      // A terminal is read again only after a pause.
      stdin.pause();
      stdin.resume();
      continued = undefined;
    });
  };
  process.on("SIGCONT", onContinue);
  const ended = new Promise<undefined>((resolve) => {
    onEnd = () => {
      if (continued && !stdin.readableEnded && !stdin.destroyed) return;
      timer ??= setTimeout(() => resolve(undefined), LAST_ANSWER_MS);
    };
    for (const event of events) stdin.on(event, onEnd);
  });
  const forget = () => {
    clearTimeout(timer);
    clearImmediate(continued);
    process.off("SIGCONT", onContinue);
    for (const event of events) stdin.off(event, onEnd);
  };
  return { ended, forget };
}
