import { describe, expect, test } from "vitest";
import { DAY } from "../../../src/core/model/time.ts";
import type { Status } from "../../../src/core/status/status.ts";
import { statusForms } from "../../../src/report/status/status.ts";
import { NOW } from "../../support/org.ts";

import { assemble, development, live } from "../../support/report-status.ts";

const json = (status: Status, exitCode = 0) => JSON.parse(statusForms.json({ kind: "status", status }, { exitCode }));

describe("the JSON", () => {
  test("of the whole organization keeps its shape", () => {
    expect(json(assemble())).toMatchSnapshot();
  });

  test("of a person, a key and usage keeps its shape", () => {
    expect(json(assemble({ selection: { view: "user", email: "ada@acme.example" } })).user).toMatchSnapshot();
    const selection = { view: "key", key: { by: "name", text: "prod-search" } } as const;
    const usage = {
      from: NOW - DAY,
      to: NOW,
      asOf: NOW,
      since: [],
      source: "legacy" as const,
      rows: [{ inputTokens: 1, outputTokens: 2, workspaceId: development.id, keyId: "apikey_prod-search" }],
    };
    const { key: found, usage: used, workspaces } = json(assemble({ selection, usage }));
    expect({ found, used, workspaces }).toMatchSnapshot();
  });

  test("has null where nothing is known, and says why", () => {
    const shown = json(assemble({ live: { ...live, keys: { known: false, reason: "api-error" } } }), 1);
    expect(shown).toMatchObject({
      exit_code: 1,
      keys: null,
      unknown: [{ kind: "keys", reason: "api-error", message: null }],
    });
    expect(shown.workspaces.map(({ keys }: { keys: unknown }) => keys)).toEqual([null, null, null]);
  });
});
