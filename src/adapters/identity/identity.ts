export interface GitOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Milliseconds that git may take; a network drive may hold it. */
const TIMEOUT_MS = 2_000;

/** What git needs to be found and to find its settings. Nothing else of the environment goes with it: credentials stay here. */
const PASSED = /^(?:PATH|HOME|XDG_CONFIG_HOME|GIT_CONFIG_[A-Z0-9_]+|USERPROFILE|SystemRoot|LANG)$/i;

/**
 * The `user.email` that git would sign with in `cwd`; undefined where there is no git, no such setting, or no answer in time. It
 * says who somebody claims to be, no more. Never throws.
 */
export async function gitEmail({ cwd, env }: GitOptions): Promise<string | undefined> {
  const { execFile } = await import("node:child_process");
  const passed = Object.fromEntries(Object.entries(env).filter(([name]) => PASSED.test(name)));
  const options = { cwd, env: passed, timeout: TIMEOUT_MS, killSignal: "SIGKILL", windowsHide: true } as const;
  return new Promise((resolve) => {
    const settle = (error: unknown, output: string) => {
      const email = error ? "" : output.trim();
      resolve(email === "" || /[\r\n]/.test(email) ? undefined : email);
    };
    try {
      execFile("git", ["config", "--get", "user.email"], options, settle);
    } catch {
      // A folder or a variable with a NUL is refused before anything is started.
      resolve(undefined);
    }
  });
}

/** Who runs the program, `user@machine`, as the system knows it; some containers have no name for their user. */
export function operator(): string {
  // Not imported: few runs ask.
  const { hostname, userInfo } = process.getBuiltinModule("node:os");
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}
