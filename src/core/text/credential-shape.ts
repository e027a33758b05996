/**
 * Secrets of other programs, by the forms that their makers gave them, and passwords in URLs. A reviewed file is read by everybody;
 * what only looks like a word (`$TOKEN`, `<password>`) is a place for one.
 */
const SHAPES: readonly {
  readonly what: string;
  readonly form: RegExp;
  /** Letters without which, in any case, there is none of them: looked for before the form, and much faster. */
  readonly sign: RegExp;
}[] = [
  {
    what: "a URL with a password",
    sign: /:\/\//,
    // A scheme has an end: a long run of letters and dots is looked through once, and not from each of its dots.
    form: /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s/?#@:"']*:(?![$<{*@])[^\s/?#@"']+@/i,
  },
  {
    what: "a URL with a password",
    sign: /:\/\//,
    // Of a store, whose path has no @: its password is often written as it is, with what a URL would have encoded.
    form: /\b(?:rediss?|postgres(?:ql)?|mysql|mongodb(?:\+srv)?):\/\/[^\s/?#@:"']*:(?![$<{*@])[^\s"']+@/i,
  },
  {
    what: "a URL with a password",
    sign: /=/,
    form: /(?<=[?&])(?:password|passwd|pwd|(?:client_)?secret|(?:access_|auth_|refresh_)?token|sig|api[-_]?key)=(?![$<{*])[^\s&#"']{4,}/i,
  },
  {
    // Whoever has the address may post: there is no other secret.
    what: "the address of a webhook",
    sign: /hook/,
    form: /\bhttps:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks|[\w-]+\.webhook\.office\.com\/webhook\w+)\/(?![$<{*])[^\s"']{16,}/i,
  },
  {
    what: "a credential in a header",
    sign: /bearer |basic /,
    form: /\b(?:bearer|basic) (?=[\w+/.~-]*\d)[\w+/.~-]{16,}=*/i,
  },
  { what: "a token of GitHub", sign: /(?:gh[pousr]|github_pat)_/, form: /\b(?:gh[pousr]_\w{16,}|github_pat_\w{20,})/ },
  { what: "a token of GitLab", sign: /pat-/, form: /\bglpat-[\w-]{16,}/ },
  { what: "a token of Slack", sign: /xox/, form: /\bxox[abeoprs]-[\w-]{10,}/ },
  { what: "a token of npm", sign: /npm_/, form: /\bnpm_[A-Za-z0-9]{30,}/ },
  { what: "an access key of AWS", sign: /A[KS]IA/, form: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: "an API key of Google", sign: /AIza/, form: /\bAIza[\w-]{35}/ },
  { what: "a token of Vault", sign: /hv[sbr]\./, form: /\bhv[sbr]\.[\w-]{20,}/ },
  { what: "a secret key of a payment service", sign: /_live_/, form: /\b[sr]k_live_\w{16,}/ },
  { what: "a JSON Web Token", sign: /eyJ/, form: /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/ },
  { what: "an API key of another service", sign: /sk-/, form: /\bsk-(?!ant-)[\w-]{32,}/ },
  { what: "a private key", sign: /PRIVATE KEY/, form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
];

/** A part of a text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The secrets of other programs in a line, the first of each kind, and where. What is part of one already named, or of one of `named`,
 * is none of its own: a token in a header is one secret.
 */
export function credentialsIn(
  line: string,
  named: readonly Span[] = [],
): readonly { readonly what: string; readonly offset: number }[] {
  if (!SIGN.test(line)) return [];
  const taken = [...named];
  const found = new Map<string, number>();
  for (const { what, form } of EVERY) {
    for (const { 0: text, index: start } of line.matchAll(form)) {
      const end = start + text.length;
      if (taken.some((span) => start < span.end && span.start < end)) continue;
      taken.push({ start, end });
      if (!found.has(what)) found.set(what, start);
    }
  }
  return [...found].map(([what, offset]) => ({ what, offset }));
}

/** Matches wherever one of the forms does, and now and then where none does: most text has nothing of the kind, and is done with at once. */
const SIGN = new RegExp(SHAPES.map(({ sign }) => sign.source).join("|"), "i");
const EVERY = SHAPES.map(({ what, form }) => ({ what, form: new RegExp(form, `${form.flags}g`) }));

/** `text` with the secrets of other programs masked, of a URL the password alone: a message that quotes a value is read by more people than the file. */
export function maskCredentials(text: string): string {
  if (!SIGN.test(text)) return text;
  return EVERY.reduce((masked, { form }) => masked.replaceAll(form, maskedCredential), text);
}

function maskedCredential(secret: string): string {
  return secret.replace(/^([^:]+:\/\/[^:]*:).*@$|^.*$/s, (_, address?: string) =>
    address === undefined ? "[masked]" : `${address}[masked]@`,
  );
}

/** A flag whose value is a secret, and the value where it is in the same word. */
const SECRET_FLAG = /^--?(?:password|passwd|pass|token|auth[-_]?token|secret|api[-_]?key)(?:=(.+))?$/i;
/** What is no secret itself: nothing, stdin, a variable, what another command prints, a file, a place for something. */
const NO_SECRET = /^["']?(?:-.*|\$.*|[@./~<{%(`].*|env:.*|file:.*|.{0,5})$/s;

/** The same as a variable (`env API_TOKEN=…`), or as a header (`-H 'X-Api-Key: …'`). */
const SECRET_VALUE = /^[\w-]*(?:password|passwd|token|secret|(?:api|access)[-_]?key)(?:=|: ?)(.+)$/i;

/** What curl signs in with, as `name:password`. To other programs `-u` is something else: to docker a user and its group. */
const CURL_USER = /^(?:-[fikLnsSv]*[uU](.+)?|--(?:proxy-)?user(?:=(.+))?)$/s;
const CURL = /(?:^|[^\w-])curl(?:\.exe)?$/i;

/**
 * The word of a command that holds a secret, as the value of a flag (`--password hunter2…`, `--token=…`, `curl -u name:hunter2…`), of a variable or
 * of a header, also within a word that a shell is to run; undefined where there is none.
 */
export function secretWord(words: readonly string[]): number | undefined {
  const curl = words.findIndex((word) => CURL.test(word));
  const at = words.findIndex((word, index) => {
    const flag = SECRET_FLAG.exec(word) ?? SECRET_VALUE.exec(word);
    const value = flag && (flag[1] ?? words[index + 1]);
    if (value !== null && value !== undefined && !NO_SECRET.test(value)) return true;
    const user = curl >= 0 && curl < index ? CURL_USER.exec(word) : null;
    const password = user && /:(.+)/s.exec(user[1] ?? user[2] ?? words[index + 1] ?? "")?.[1];
    if (password && !NO_SECRET.test(password)) return true;
    return /\s/.test(word) && secretWord(word.split(/[\s'"]+/)) !== undefined;
  });
  return at === -1 ? undefined : at;
}
