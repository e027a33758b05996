import type { Delivery } from "../../core/keys/delivery.ts";
import { withoutSecrets } from "../../core/text/environment-secrets.ts";
import { createSecrets } from "../../core/text/secret.ts";
import { deliverToDotenv } from "./dotenv-file.ts";
import { runCommand } from "./run-command.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that a secret's way to its service depends on. */
export interface DeliveryRequest {
  readonly command: readonly string[];
  readonly secret: string;
  /** The folder of rbac.yaml. */
  readonly cwd: string;
  readonly env: Environment;
  /** Milliseconds that the command may take; 60 s unless given. */
  readonly timeout?: number;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

const TIMEOUT = 60_000;

/**
 * Hands the secret to one `deliver` command: on the stdin of a program that runs without a shell, or into a dotenv file
 * (`[dotenv, FILE, NAME]`). The secret is never in the program's arguments or environment. Never throws: what goes wrong is
 * a failed delivery that says why. @internal for tests
 */
export async function deliverSecret(request: DeliveryRequest): Promise<Delivery> {
  const { secret, cwd, signal, timeout = TIMEOUT } = request;
  const { mask: clean } = createSecrets([secret]);
  const command = request.command.map(clean);
  const ended = (ok: boolean, detail: string): Delivery => ({
    command,
    ok,
    ...(detail !== "" && { detail: clean(detail) }),
  });
  if (signal.aborted) return ended(false, `not begun: ${reasonOf(signal)}`);
  const [program, ...words] = request.command;
  if (program === undefined || program === "") return ended(false, "the command is empty");
  if (request.command.some((word) => word.includes(secret))) {
    return ended(false, "the secret is among the arguments, where every process of the machine can read it");
  }
  if (program === "dotenv") {
    const problem = await deliverToDotenv(words, secret, cwd);
    return ended(problem === undefined, problem ?? "");
  }
  const env = withoutSecrets(request.env, secret);
  const { ok, detail } = await runCommand({ program, words, secret, cwd, env, timeout, signal });
  return ended(ok, detail);
}

/** The commands of one key, in order; those after the first failure are not begun, and not in the answer. */
export async function deliverAll(
  commands: readonly (readonly string[])[],
  request: Omit<DeliveryRequest, "command">,
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const command of commands) {
    const delivery = await deliverSecret({ ...request, command });
    deliveries.push(delivery);
    if (!delivery.ok) break;
  }
  return deliveries;
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : "interrupted";
}
