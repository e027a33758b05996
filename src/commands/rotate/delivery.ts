import type { Config, Key } from "../../core/config/config.ts";
import type { Change } from "../../core/model/change.ts";
import { Failure } from "../../core/model/failure.ts";
import { target as targetOf } from "../../core/model/target.ts";
import type { PlannedDelivery } from "../../core/outcome/outcome.ts";
import { printable } from "../../core/text/printable.ts";
import { maskSecrets } from "../../core/text/secret.ts";
import type { RotateRun, Rotation } from "./read.ts";

/** The commands that a rotation is about to run, in their order: those of each key whose secret was handed over. */
export function plannedDeliveries(
  config: Config,
  { gates, handOver: { secrets } }: Pick<Rotation, "gates" | "handOver">,
): readonly PlannedDelivery[] {
  const targets = new Set([...gates.values()].filter((target) => secrets.has(target)));
  return [...targets].flatMap((target) =>
    (declaredKey(config, target)?.deliver ?? []).map((command) => ({ target, command })),
  );
}

/** For the pipeline: delivers a key's secret, once, before the first change that is gated by it. */
export function deliverFirst(run: RotateRun, rotation: Rotation): (change: Change) => Promise<void> {
  const {
    gates,
    handOver: { secrets },
  } = rotation;
  const delivered = new Set<string>();
  return async (change) => {
    const target = gates.get(change.target);
    const secret = target === undefined ? undefined : secrets.get(target);
    if (target === undefined || secret === undefined || delivered.has(target)) return;
    const key = declaredKey(run.config, target);
    for (const command of key?.deliver ?? []) await deliver(run, rotation, { target, command }, secret);
    delivered.add(target);
  };
}

async function deliver(
  { context }: RotateRun,
  { plan }: Rotation,
  { target, command }: PlannedDelivery,
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
