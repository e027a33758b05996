/** A rotation is played to its end by moving the sandbox's clock alone: this machine's clock stands still all the while. */
import { expect, test } from "vitest";
import { smallSeed } from "../../../src/sandbox/seed/small.ts";
import { NOW } from "../../support/org.ts";
import { stage } from "../../support/stage.ts";

const NAME = "stg-auth-service";

test("a rotation from hand-over to archive within a minute, by the sandbox's clock", async () => {
  const seed = smallSeed(NOW);
  // Nothing uses the old key, so that nothing holds it back.
  const usage = seed.usage.filter(({ api_key_id: key }) => key !== "apikey_01sandboxStgAuthService");
  const { sandbox, declare, run } = await stage({ seed: { ...seed, usage } });
  declare({ workspaces: { stg: { name: "Staging", keys: { [NAME]: { overlap: "7d", soak: "14d" } } } } });
  const keys = () =>
    sandbox.state.api_keys
      .filter(({ name }) => name.startsWith(NAME))
      .map(({ name, status }) => `${name} ${status}`)
      .sort();
  const { secret } = sandbox.control.console.createKey({ name: `${NAME}@next`, workspace: "Staging" });
  const rotate = async (days: number, ...flags: readonly string[]) => {
    sandbox.control.clock.advance(`${days}d`);
    const { exitCode } = await run(["rotate", "--key", NAME, "--yes", ...flags], { stdin: secret });
    return [exitCode, ...keys()];
  };
  expect(await rotate(0, "--force", "--secret-stdin")).toEqual([
    0,
    `${NAME} active`,
    `${NAME}@previous-20261123 active`,
  ]);
  expect(await rotate(6)).toEqual([0, `${NAME} active`, `${NAME}@previous-20261123 active`]);
  expect(await rotate(2)).toEqual([0, `${NAME} active`, `${NAME}@disabled-20261201 inactive`]);
  expect(await rotate(15, "--archive", "--confirm", NAME)).toEqual([
    0,
    `${NAME} active`,
    `${NAME}@disabled-20261201 archived`,
  ]);
});
