import { opensNothing, SHORTEST_SECRET } from "./secret.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that hold a secret, whatever it looks like; the file may name one more (`prompt_key_env`). */
const SECRET_VARIABLES = [
  "ANTHROPIC_ADMIN_KEY",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_IDENTITY_TOKEN",
  "ANTHROPIC_WEBHOOK_SIGNING_KEY",
  "ANTH_RBAC_ACTIVITY_KEY",
  "ANTH_RBAC_RATE_STORE_PASSWORD",
] as const;

const HEADERS = "ANTHROPIC_CUSTOM_HEADERS";

const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] as const;

/** Every secret that this process was given by its environment, whether or not it is going to be used. */
export function environmentSecrets(env: Environment): readonly string[] {
  const values = valuesOf(env).filter((value) => !opensNothing(value));
  const proxies = PROXY_VARIABLES.flatMap((name) => addressSecrets(env[name] ?? ""));
  return [...values, ...proxies, ...headerSecrets(env[HEADERS] ?? "")];
}

/**
 * An environment for a program that is handed `secret` another way: without what holds that, or a secret of ours, under whatever
 * name. Proxies stay, with their passwords: they are the machine's, and how the program reaches its service.
 */
export function withoutSecrets(env: Environment, secret: string): Environment {
  const names = new Set<string>([...SECRET_VARIABLES, HEADERS]);
  const own = ["sk-ant-", secret, ...[...valuesOf(env), ...headerSecrets(env[HEADERS] ?? "")].filter(isLong)];
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !names.has(name) && !own.some((text) => value?.includes(text))),
  );
}

function isLong({ length }: string): boolean {
  return length >= SHORTEST_SECRET;
}

function valuesOf(env: Environment): readonly string[] {
  return SECRET_VARIABLES.map((name) => env[name]?.trim() ?? "");
}

/** The password in an address, as it is written and as it is sent, alone and with its user. */
export function addressSecrets(address: string): readonly string[] {
  const written = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/)?([^/?#]*)@/i.exec(address.trim())?.[1];
  if (written === undefined) return [];
  return [written, decoded(written)].flatMap((text) => [text, text.slice(text.indexOf(":") + 1)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const CREDENTIAL_HEADER = /^\s*(?:x-api-key|(?:proxy-)?authorization)\s*:\s*(.*?)\s*$/i;

/** Headers as ANTHROPIC_CUSTOM_HEADERS has them: one a line. */
function headerSecrets(headers: string): readonly string[] {
  return headers.split(/\r?\n/).flatMap((line) => {
    const value = CREDENTIAL_HEADER.exec(line)?.[1] ?? "";
    // `Bearer TOKEN`: the token alone is repeated elsewhere.
    return [value, value.replace(/^\S+\s+/, "")];
  });
}
