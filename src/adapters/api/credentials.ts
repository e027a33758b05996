import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { matchesHint } from "../../core/keys/secret-match.ts";
import { Failure } from "../../core/model/failure.ts";
import type { CredentialOwner } from "../../core/plan/credential-owner.ts";
import { SHORTEST_SECRET } from "../../core/text/secret.ts";
import { quoted, quotedPath } from "../../core/text/text.ts";
import { systemCode, systemReason } from "../files/system-error.ts";
import { type Credential, ENTERPRISE_KEY_PREFIX } from "./credential-type.ts";
import { readProfile } from "./profile.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface CredentialRequest {
  /** The value of `--profile`. */
  readonly profile?: string;
  readonly env: Environment;
  readonly platform?: NodeJS.Platform;
}

const ADMIN_KEY_PREFIX = "sk-ant-admin01-";

/** Profile names as the SDK takes them (core/credentials.ts), and no longer than the name of a file may be with what else is in it. */
const PROFILE_NAME = /^[A-Za-z0-9_.-]{1,200}$/;

/**
 * The credential for administration, the first of: `--profile`, ANTHROPIC_ADMIN_KEY, ANTHROPIC_AUTH_TOKEN,
 * ANTHROPIC_API_KEY where it is an admin key (elsewhere it is the key that `prompt` uses, and says nothing about who
 * administers), the profile in ANTHROPIC_PROFILE, the active profile on disk. A blank variable is an unset one.
 * Throws Failure: `usage` for a name no profile can have, `credential-missing`, `credential-rejected` for a value that
 * cannot be a secret.
 */
export function resolveCredential(request: CredentialRequest): Credential {
  return findCredential(request) ?? missing(request.env);
}

/** As `resolveCredential`, or undefined where nothing names one; one that is named and not there is no such case. */
export function findCredential({
  profile,
  env,
  platform = process.platform,
}: CredentialRequest): Credential | undefined {
  const directory = configDirectory(env, platform);
  if (profile !== undefined) return namedProfile(profile, "--profile", directory, env);

  const adminKey = secretIn(env, "ANTHROPIC_ADMIN_KEY");
  if (adminKey !== undefined) return { kind: "api-key", secret: adminKey, source: "ANTHROPIC_ADMIN_KEY" };

  const token = secretIn(env, "ANTHROPIC_AUTH_TOKEN");
  if (token !== undefined) return { kind: "auth-token", secret: token, source: "ANTHROPIC_AUTH_TOKEN" };

  if (settingOf(env, "ANTHROPIC_API_KEY")?.startsWith(ADMIN_KEY_PREFIX)) {
    const secret = secretIn(env, "ANTHROPIC_API_KEY");
    if (secret !== undefined) return { kind: "api-key", secret, source: "ANTHROPIC_API_KEY" };
  }

  const inVariable = settingOf(env, "ANTHROPIC_PROFILE");
  if (inVariable !== undefined) return namedProfile(inVariable, "ANTHROPIC_PROFILE", directory, env);

  return activeProfile(directory, env);
}

/**
 * The token for what an Admin key may neither read nor write (service accounts, federation), where one stands beside it. Undefined
 * where there is none, or the value is what `resolveCredential` took. Throws Failure `credential-rejected`.
 */
export function tokenBeside(credential: Credential, env: Environment): Credential | undefined {
  if (credential.kind !== "api-key") return undefined;
  const secret = secretIn(env, "ANTHROPIC_AUTH_TOKEN");
  return secret === undefined ? undefined : { kind: "auth-token", secret, source: "ANTHROPIC_AUTH_TOKEN" };
}

/**
 * The credential for the activity feed, where it has one of its own: it takes other credentials than machines do. Throws Failure
 * `credential-rejected`.
 */
export function activityCredential(env: Environment): Credential | undefined {
  const secret = secretIn(env, "ANTH_RBAC_ACTIVITY_KEY");
  return secret === undefined ? undefined : { kind: "api-key", secret, source: "ANTH_RBAC_ACTIVITY_KEY" };
}

/**
 * The key for inference: ANTHROPIC_API_KEY where it is no admin key. Models can be listed with it, and not with most admin
 * credentials (admin-api.md 5.1). Throws Failure `credential-rejected` for a value that cannot be a secret, or is no key of this
 * API and would go to it.
 */
export function inferenceCredential(env: Environment, isGateway: boolean): Credential | undefined {
  if (settingOf(env, "ANTHROPIC_API_KEY")?.startsWith(ADMIN_KEY_PREFIX)) return undefined;
  const secret = secretIn(env, "ANTHROPIC_API_KEY");
  if (secret === undefined) return undefined;
  if (!isGateway) mustBeKey(secret, "ANTHROPIC_API_KEY");
  return { kind: "api-key", secret, source: "ANTHROPIC_API_KEY" };
}

