import { Failure } from "../../core/model/failure.ts";

/** Where requests go. */
export interface BaseUrl {
  /** Without a trailing slash. */
  readonly url: string;
  readonly host: string;
  /** The credential goes to a host that is not Anthropic's: a line on stderr names it. */
  readonly noticeDue: boolean;
}

const OFFICIAL = "https://api.anthropic.com";

/**
 * The base URL of the API: `--base-url`, else ANTHROPIC_BASE_URL, else the official one. An admin credential goes there,
 * so it must be https, or http on loopback. Throws Failure `base-url-refused`; its message never repeats the value, which
 * may hold a password.
 */
export function resolveBaseUrl({
  flag,
  env,
}: {
  readonly flag?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): BaseUrl {
  const variable = env.ANTHROPIC_BASE_URL?.trim();
  if (flag !== undefined) return checkedUrl(flag.trim(), "--base-url");
  if (variable) return checkedUrl(variable, "ANTHROPIC_BASE_URL");
  return { url: OFFICIAL, host: new URL(OFFICIAL).host, noticeDue: false };
}

function checkedUrl(text: string, source: string): BaseUrl {
  const refuse = (why: string): never => {
    throw new Failure("base-url-refused", {
      message: `${source} ${why}`,
      fix: `leave it out for ${OFFICIAL}, or name an https address (http on loopback only)`,
    });
  };
  // URL drops tabs and line breaks from inside a host, which would make it another host than the one that was read.
  if (/\s/.test(text) || !URL.canParse(text)) return refuse("is not a URL");
  const url = new URL(text);
  if (url.username || url.password) return refuse("holds a user name or a password");
  if (text.includes("?") || text.includes("#")) return refuse("holds a query or a fragment");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return refuse(`is ${url.protocol}//${url.host}: neither https nor http on loopback`);
  }
  // The SDK adds /v1 itself; doubled, every request would be a puzzling 404.
  if (/\/v1\/*$/.test(url.pathname)) return refuse("ends with /v1, which is added to it: leave that out");
  const cleaned = url.href.replace(/\/+$/, "");
  return { url: cleaned, host: url.host, noticeDue: url.origin !== OFFICIAL };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
