import { Failure } from "../../core/model/failure.ts";
import type { RotationKey } from "../../core/rotation/rotation-key.ts";
import { printable } from "../../core/text/printable.ts";
import { type RotateRun, type Rotation, readKeysAgain } from "./read.ts";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Sends the person to the Console for each key that has to be made there, and waits for it to appear where they want that.
 * Answers with the organization as it is then. Throws Failure `interrupted` and `deadline-exceeded`.
 */
export async function awaitReplacements(run: RotateRun, first: Rotation): Promise<Rotation> {
  const { terminal, prompt } = run.context;
  let rotation = first;
  for (const { target, create } of keysIn(first)) {
    if (!create) continue;
    const { name, workspace, url } = create;
    const place = workspace === null ? "the organization itself" : `the workspace "${printable(workspace)}"`;
    terminal.notice(
      `${printable(target)} needs a new key. Create it in the Console, in ${place}, with exactly this name:\n\n  ${url}\n  ${printable(name)}\n`,
    );
    if (await prompt.confirm("Wait for it to appear?")) rotation = await appear(run, rotation, target, name);
  }
  return rotation;
}

async function appear(run: RotateRun, first: Rotation, target: string, replacementName: string): Promise<Rotation> {
  const { context } = run;
  const deadline = context.clock.deadline();
  const spinner = context.terminal.spin(`waiting for ${printable(replacementName)}`);
  try {
    let rotation = first;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await context.clock.sleep(pause, deadline);
      if (deadline.aborted) throw ended(deadline, replacementName);
      rotation = await readKeysAgain(run, rotation);
      const key = keysIn(rotation).find((row) => row.target === target);
      // A list that cannot be read says nothing: the plan will.
      if (!rotation.live.keys.known || !key || !isMissing(key)) return rotation;
    }
  } finally {
    spinner.stop();
  }
}

function keysIn({ plan }: Rotation): readonly RotationKey[] {
  return plan.keys;
}

function isMissing(key: RotationKey): boolean {
  return key.next === "create-replacement";
}

function ended({ reason }: AbortSignal, replacementName: string): Failure {
  return reason instanceof Failure
    ? reason
    : new Failure("interrupted", { message: `stopped waiting for ${replacementName}` });
}