/**
 * The workspace that a key without one acts in: a personal key, or one of a service account, which the API takes only with the
 * header `anthropic-workspace-id` (admin-api-1.14.md 4, no. 3). Throws Failure `usage` for what is no id.
 */
export function workspaceOf(env: Environment): string | undefined {
  const id = settingOf(env, "ANTHROPIC_WORKSPACE_ID");
  if (id === undefined || /^[\w-]+$/.test(id)) return id;
  throw new Failure("usage", {
    message: "ANTHROPIC_WORKSPACE_ID is no id of a workspace",
    fix: "set it to an id such as wrkspc_…, or unset it",
  });
}

/** Where the credential for prompts is looked for. */
export interface MessageCredentialRequest extends CredentialRequest {
  /** The environment variable that holds the key. */
  readonly variable: string;
  /** rbac.yaml names the variable (`prompt_key_env`), and so chooses which secret goes out. */
  readonly fromFile: boolean;
  /** The user named a base URL of their own: a gateway has tokens of its own. */
  readonly isGateway: boolean;
}

/** The variable that gateways are set up with, beside ANTHROPIC_BASE_URL (admin-api-1.14.md 4, no. 4). */
const GATEWAY_TOKEN = "ANTHROPIC_AUTH_TOKEN";

/**
 * The credential for prompts: `--profile`, else the key in `variable`, else the token of a gateway, and nothing else from the
 * environment: a token or a profile that happens to be there may belong to an administrator. Whether an admin key can send prompts
 * is documented nowhere (admin-api.md 1.1), and it should not; nor is what is no key of this API sent to it. Throws Failure `usage`,
 * `credential-missing`, `credential-rejected`.
 */
export function messageCredential(request: MessageCredentialRequest): Credential {
  const { profile, variable, fromFile, isGateway, env, platform = process.platform } = request;
  if (profile !== undefined) return namedProfile(profile, "--profile", configDirectory(env, platform), env, "");
  const isOwnGateway = isGateway && !fromFile;
  const secret = secretIn(env, variable);
  if (secret === undefined) {
    const token = isOwnGateway ? secretIn(env, GATEWAY_TOKEN) : undefined;
    if (token !== undefined && !/^sk-ant-/i.test(token)) {
      return { kind: "auth-token", secret: token, source: GATEWAY_TOKEN };
    }
    throw new Failure("credential-missing", {
      message: `no key to send prompts with: ${variable} is not set`,
      fix: `set ${variable} to an API key (sk-ant-api03-…) from the Console; to try it without one: anth-rbac sandbox`,
    });
  }
  if (/^sk-ant-admin/i.test(secret)) {
    throw new Failure("credential-rejected", {
      message: `${variable} holds an admin key (${ADMIN_KEY_PREFIX}…), and admin keys cannot send prompts`,
      fix: `set ${variable} to an API key of a workspace (sk-ant-api03-…); an admin key belongs in ANTHROPIC_ADMIN_KEY`,
    });
  }
  if (!isOwnGateway) mustBeKey(secret, variable);
  return { kind: "api-key", secret, source: variable };
}

/** What keys of this API, and tokens of its users, begin with. */
const KEY = /^sk-ant-(?:api|oat)/;

function mustBeKey(secret: string, variable: string): void {
  if (KEY.test(secret)) return;
  throw new Failure("credential-rejected", {
    message: `${variable} holds what is no key of the Claude API: such keys begin with sk-ant-api or sk-ant-oat. It was not sent`,
    fix: `set ${variable} to an API key (sk-ant-api03-…), or name the variable that holds one`,
  });
}

/**
 * Whose credential it is, as far as it tells by itself: a profile notes the account that logged in (AnthropicCredentials in the
 * SDK's core/credentials.ts); a key that is no admin key is in the organization's list, with its hint. Never throws.
 */
export function ownerOf(credential: Credential): CredentialOwner {
  if (credential.kind === "api-key") {
    const { secret } = credential;
    // Nor is a key of Claude Enterprise in any list.
    const isUnlisted = secret.startsWith(ADMIN_KEY_PREFIX) || secret.startsWith(ENTERPRISE_KEY_PREFIX);
    return isUnlisted ? {} : { isHint: (hint) => matchesHint(secret, hint) };
  }
  if (credential.kind !== "profile") return {};
  try {
    const { account_email: email } = JSON.parse(readFileSync(credential.credentialsFile, "utf8"));
    return typeof email === "string" && email !== "" ? { email: email.toLowerCase() } : {};
  } catch {
    // A federated profile has no such file, and nobody's account.
    return {};
  }
}

