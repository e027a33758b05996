import { describe, expect, test } from "vitest";
import { DAY } from "../../../src/core/model/time.ts";
import { statusJson } from "../../../src/report/status/status-json.ts";
import { NOW } from "../../support/org.ts";

import { assemble, development, live } from "../../support/report-status.ts";

describe("the JSON", () => {
  test("of the whole organization keeps its shape", () => {
    expect(statusJson(assemble(), 0)).toMatchSnapshot();
  });

  test("of a person, a key and usage keeps its shape", () => {
    expect(statusJson(assemble({ selection: { view: "user", email: "ada@acme.example" } }), 0).user).toMatchSnapshot();
    const selection = { view: "key", key: { by: "name", text: "prod-search" } } as const;
    const usage = {
      from: NOW - DAY,
      to: NOW,
      source: "legacy" as const,
      rows: [{ inputTokens: 1, outputTokens: 2, workspaceId: development.id, keyId: "apikey_prod-search" }],
    };
    const { key: found, usage: used, workspaces } = statusJson(assemble({ selection, usage }), 0);
    expect({ found, used, workspaces }).toMatchSnapshot();
  });

  test("has null where nothing is known, and says why", () => {
    const json = statusJson(assemble({ live: { ...live, keys: { known: false, reason: "api-error" } } }), 1);
    expect(json).toMatchObject({
      exit_code: 1,
      keys: null,
      unknown: [{ kind: "keys", reason: "api-error", message: null }],
    });
    expect(json.workspaces?.map(({ keys }) => keys)).toEqual([null, null, null]);
  });
});
