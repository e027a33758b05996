import { expect, test } from "vitest";
import { all, open, refusal } from "../../support/open-sandbox.ts";

test("active and deprecated models, newest first; retired ones only when asked for", async () => {
  const { sandbox, as } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  const ids = async (query: object): Promise<string[]> => (await all(client.models.list(query))).map((row) => row.id);
  const usual = await ids({});
  expect(usual[0]).toBe("claude-fable-5-2");
  expect(usual).toContain("claude-sonnet-4-5-20250929");
  expect(usual).not.toContain("claude-sonnet-4-20250514");
  expect(await ids({ lifecycle: ["deprecated"] })).toEqual([
    "claude-mythos-preview",
    "claude-opus-4-5-20251101",
    "claude-sonnet-4-5-20250929",
  ]);
  expect(await ids({ lifecycle: ["retired"] })).toEqual([
    "claude-opus-4-1-20250805",
    "claude-opus-4-20250514",
    "claude-sonnet-4-20250514",
  ]);
  expect((await refusal(ids({ lifecycle: ["gone"] }))).status).toBe(400);
});

test("retrieve resolves aliases and tells limits and retirement", async () => {
  const { sandbox, as, control } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  expect((await client.models.retrieve("claude-haiku-4-5")).id).toBe("claude-haiku-4-5-20251001");
  expect(await client.models.retrieve("claude-opus-5-5")).toMatchObject({
    lifecycle: "active",
    max_tokens: 128_000,
    max_input_tokens: 1_000_000,
    deprecated_at: null,
    retires_at: null,
    line: "opus",
  });
  expect(await client.models.retrieve("claude-sonnet-4-5")).toMatchObject({
    lifecycle: "deprecated",
    max_tokens: 64_000,
    retires_at: "2026-11-30T00:00:00Z",
  });
  control.clock.set("2026-12-01T00:00:00Z");
  expect((await client.models.retrieve("claude-sonnet-4-5")).lifecycle).toBe("retired");
  expect((await refusal(client.models.retrieve("claude-haiku-4-20250514"))).status).toBe(404);
});

test("a model past its planned end is no more than deprecated while it still answers", async () => {
  const { sandbox, as } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  expect(await client.models.retrieve("claude-mythos-preview")).toMatchObject({
    lifecycle: "deprecated",
    retires_at: "2026-06-30T00:00:00Z",
  });
  const messages = [{ role: "user", content: "hi" }] as const;
  const message = await client.messages.create({
    model: "claude-mythos-preview",
    max_tokens: 9,
    messages: [...messages],
  });
  expect(message.model).toBe("claude-mythos-preview");
});