/**
 * Where the `ant` CLI and the SDK keep profiles: ANTHROPIC_CONFIG_DIR, else the platform's place for settings; undefined
 * where there is none. Source: getRootConfigPath in the SDK's core/credentials.ts.
 */
function configDirectory(env: Environment, platform: NodeJS.Platform): string | undefined {
  const named = settingOf(env, "ANTHROPIC_CONFIG_DIR");
  if (named) return named;
  if (platform === "win32") {
    const roaming = settingOf(env, "APPDATA");
    if (roaming) return join(roaming, "Anthropic");
    const home = settingOf(env, "USERPROFILE");
    return home && join(home, "AppData", "Roaming", "Anthropic");
  }
  const settings = settingOf(env, "XDG_CONFIG_HOME");
  if (settings) return join(settings, "anthropic");
  const home = settingOf(env, "HOME");
  return home && join(home, ".config", "anthropic");
}

function namedProfile(
  name: string,
  source: string,
  directory: string | undefined,
  env: Environment,
  scope = ' --scope "org:admin"',
): Credential {
  if (!PROFILE_NAME.test(name) || name === "." || name === "..") {
    throw new Failure("usage", {
      message: `${source} is no name of a profile: letters, digits, "_", "." and "-" only, at most 200`,
    });
  }
  if (!directory) {
    throw new Failure("credential-missing", {
      message: `${source} names the profile ${quoted(name)}, but there is no directory to look for it in`,
      fix: "set ANTHROPIC_CONFIG_DIR",
    });
  }
  const file = join(directory, "configs", `${name}.json`);
  if (!existsSync(file)) {
    throw new Failure("credential-missing", {
      message: `${source} names the profile ${quoted(name)}, but ${file} does not exist`,
      fix: `ant auth login --profile ${name}${scope}`,
    });
  }
  return profileOf(name, `profile ${quoted(name)} (${source})`, directory, env);
}

/** The profile that `active_config` names, else `default` where it exists. */
function activeProfile(directory: string | undefined, env: Environment): Credential | undefined {
  if (!directory) return undefined;
  const file = join(directory, "active_config");
  const name = textOf(file)?.trim();
  if (name) return namedProfile(name, file, directory, env);
  const hasDefault = existsSync(join(directory, "configs", "default.json"));
  return hasDefault ? profileOf("default", 'profile "default"', directory, env) : undefined;
}

function profileOf(profile: string, source: string, directory: string, env: Environment): Credential {
  return { kind: "profile", profile, source, ...readProfile(directory, profile, env) };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new Failure(
      "credential-missing",
      { message: `${quotedPath(file)} cannot be read: ${systemReason(error)}` },
      { cause: error },
    );
  }
}

function settingOf(env: Environment, variable: string): string | undefined {
  return env[variable]?.trim() || undefined;
}

/** A variable's value as it may stand in a header. What is wrong with one is said without showing it. */
function secretIn(env: Environment, variable: string): string | undefined {
  const value = settingOf(env, variable);
  if (value === undefined) return undefined;
  const fault = faultOf(value);
  if (!fault) return value;
  throw new Failure("credential-rejected", {
    message: `${variable} holds ${fault}, which no key or token has`,
    fix: `set ${variable} to the secret alone, on one line`,
  });
}

function faultOf(value: string): string | undefined {
  // Not masked by its value, for it would mask words: so it is not taken for a secret at all.
  if (value.length < SHORTEST_SECRET) return `fewer than ${SHORTEST_SECRET} characters`;
  if (/[\r\n]/.test(value)) return "a line break";
  if (/\s/.test(value)) return "white space";
  if (/["'`]/.test(value)) return "a quotation mark";
  return /^[\x21-\x7e]+$/.test(value) ? undefined : "a character outside printable ASCII";
}

function missing(env: Environment): never {
  const notes = [];
  if (settingOf(env, "ANTHROPIC_API_KEY")) {
    notes.push(`ANTHROPIC_API_KEY is set, but it is not an admin key (${ADMIN_KEY_PREFIX}…) and is not used here`);
  }
  // The name in the documentation's own shell examples; nothing reads it.
  if (settingOf(env, "ANTHROPIC_ADMIN_API_KEY"))
    notes.push("ANTHROPIC_ADMIN_API_KEY is not read: use ANTHROPIC_ADMIN_KEY");
  throw new Failure("credential-missing", {
    message: ["no credential for the Admin API", ...notes].join("; "),
    fix: 'set ANTHROPIC_ADMIN_KEY or ANTHROPIC_AUTH_TOKEN, or run: ant auth login --scope "org:admin"',
  });
}
