import { spawn } from "node:child_process";
import { environmentSecrets } from "../../core/text/environment-secrets.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What `less` is told where nobody has said anything: colours, and no pager at all for what fits the screen. */
const LESS = "FRX";
/** What a shell says of a command that it does not find. */
const NOT_FOUND = 127;

/** The pager that a person wants: ANTH_RBAC_PAGER, else PAGER, else less; undefined where none is wanted or the terminal is dumb. */
export function pagerOf(env: Environment): string | undefined {
  const command = (env.ANTH_RBAC_PAGER ?? env.PAGER ?? "less").trim();
  return command === "" || command === "cat" || env.TERM === "dumb" ? undefined : command;
}

/** Shows a text in a pager and waits until it is closed. False where there is no such pager, and nothing was shown. */
export function page(text: string, command: string, env: Environment): Promise<boolean> {
  return new Promise((resolve) => {
    // PAGER is a line of the shell for every program that has one: "less -R".
    const child = spawn(command, { shell: true, stdio: ["pipe", "inherit", "inherit"], env: environmentFor(env) });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code !== NOT_FOUND));
    // Whoever has seen enough closes it before the end.
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });
}

/** As deliver commands have it: no secret of ours. */
function environmentFor(env: Environment): NodeJS.ProcessEnv {
  const secrets = environmentSecrets(env);
  const kept = Object.entries(env).filter(([, value = ""]) => !secrets.some((secret) => value.includes(secret)));
  return { LESS, ...Object.fromEntries(kept) };
}
