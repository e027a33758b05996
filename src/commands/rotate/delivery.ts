import type { Config, Key } from "../../core/config/config.ts";
import type { ApiCall } from "../../core/model/call.ts";
import type { Change } from "../../core/model/change.ts";
import { Failure } from "../../core/model/failure.ts";
import { target as targetOf } from "../../core/model/target.ts";
import type { PlannedDelivery } from "../../core/outcome/outcome.ts";
import { checkUnmoved } from "../../core/plan/look.ts";
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

/**
 * For the pipeline: looks at both keys of a cut-over before its first change, and delivers the secret, once. A delivery may take a
 * while: what somebody does to either key meanwhile is seen before a name changes.
 */
export function deliverFirst(run: RotateRun, rotation: Rotation): (change: Change) => Promise<void> {
  const {
    gates,
    handOver: { secrets },
  } = rotation;
  const handedOver = new Set<string>();
  return async (change) => {
    const target = gates.get(change.target);
    if (target === undefined || handedOver.has(target)) return;
    await checkBothKeys(run, rotation, target);
    const secret = secrets.get(target);
    const commands = secret === undefined ? [] : (declaredKey(run.config, target)?.deliver ?? []);
    for (const command of commands) await deliver(run, rotation, { target, command }, secret ?? "");
    if (commands.length > 0) await checkBothKeys(run, rotation, target);
    handedOver.add(target);
  };
}

/** Throws Failure `moved-since-plan` where a key that the cut-over is about to rename bears another name, or status, by now. */
async function checkBothKeys({ context }: RotateRun, { plan, live }: Rotation, target: string): Promise<void> {
  const ids = new Set(plan.keys.flatMap((key) => (key.target === target ? key.live.map(({ id }) => id) : [])));
  const writer = await context.api.writer();
  for (const { action, id } of plan.changes) {
    if (action === "manual" || id === null || !ids.has(id)) continue;
    const call: ApiCall = { name: "update-key", keyId: id, fields: {} };
    const seen = await writer.look(call);
    if (seen) checkUnmoved(call, live, seen);
  }
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
    // Of a command that a signal or the deadline ended nothing is known to be broken.
    fix: `no key is renamed; ${context.clock.deadline().aborted ? "" : "repair the command and "}run again`,
  });
}

function declaredKey({ organization, workspaces }: Config, target: string): Key | undefined {
  for (const [name, key] of organization.keys ?? []) if (targetOf.organizationKey(name) === target) return key;
  for (const { handle, keys = new Map<string, Key>() } of workspaces.values()) {
    for (const [name, key] of keys) if (targetOf.key(handle, name) === target) return key;
  }
  return undefined;
}
