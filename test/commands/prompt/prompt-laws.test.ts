import fc from "fast-check";
import { expect, test } from "vitest";
import { HAIKU, OPUS, promptStage, SONNET } from "../../support/prompt.ts";

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const models = fc.constantFrom(HAIKU, SONNET, OPUS, "claude-nothing-9");
const role = fc.record({
  allowed: fc.boolean(),
  models: fc.uniqueArray(fc.oneof(models, fc.constantFrom("*", "claude-haiku-*")), { minLength: 1, maxLength: 3 }),
  max_tokens: maybe(fc.integer({ min: 1, max: 4096 })),
  rpm_limit: maybe(fc.integer({ min: 1, max: 3 })),
});
const request = fc.record({
  who: fc.constantFrom("a", "b", "nobody"),
  role: maybe(fc.constantFrom("a", "b", "c")),
  model: maybe(models),
  tokens: maybe(fc.integer({ min: 1, max: 9000 })),
});

test("what is denied makes no request, what is allowed exactly one, and each has exactly one line in the log", async () => {
  const { declare, prompt, audited, sent } = await promptStage();
  const verdicts = new Set<number>();
  await fc.assert(
    fc.asyncProperty(role, role, fc.boolean(), request, async (a, b, assumes, asked) => {
      declare({
        members: {
          "a@acme.example": { role: "user", app_role: "a" },
          "b@acme.example": { role: "user", app_role: "b" },
        },
        roles: { a: { ...a, ...(assumes && { may_assume: ["b"] }) }, b },
      });
      const before = { sent: sent(), lines: audited().length };
      const words = [
        ...(asked.role ? ["--role", asked.role] : []),
        ...(asked.model ? ["--model", asked.model] : []),
        ...(asked.tokens ? ["--max-tokens", String(asked.tokens)] : []),
      ];
      const { exitCode, stdout } = await prompt(asked.who, ["--json", ...words, "hi"]);
      verdicts.add(exitCode);
      const [line, ...more] = audited().slice(before.lines);
      expect(more).toEqual([]);
      const denied = exitCode === 6;
      expect(sent() - before.sent).toBe(denied ? 0 : 1);
      expect(line?.event).toBe(denied ? "denial" : "prompt");
      if (denied) expect(line?.reason).toBe(JSON.parse(stdout).code);
      else expect(line?.outcome).toBe(exitCode === 0 ? "done" : "failed");
    }),
    { numRuns: 40, seed: 7 },
  );
  expect([...verdicts]).toEqual(expect.arrayContaining([0, 6]));
});
