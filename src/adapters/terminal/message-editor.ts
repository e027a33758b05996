import { createInterface } from "node:readline";
import { Readable, type Writable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";
import type { Typed } from "./typed-input.ts";

/** The line, or lines, in which one message is typed. */
export interface MessageEditor {
  readonly type: (typed: Typed) => void;
  /** As if there was nothing more to come. */
  readonly end: () => void;
  readonly fail: (failure: Failure) => void;
}

interface EditorOptions {
  readonly output: Writable;
  /** The cursor can be moved; else the terminal itself edits. */
  readonly edits: boolean;
  /** Lines of earlier messages, newest first; what is typed joins them. */
  readonly history: string[];
  /** One of these three is called, once, and then the editor is no more. */
  readonly onMessage: (message: string) => void;
  readonly onEnd: () => void;
  readonly onFailure: (failure: Failure) => void;
  /** Ctrl-Z. */
  readonly onSuspend: (resumed: () => void) => void;
}

const PROMPT = "> ";
const CONTINUED = "… ";

/** Asks for one message that is not blank. A line that ends with a backslash, or is pasted before others, goes on on the next one. */
export function editMessage(options: EditorOptions): MessageEditor {
  const { output, edits, history, onMessage, onEnd, onFailure, onSuspend } = options;
  // Keys are handed on up to each Return, so that nothing of the message after this one is shown or lost.
  const input = new Readable({ read() {} });
  const lines = createInterface({ input, output, terminal: edits, history, prompt: PROMPT, historySize: 500 });
  let earlier: string[] = [];
  let pasting = false;
  let finished = false;

  const finish = (settle: () => void) => {
    if (finished) return;
    finished = true;
    lines.close();
    settle();
  };
  const leaveLine = (settle: () => void) =>
    finish(() => {
      output.write("\n");
      settle();
    });
  const ask = () => {
    lines.setPrompt(earlier.length > 0 ? CONTINUED : PROMPT);
    lines.prompt();
  };

  lines.on("line", (line) => {
    // A line that was ended by a finished editor, in the middle of a key.
    if (finished) return;
    const goesOn = !pasting && line.endsWith("\\");
    earlier.push(goesOn ? line.slice(0, -1) : line);
    if (pasting || goesOn) {
      ask();
      return;
    }
    const message = earlier.join("\n").replace(/\n+$/, "");
    earlier = [];
    if (message.trim() === "") ask();
    else finish(() => onMessage(message));
  });
  lines.on("history", (fresh) => {
    if (fresh !== history) history.splice(0, history.length, ...fresh);
  });
  lines.on("SIGINT", () => {
    if (earlier.length === 0 && lines.line === "") {
      leaveLine(() => onFailure(new Failure("interrupted", { message: "interrupted" })));
      return;
    }
    if (earlier.length > 0) output.write("\n");
    earlier = [];
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    ask();
  });
  lines.on("SIGTSTP", () =>
    onSuspend(() => {
      if (!finished) lines.prompt(true);
    }),
  );
  // Ctrl-D at an empty line.
  lines.on("close", () => leaveLine(onEnd));
  ask();

  return {
    type: ({ kind, text }) => {
      if (finished) return;
      if (kind === "keys") {
        // One character at a time: readline takes several at once for a paste, and puts that at the end of the line.
        for (const character of edits ? text : [text]) input.emit("data", character);
        return;
      }
      // What stands behind the cursor belongs behind the last line that is pasted.
      const behind = text.includes("\n") ? lines.line.slice(lines.cursor) : "";
      if (behind !== "") lines.write(null, { ctrl: true, name: "k" });
      pasting = true;
      lines.write(text + behind);
      pasting = false;
    },
    end: () => leaveLine(onEnd),
    fail: (failure) => leaveLine(() => onFailure(failure)),
  };
}
