import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, collected, positiveNumber } from "./options.ts";
import type { PromptFlags } from "./plain-prompt.ts";

/** Adds `prompt`. */
export function addPrompt(program: Command, start: Start): void {
  const command = program
    .command("prompt")
    .argument("[text...]", "what to ask; - reads stdin. Without any, on a terminal: a conversation")
    .summary("send a prompt under your role")
    .description(
      "Sends a prompt to Claude within what your role in rbac.yaml allows: the model, the length of the answer, calls a minute. What the " +
        "role denies is not sent (exit 6). Every call and every denial is a line in the audit log.",
    );
  addSharedOptions(command, ["text", "json"], "config", "quiet", "input")
    .option("--user <email>", "who asks (default: ANTH_RBAC_USER, else git's user.email)")
    .option("--role <role>", "act in this role, if yours may assume it or you have none")
    .option("--model <model>", "an id or an alias (default: the first that the role lists)")
    .option("--max-tokens <n>", "the longest answer (default 1024; lowered to what the role allows)", positiveNumber)
    .option("--system <text>", "a system prompt")
    .option("--workspace <workspace>", "use this workspace's key (its prompt_key_env): handle, live name or id")
    .option("--file <file>", "send a file first: text, an image or a PDF; - is stdin; repeatable", collected(String))
    .option("--dry-run", "show what the policy decides, and why; send nothing")
    .option("--wait", "wait where the role's rate limit is used up");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
The key is in ANTHROPIC_API_KEY, or in the variable that prompt_key_env of --workspace names. What is piped in follows the text.
The answer goes to stdout; all else, a denial too, to stderr. A refusal of the model's is exit 1; an answer that is cut off is said, and exit 0.

Examples:
  anth-rbac prompt "What is a mutex?"
  git diff | anth-rbac prompt "Write a commit message for this:"
  anth-rbac prompt --file report.pdf --model claude-sonnet-5-5 "What are the open questions in this?"
  anth-rbac prompt --workspace prod --system "Answer in one line." --json "Is 127 prime?" | jq -r .answer
  anth-rbac prompt --dry-run --user bob@acme.example --model claude-opus-5-5  may he, and which line says so?
  anth-rbac prompt                                 a conversation, on a terminal
`,
    )
    .action((text: readonly string[], flags: PromptFlags) =>
      start(command, async (context) => {
        const { runOf } = await import("./plain-prompt.ts");
        return runOf(text, flags)(context);
      }),
    );
}
