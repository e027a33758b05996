import { describe, expect, test } from "vitest";
import { editEntries } from "../../../src/adapters/config/edit-entries.ts";
import { failure } from "../../support/failure.ts";

const FILE = `# the file
version: 1
members:
  Ada@Acme.example: { role: developer } # leads
  bob@acme.example:
    role: "user"
workspaces:
  prod:
    name: Production
    members:
      ada@acme.example: developer # for now
      bob@acme.example: user
    keys: { a: {}, b: { owner: ada@acme.example } }
`;

describe("edits of rbac.yaml", () => {
  test("change the one value, or take the one entry, and keep every other byte", () => {
    const text = editEntries(FILE, [
      { action: "set", path: ["workspaces", "prod", "members", "ada@acme.example"], value: "user" },
      { action: "set", path: ["members", "ada@acme.example", "role"], value: "claude_code_user" },
      { action: "remove", path: ["workspaces", "prod", "keys", "a"] },
      { action: "remove", path: ["workspaces", "prod", "members", "bob@acme.example"] },
    ]);
    expect(text).toBe(
      FILE.replace("ada@acme.example: developer # for now", "ada@acme.example: user # for now")
        .replace("{ role: developer } # leads", "{ role: claude_code_user } # leads")
        .replace("{ a: {}, b:", "{ b:")
        .replace("      bob@acme.example: user\n", ""),
    );
  });

  test("are made where the e-mail is written so, before any other spelling of it", () => {
    const twice = "x:\n  Ada@acme.example: user\n  ada@acme.example: developer\n";
    expect(editEntries(twice, [{ action: "remove", path: ["x", "ada@acme.example"] }])).toBe(
      "x:\n  Ada@acme.example: user\n",
    );
  });

  test("put a number where a number was", () => {
    const limits = "workspaces:\n  prod:\n    rate_limits: { sonnet: { requests_per_minute: 2000 } } # for now\n";
    const path = ["workspaces", "prod", "rate_limits", "sonnet", "requests_per_minute"];
    expect(editEntries(limits, [{ action: "set", path, value: 60 }])).toBe(limits.replace("2000", "60"));
  });

  test("about what is not there change nothing", () => {
    expect(editEntries(FILE, [{ action: "remove", path: ["workspaces", "prod", "keys", "c"] }])).toBe(FILE);
  });

  test("that others would notice are refused, with the place to edit by hand", () => {
    const shared = "version: 1\nx: &x { a: developer }\nworkspaces: { prod: { name: P, members: *x } }\n";
    const { code, details } = failure(() => editEntries(shared, [{ action: "set", path: ["x", "a"], value: "user" }]));
    expect([code, details.fix]).toEqual(["config-unreadable", "edit it by hand: x.a"]);
    const anchored = "version: 1\nmembers: { a@b.example: &m { role: user }, c@d.example: *m }\n";
    expect(() => editEntries(anchored, [{ action: "remove", path: ["members", "a@b.example"] }])).toThrow();
  });
});
