import { isAbsolute, join } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import { quotedPath } from "../../core/text/text.ts";
import { homeFolder } from "../files/home.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What to do about a state directory that cannot be used. */
export const STATE_FIX = "set ANTH_RBAC_STATE_DIR to a directory of your own that nobody else can write to";

/** Where this program keeps what it remembers on this machine. Touches nothing. Throws Failure. */
export function stateDirectoryPath(env: Environment): string {
  const { ANTH_RBAC_STATE_DIR: own, XDG_STATE_HOME: shared, HOME: home } = env;
  if (own) {
    if (isAbsolute(own)) return own;
    // It would be another log in every folder from which the program is started.
    throw stateUnusable(`ANTH_RBAC_STATE_DIR is ${quotedPath(own)}, and it has to be an absolute path`);
  }
  // A relative one is to be ignored. Source: XDG Base Directory Specification.
  if (shared && isAbsolute(shared)) return join(shared, "anth-rbac");
  const folder = homeFolder(home);
  if (folder === undefined) throw stateUnusable("there is no home folder to keep the state in, and HOME names none");
  return join(folder, ".local", "state", "anth-rbac");
}

/** The Failure for a state directory that cannot be used. */
export function stateUnusable(message: string, cause?: unknown): Failure {
  return new Failure("state-unusable", { message, fix: STATE_FIX }, cause === undefined ? undefined : { cause });
}
