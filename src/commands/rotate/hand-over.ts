import { Failure } from "../../core/model/failure.ts";
import type { RotatingKey, RotationKey } from "../../core/rotation/rotation-key.ts";
import { printable } from "../../core/text/printable.ts";
import { cut } from "../../core/text/text.ts";
import { type RotateRun, type Rotation, withHandOver } from "./read.ts";

/** How often a secret that is refused may be typed. */
const TRIES = 3;

/** The secret that the flags name, from stdin or a variable; undefined where they name none. Throws Failure `input-needed`. */
export async function secretOf({ context, options }: RotateRun): Promise<string | undefined> {
  const { secretStdin, secretEnv } = options;
  if (secretStdin) return context.prompt.readSecret(`Secret of the new ${options.keys[0]}`);
  if (secretEnv === undefined) return undefined;
  const secret = context.machine.variable(secretEnv);
  if (secret) return secret;
  throw new Failure("input-needed", {
    message: `the variable ${cut(secretEnv)} is not set, and the secret was to be in it`,
    fix: `set ${cut(secretEnv)}, or pipe the secret in with --secret-stdin`,
  });
}

/** The rotation with what the flags hand over: a secret, or the operator's word. Throws Failure `secret-refused`. */
export async function handOverByFlags(
  run: RotateRun,
  rotation: Rotation,
  secret: string | undefined,
): Promise<Rotation> {
  const { context, options } = run;
  const ready = waitingFor(rotation);
  if (options.delivered) {
    const told = ready.filter(({ deliveries }) => deliveries === 0);
    const others = ready.filter(({ deliveries }) => deliveries > 0).map(({ name }) => name);
    if (others.length > 0) {
      context.terminal.notice(
        `--delivered does not count for ${printable(others.join(", "))}: rbac.yaml says how to deliver, which needs the secret`,
      );
    }
    const states = new Map(told.map(({ target }) => [target, "delivered"] as const));
    return withHandOver(run, rotation, { states, secrets: new Map() });
  }
  if (secret === undefined) return rotation;
  const [key] = ready;
  if (!rotation.live.keys.known || !rotation.live.workspaces.known) {
    context.terminal.notice("the secret is not used: whether a replacement waits for it could not be read");
    return rotation;
  }
  // What an earlier run disabled is replaced: a run that is repeated has nothing left to hand over.
  const isReplaced = rotation.plan.findings.some(({ code }) => code === "leak-replaced");
  if (!key && options.leaked && !isReplaced) {
    const isActive = rotation.plan.keys.some(({ live }) => live.some(({ status }) => status === "active"));
    throw new Failure("secret-refused", {
      message: `nothing was changed${isActive ? ", and the leaked key is still active" : ""}: no replacement waits for the secret`,
      fix: `create the replacement first (anth-rbac rotate --status names it)${isActive ? ", or disable the key at once: --leaked without a secret" : ""}`,
    });
  }
  if (!key) {
    context.terminal.notice("the secret is not used: no replacement waits for one");
    return rotation;
  }
  const checked = await check(run, rotation, key, secret);
  if (!checked.ok) {
    throw new Failure("secret-refused", {
      message: `the secret for ${key.target} is not handed over: ${checked.message}`,
      fix: `hand over the secret of ${next(key)?.name ?? "the new key"}`,
    });
  }
  const { target } = key;
  return withHandOver(run, rotation, { states: new Map([[target, "tested"]]), secrets: new Map([[target, secret]]) });
}

/** Asks the person for the secret of each key that waits for one, hidden. Throws Failure `interrupted`. */
export async function handOverByHand(run: RotateRun, rotation: Rotation): Promise<Rotation> {
  const states = new Map<string, "tested" | "delivered">();
  const secrets = new Map<string, string>();
  for (const key of waitingFor(rotation)) {
    const secret = await askFor(run, rotation, key);
    if (secret !== undefined) {
      states.set(key.target, "tested");
      secrets.set(key.target, secret);
    } else if (
      key.deliveries === 0 &&
      (await run.context.prompt.confirm(`Does the service of ${printable(key.name)} have the new secret already?`))
    ) {
      states.set(key.target, "delivered");
    }
  }
  return withHandOver(run, rotation, { states, secrets });
}

async function askFor(run: RotateRun, rotation: Rotation, key: RotationKey): Promise<string | undefined> {
  const { terminal, prompt } = run.context;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const secret = await prompt.askSecret(`Secret of ${printable(next(key)?.name ?? key.name)} (empty: skip)`);
    if (secret === undefined) return undefined;
    const checked = await check(run, rotation, key, secret);
    if (checked.ok) return secret;
    terminal.notice(`not taken: ${checked.message}`);
  }
  return undefined;
}

function check({ context }: RotateRun, { live }: Rotation, key: RotationKey, secret: string) {
  // The old key bears the declared name; pasting its secret once more is the likeliest mistake.
  const old = key.live.find(({ name }) => name === key.name);
  const replacement = next(key);
  const scope = live.keys.known ? live.keys.items.find(({ id }) => id === replacement?.id)?.scope : undefined;
  return context.api.checkSecret(secret, {
    hint: replacement?.hint,
    oldHint: old?.hint,
    ...(scope?.type === "workspace" && { workspaceId: scope.workspaceId }),
  });
}

function next({ live }: RotationKey): RotatingKey | undefined {
  return live.find(({ phase }) => phase === "replacement-ready");
}

function waitingFor({ plan }: Rotation): readonly RotationKey[] {
  return plan.keys.filter((key) => key.next === "hand-over");
}
