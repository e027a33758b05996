import type { Outcome } from "../../core/outcome/outcome.ts";
import { BASH, FISH, ZSH } from "./scripts.ts";

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;

/** The script by which a shell completes our command lines. */
export function completion(shell: keyof typeof SCRIPTS): Outcome {
  return { kind: "document", text: SCRIPTS[shell] };
}
