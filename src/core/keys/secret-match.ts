/**
 * Finding a key by its secret without showing, keeping or sending it: the API tells only a redacted hint, so the hint is
 * compared with the secret's ends here.
 */

const SECRET = /sk-ant-[A-Za-z0-9_-]+/g;
const REDACTION = /\.{2,}|…|\*+/;
/** A "redacted" text longer than this shows too much of a secret to be treated as harmless. */
const LONGEST_HINT = 40;

/** Every key credential starts so; a hint that shows no more than this says nothing. */
const COMMON = /^(?:sk(?:-(?:a(?:n(?:t(?:-(?:[a-z]+\d*-?)?)?)?)?)?)?)?$/;

/** What kind of credential a secret is, by its prefix. */
export type SecretKind = "api" | "admin" | "oauth" | "enterprise" | "foreign";

/** Whether a text that should be a name holds a secret. A redacted hint (`sk-ant-api03-abc...xyz`) is none. */
export function holdsSecret(text: string): boolean {
  return /sk-ant-/i.test(text) && !(isHint(text) && text.length <= LONGEST_HINT);
}

/** Whether a text is a redacted hint as the API and our own output write it. */
export function isHint(text: string): boolean {
  return REDACTION.test(text);
}

/** The distinct secrets in what somebody piped in: the bare secret, or a line such as `ANTHROPIC_API_KEY="…"` around it. */
export function secretsIn(input: string): readonly string[] {
  const found = [...new Set(input.match(SECRET) ?? [])];
  const bare = input.trim();
  return found.length > 0 || bare === "" ? found : [bare];
}

/** The kind of credential that a secret's prefix names. */
export function secretKind(secret: string): SecretKind {
  if (/^sk-ant-admin\d/.test(secret)) return "admin";
  if (/^sk-ant-o[ar]t\d/.test(secret)) return "oauth";
  if (/^sk-ant-api01-/.test(secret)) return "enterprise";
  return secret.startsWith("sk-ant-") ? "api" : "foreign";
}

/**
 * Whether a hint can be this secret's. The format is documented only as redacted, so what is visible before the first and
 * after the last redaction has to be the secret's two ends, and has to be more than every key has in common.
 */
export function matchesHint(secret: string, hint: string): boolean {
  const parts = hint.split(REDACTION);
  const begin = parts[0] ?? "";
  const end = parts.at(-1) ?? "";
  if (parts.length < 2 || (end === "" && COMMON.test(begin))) return false;
  return secret.length >= begin.length + end.length && secret.startsWith(begin) && secret.endsWith(end);
}

/** Characters that a hint shows of a key: `sk-ant-api03-` and three more, and the last four, as the API's own (ApiKey in the SDK). */
const HINT_BEGIN = 16;
const HINT_END = 4;
/** A secret has to hide at least this many, or guessing the rest is no work. */
const HIDDEN = 16;

/**
 * The redacted form of a secret, as the API lists keys: `sk-ant-api03-R2D...igAA`. What is no credential of this API, or is
 * too short to be one, shows only its end, an eighth of it at most; `matchesHint` holds for every secret of eight or more.
 */
export function hintOf(secret: string): string {
  if (secret.startsWith("sk-ant-") && secret.length >= HINT_BEGIN + HINT_END + HIDDEN) {
    return `${secret.slice(0, HINT_BEGIN)}...${secret.slice(-HINT_END)}`;
  }
  const shown = Math.min(HINT_END, Math.floor(secret.length / 8));
  return `...${secret.slice(secret.length - shown)}`;
}
