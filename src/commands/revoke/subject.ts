import type { Context } from "../../context.ts";
import { holdsSecret, matchesHint, type SecretKind, secretKind } from "../../core/keys/secret-match.ts";
import { Failure } from "../../core/model/failure.ts";
import type { ApiKey, OrgSnapshot } from "../../core/model/org.ts";
import { parseEmail } from "../../core/text/identity.ts";
import { quotedPath } from "../../core/text/text.ts";
import { checkWord, emailOf, readOneSecret } from "../secret-input.ts";

/** Whom, or which key, a revocation is about, as asked for. */
export type Asked =
  /** E-mails in lower case, each once. */
  | { readonly kind: "people"; readonly people: readonly string[] }
  | { readonly kind: "key"; readonly key: string }
  /** A leaked string. It is compared with hints and goes nowhere else; `hint` is what may be shown of it. */
  | { readonly kind: "secret"; readonly secret: string; readonly secretKind: SecretKind; readonly hint: string };

/** The flags that name a subject. */
export interface SubjectFlags {
  readonly users: readonly string[];
  readonly key?: string;
  readonly secretStdin: boolean;
  /** A file with an e-mail a line. */
  readonly batch?: string;
}

const PIPE_IT = "pipe it instead (anth-rbac revoke --secret-stdin < file), and take it out of the shell's history";

/** Reads the one subject that the flags name. Throws Failure. */
export async function askedFor(context: Context, flags: SubjectFlags): Promise<Asked> {
  const { users, key, secretStdin, batch } = flags;
  const given = [
    users.length > 0 ? "--user" : [],
    key === undefined ? [] : "--key",
    secretStdin ? "--secret-stdin" : [],
    batch === undefined ? [] : "--batch",
  ].flat();
  if (given.length !== 1) {
    const message = given.length === 0 ? "nothing to revoke was named" : `${given.join(" and ")} do not go together`;
    throw new Failure("usage", { message, fix: "give one of --user, --key, --secret-stdin and --batch" });
  }
  if (users.length > 0)
    return { kind: "people", people: distinct(users.map((word) => emailOf("--user", word, PIPE_IT))) };
  if (batch !== undefined) return { kind: "people", people: await readBatch(context, batch) };
  if (key === undefined) return readLeaked(context);
  checkWord("--key", key, PIPE_IT);
  return { kind: "key", key: key.trim() };
}

/** The one listed key whose hint fits a leaked string; undefined where none does. Throws Failure `ambiguous`. */
export function keyOfSecret(secret: string, { keys }: OrgSnapshot): ApiKey | undefined {
  if (!keys.known) {
    const code = keys.reason === "not-read" ? "internal" : keys.reason;
    throw new Failure(code, { message: keys.message ?? "the organization's keys could not be read" });
  }
  const fitting = keys.items.filter(({ hint }) => hint !== undefined && matchesHint(secret, hint));
  if (fitting.length > 1) {
    throw new Failure("ambiguous", {
      message: `the secret fits the hints of ${fitting.length} keys: ${fitting.map(({ name, id }) => `${name} (${id})`).join(", ")}`,
      fix: "name the one that leaked: --key ID",
    });
  }
  return fitting[0];
}

async function readBatch({ files }: Context, file: string): Promise<readonly string[]> {
  const lines = (await files.read(file)).split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, "").trim());
  const people = lines.flatMap((line, index) => (line === "" ? [] : emailOnLine(file, index + 1, line)));
  if (people.length === 0) throw new Failure("usage", { message: `${quotedPath(file)} names nobody` });
  return distinct(people);
}

function emailOnLine(file: string, number: number, line: string): string {
  const email = parseEmail(line);
  if (email !== undefined && !holdsSecret(line)) return email;
  throw new Failure("usage", {
    message: `line ${number} of ${quotedPath(file)} is no e-mail address`,
    fix: "write one address a line, without name, brackets, quotes or commas; what follows a # is a comment",
  });
}

function distinct(emails: readonly string[]): readonly string[] {
  return [...new Set(emails)];
}

async function readLeaked(context: Context): Promise<Asked> {
  const secret = await readOneSecret(context, "The leaked secret (matched by its hint on this machine only)");
  return { kind: "secret", secret, secretKind: secretKind(secret), hint: redacted(secret) };
}

/** Of a short string four characters would be too much of it. */
const SHORTEST_WITH_END = 20;

function redacted(secret: string): string {
  const prefix = /^sk-ant-[a-z]{1,10}\d{0,2}-/.exec(secret)?.[0] ?? "";
  return `${prefix}...${secret.length >= SHORTEST_WITH_END ? secret.slice(-4) : ""}`;
}
