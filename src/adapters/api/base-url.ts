import { Failure } from "../../core/model/failure.ts";
import { cut } from "../../core/text/text.ts";

/** Where requests go. */
export interface BaseUrl {
  /** Without a trailing slash. */
  readonly url: string;
  readonly host: string;
  /** It is this machine. */
  readonly isLoopback: boolean;
  /** The credential goes to a host that is not Anthropic's: a line on stderr names it. */
  readonly noticeDue: boolean;
}

const OFFICIAL = "https://api.anthropic.com";

/** Whoever names an address that is not the official one. */
export interface BaseUrlRequest {
  /** The value of `--base-url`. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The profile that is used, where one is; its settings may name an address. */
  readonly profile?: { readonly source: string; readonly baseUrl?: string } | undefined;
}

/**
 * The base URL of the API: `--base-url`, else ANTHROPIC_BASE_URL, else that of the profile, else the official one. A credential
 * goes there, so it must be https, or http on loopback. Throws Failure `base-url-refused`, whose message never repeats the value,
 * which may hold a password; and `credential-rejected` where a profile is for another address than the one that was named.
 */
export function resolveBaseUrl({ flag, env, profile }: BaseUrlRequest): BaseUrl {
  const variable = env.ANTHROPIC_BASE_URL?.trim();
  const named =
    flag !== undefined
      ? checkedUrl(flag.trim(), "--base-url")
      : variable
        ? checkedUrl(variable, "ANTHROPIC_BASE_URL")
        : undefined;
  const own =
    profile?.baseUrl === undefined ? undefined : checkedUrl(profile.baseUrl, `base_url of the ${profile.source}`);
  if (named && own && named.url !== own.url) {
    throw new Failure("credential-rejected", {
      message: `the ${profile?.source} is for ${cut(own.host)}, but ${flag === undefined ? "ANTHROPIC_BASE_URL" : "--base-url"} names ${cut(named.host)}: its credential goes to one host only`,
      fix: "name the same address in both, leave one of them away, or use another profile",
    });
  }
  return named ?? own ?? { url: OFFICIAL, host: new URL(OFFICIAL).host, isLoopback: false, noticeDue: false };
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
    return refuse(`is ${cut(`${url.protocol}//${url.host}`)}: neither https nor http on loopback`);
  }
  // The SDK adds /v1 itself; doubled, every request would be a puzzling 404.
  if (/\/v1\/*$/.test(url.pathname)) return refuse("ends with /v1, which is added to it: leave that out");
  const cleaned = url.href.replace(/\/+$/, "");
  return { url: cleaned, host: url.host, isLoopback: isLoopback(url.hostname), noticeDue: url.origin !== OFFICIAL };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
