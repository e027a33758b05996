import type { Context } from "../../context.ts";
import type { Config, Key } from "../../core/config/config.ts";
import type { Change } from "../../core/model/change.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Plan } from "../../core/model/plan.ts";
import { target as targetOf } from "../../core/model/target.ts";
import { printable } from "../../core/text/printable.ts";
import { maskSecrets } from "../../core/text/secret.ts";

/** What it takes to hand secrets on before the changes that need it. */
interface DeliveryRequest {
  readonly context: Context;
  readonly config: Config;
  readonly plan: Plan;
  /** The key whose secret has to be delivered before a change, by the targets of both. */
  readonly gates: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
}

/** For `carryOutAndVerify`: delivers a key's secret, once, before the first change that is gated by it. */
export function deliverFirst(request: DeliveryRequest): (change: Change) => Promise<void> {
  const { config, gates, secrets } = request;
  const delivered = new Set<string>();
  return async (change) => {
    const target = gates.get(change.target);
    const secret = target === undefined ? undefined : secrets.get(target);
    if (target === undefined || secret === undefined || delivered.has(target)) return;
    const key = declaredKey(config, target);
    for (const command of key?.deliver ?? []) await deliver(request, target, command, secret);
    delivered.add(target);
  };
}

async function deliver(
  { context, plan }: DeliveryRequest,
  target: string,
  command: readonly string[],
  secret: string,
): Promise<void> {
  // A declared command may hold a secret by mistake: the new one is masked here whatever its shape.
  const words = printable(maskSecrets(command.join(" ").replaceAll(secret, "[masked]")));
  context.terminal.notice(`delivering the secret of ${printable(target)}: ${words}`);
  const [delivery] = await context.machine.deliver([command], secret, plan.config.path);
  const ok = delivery?.ok ?? false;
  const log = await context.state.audit();
  await log.append({
    command: "rotate",
    event: "delivery",
    outcome: ok ? "done" : "failed",
    organization: plan.organization,
    target,
    reason: words,
  });
  if (ok) return;
  const why = delivery?.detail === undefined ? "" : `: ${delivery.detail}`;
  throw new Failure("delivery-failed", {
    message: `${words} failed${why}`,
    fix: "the old key stays current; repair the command and run again",
  });
}

function declaredKey({ organization, workspaces }: Config, target: string): Key | undefined {
  for (const [name, key] of organization.keys ?? []) if (targetOf.organizationKey(name) === target) return key;
  for (const { handle, keys = new Map<string, Key>() } of workspaces.values()) {
    for (const [name, key] of keys) if (targetOf.key(handle, name) === target) return key;
  }
  return undefined;
}
