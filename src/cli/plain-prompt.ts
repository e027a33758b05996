import type { PromptOptions } from "../commands/prompt/prompt.ts";
import type { SessionOptions } from "../commands/prompt/session.ts";
import { DEFAULT_OPTIONS } from "./defaults.ts";
import type { Invocation } from "./options.ts";

/** What commander makes of the flags that are `prompt`'s own. */
export interface PromptFlags extends Omit<SessionOptions, "wait"> {
  readonly file?: readonly string[];
  readonly dryRun?: true;
  readonly wait?: true;
}

const WITH_VALUE = ["config", "user", "role", "model", "system", "workspace"] as const;
const SWITCHES = ["quiet", "wait"] as const;

/** What a command line says that is read without commander: words, and flags by their names. */
export interface PlainPrompt {
  readonly words: readonly string[];
  readonly flags: { readonly [Name in (typeof WITH_VALUE)[number]]?: string } & {
    readonly [Name in (typeof SWITCHES)[number]]?: true;
  };
}

/** `prompt TEXT` with the flags of every day, understood as commander would, and without it. Undefined for every other command line. */
export function plainPrompt(argv: readonly string[]): Invocation | undefined {
  const plain = readPlainPrompt(argv);
  if (!plain) return undefined;
  const { config, quiet = false, ...flags } = plain.flags;
  const { format, ...options } = DEFAULT_OPTIONS;
  return {
    options: { ...options, quiet, pager: false, ...(config !== undefined && { config }) },
    format,
    run: runOf(plain.words, flags),
  };
}

/** Undefined where anything is abbreviated, said twice, empty or begins with a dash: commander knows what is meant, or what to say. */
export function readPlainPrompt([command, ...rest]: readonly string[]): PlainPrompt | undefined {
  if (command !== "prompt") return undefined;
  const words: string[] = [];
  const flags: Record<string, string | true> = {};
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (!word.startsWith("-")) {
      words.push(word);
      continue;
    }
    const named = (name: string) => word === `--${name}` && !Object.hasOwn(flags, name);
    const [on, name] = [SWITCHES.find(named), WITH_VALUE.find(named)];
    if (on) flags[on] = true;
    else if (name) {
      const value = rest[++at] ?? "";
      if (value.trim() === "" || value.startsWith("-")) return undefined;
      flags[name] = value;
    } else return undefined;
  }
  return words.length > 0 ? { words, flags } : undefined;
}

/** What `prompt` does with these words under these flags. */
export function runOf(words: readonly string[], flags: PromptFlags): Invocation["run"] {
  const { file = [], dryRun = false, wait = false, user, role, model, maxTokens, system, workspace } = flags;
  const asked: PromptOptions = {
    words,
    files: file,
    dryRun,
    wait,
    ...(user !== undefined && { user }),
    ...(role !== undefined && { role }),
    ...(model !== undefined && { model }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(system !== undefined && { system }),
    ...(workspace !== undefined && { workspace }),
  };
  return async (context) => {
    const { prompt } = await import("../commands/prompt/prompt.ts");
    return prompt(context, asked);
  };
}
