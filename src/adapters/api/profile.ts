import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import { isObject, parseJson, quotedPath } from "../../core/text/text.ts";
import { systemReason } from "../files/system-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What of a profile says where its credential goes. */
export interface ProfileSettings {
  /** As its file has it. */
  readonly baseUrl?: string;
  /** The file that holds its tokens. */
  readonly credentialsFile: string;
}

/**
 * The settings of the profile `name` of the `ant` CLI. Throws Failure `credential-rejected` where anybody else could change a file
 * that they are read from, or that a token is: that file says where the credential is sent. Whether the settings are whole is the
 * SDK's to say (AnthropicConfig in its core/credentials.ts). Windows has no modes of files to look at.
 */
export function readProfile(directory: string, name: string, env: Environment): ProfileSettings {
  const file = join(directory, "configs", `${name}.json`);
  for (const path of [directory, dirname(file), file]) mustBeOurs(path);
  const settings = fieldsOf(parseJson(textOf(file)));
  const authentication = fieldsOf(settings.authentication);
  const credentialsFile = wordOf(authentication.credentials_path) ?? join(directory, "credentials", `${name}.json`);
  for (const path of [dirname(credentialsFile), credentialsFile]) mustBeOurs(path);
  const identity =
    wordOf(fieldsOf(authentication.identity_token).path) ??
    (authentication.type === "oidc_federation" ? wordOf(env.ANTHROPIC_IDENTITY_TOKEN_FILE) : undefined);
  // Not its folder: where a platform projects tokens, that is often a shared one.
  if (identity !== undefined) mustBeOurs(identity);
  const baseUrl = wordOf(settings.base_url);
  return { credentialsFile, ...(baseUrl !== undefined && { baseUrl }) };
}

/** Bits of a mode by which the group or everybody may write; in a sticky folder they may not touch what is not theirs. */
const WRITABLE = 0o022;
const STICKY = 0o1000;

function mustBeOurs(path: string): void {
  if (process.platform === "win32") return;
  let target: string;
  let mode: number;
  try {
    target = realpathSync(path);
    mode = statSync(target).mode;
  } catch {
    // What is not there is said by whoever needs it.
    return;
  }
  if ((mode & WRITABLE) === 0 || (mode & STICKY) !== 0) return;
  throw new Failure("credential-rejected", {
    message: `"${target}" can be written by other users (mode ${(mode & 0o777).toString(8)}), and it says where a credential is sent, or which one`,
    fix: `look at what is in it, then: chmod go-w ${target}`,
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(
      "credential-missing",
      { message: `${quotedPath(file)} cannot be read: ${systemReason(error)}` },
      { cause: error },
    );
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
