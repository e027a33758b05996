import type { Context } from "../context.ts";
import { holdsSecret, secretsIn } from "../core/keys/secret-match.ts";
import { Failure } from "../core/model/failure.ts";
import { parseEmail } from "../core/text/identity.ts";
import { quoted } from "../core/text/text.ts";

/** The one secret that is typed, or on stdin. `fix` is for an empty stdin. Throws Failure. */
export async function readOneSecret({ prompt }: Context, question: string, fix?: string): Promise<string> {
  const [secret, ...others] = secretsIn(await prompt.readSecret(question, fix));
  if (secret === undefined) throw new Failure("input-needed", { message: "stdin holds no secret" });
  if (others.length === 0) return secret;
  throw new Failure("usage", {
    message: `stdin holds ${others.length + 1} different secrets`,
    fix: "pipe in one of them",
  });
}

/** Makes sure that a flag was given a name. Throws Failure `usage`, which names the flag only: a secret must not be written again. */
export function checkWord(flag: string, word: string, fix: string): void {
  if (word.trim() === "") throw new Failure("usage", { message: `${flag} is empty` });
  if (!holdsSecret(word)) return;
  throw new Failure("usage", {
    message: `${flag} was given what looks like a secret, and arguments stay in the shell's history and the process list`,
    fix,
  });
}

/** The identity of an e-mail that a flag was given; `fix` is for a secret in its place. Throws Failure `usage`. */
export function emailOf(flag: string, word: string, fix: string): string {
  checkWord(flag, word, fix);
  const email = parseEmail(word);
  if (email !== undefined) return email;
  throw new Failure("usage", {
    message: `${flag}: ${quoted(word)} is no e-mail address`,
    fix: "give the address alone, such as ada@acme.example: no name, brackets, quotes or commas",
  });
}
