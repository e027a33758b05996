import { dirname, resolve } from "node:path";
import type { Delivery } from "../../core/keys/delivery.ts";
import type { Secrets } from "../../core/text/secret.ts";
import type { Clock } from "../clock/clock.ts";
import type { Host } from "../host.ts";
import { gitEmail, operator } from "../identity/identity.ts";

/** The machine that the program runs on: who runs it, and what it runs. */
export interface Machine {
  /** Who runs the program, `user@machine`, as the audit log names it. */
  readonly operator: () => string;
  /** Who says that they ask: `ANTH_RBAC_USER`, else git's `user.email` here; undefined where there is neither. */
  readonly identity: () => Promise<string | undefined>;
  /** What an environment variable holds, trimmed; undefined where it is not set or blank. */
  readonly variable: (name: string) => string | undefined;
  /**
   * Hands a secret to the `deliver` commands of a key, in order, up to the first that fails. They run in the folder of `file`, the
   * rbac.yaml that they are written in. Does not throw for a command that fails: the last Delivery says so.
   */
  readonly deliver: (
    commands: readonly (readonly string[])[],
    secret: string,
    file: string,
  ) => Promise<readonly Delivery[]>;
}

/** The machine, as `host` describes it. */
export function createMachine({ cwd, env }: Host, clock: Clock, secrets: Secrets): Machine {
  const variable = (name: string) => env[name]?.trim() || undefined;
  return {
    operator,
    variable,
    identity: async () => variable("ANTH_RBAC_USER") ?? (await gitEmail({ cwd, env })),
    deliver: async (commands, secret, file) => {
      secrets.add(secret);
      const { deliverAll } = await import("../delivery/deliver.ts");
      return deliverAll(commands, { secret, cwd: resolve(cwd, dirname(file)), env, signal: clock.deadline() });
    },
  };
}
