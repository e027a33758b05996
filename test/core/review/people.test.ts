import { describe, expect, test } from "vitest";
import { readPeople } from "../../../src/core/review/people.ts";
import { failure } from "../../support/failure.ts";
import { NOW } from "../../support/org.ts";

function read(columns: readonly string[], rows: readonly (readonly string[])[], column?: string) {
  const records = rows.map((row, index) => ({
    line: index + 2,
    cells: Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ""])),
  }));
  return readPeople({ columns, records }, "hr.csv", column, NOW);
}

describe("the common exports are known by their headers", () => {
  test.each([
    [
      "Okta",
      ["id", "login", "firstName", "lastName", "email", "status"],
      ["1", "a", "A", "B", "ada@acme.example", "ACTIVE"],
      ["2", "b", "B", "B", "bob@acme.example", "DEPROVISIONED"],
    ],
    [
      "Entra ID",
      ["userPrincipalName", "displayName", "accountEnabled"],
      ["ada@acme.example", "Ada", "True"],
      ["bob@acme.example", "Bob", "False"],
    ],
    [
      "Google Workspace",
      ["First Name [Required]", "Email Address [Required]", "Status [READ ONLY]"],
      ["Ada", "Ada@Acme.example", "Active"],
      ["Bob", "bob@acme.example", "Suspended"],
    ],
  ])("%s", (_, columns, ada, bob) => {
    const people = read(columns, [ada, bob]);
    expect([...people].map(([email, { works }]) => [email, works])).toEqual([
      ["ada@acme.example", true],
      ["bob@acme.example", false],
    ]);
  });
});

test("of somebody with a sign-in name and a mailbox either is theirs, and one of them is enough", () => {
  const columns = ["userPrincipalName", "displayName", "mail", "accountEnabled"];
  const people = read(columns, [
    ["ada@acme.example", "Ada", "ada.lovelace@acme.example", "True"],
    ["bob@acme.example", "Bob", "", "False"],
    ["eve", "Eve", "eve@acme.example", "True"],
  ]);
  expect([...people].map(([email, { works }]) => [email, works])).toEqual([
    ["ada.lovelace@acme.example", true],
    ["ada@acme.example", true],
    ["bob@acme.example", false],
    ["eve@acme.example", true],
  ]);
  const bad = (row: readonly string[]) => failure(() => read(columns, [row])).message;
  expect(bad(["", "Ada", " ", "True"])).toBe('"hr.csv", line 2: " " in "mail" is no e-mail address');
  expect(bad(["ada@acme.example", "Ada", "none", "True"])).toBe(
    '"hr.csv", line 2: "none" in "mail" is no e-mail address',
  );
});

test("an end date counts from the day after", () => {
  const people = read(
    ["email", "end date"],
    [
      ["ada@acme.example", "2026-11-23"],
      ["bob@acme.example", "2026-11-22"],
      ["eve@acme.example", ""],
    ],
  );
  expect([...people.values()]).toEqual([
    { works: true, until: "2026-11-23" },
    { works: false, until: "2026-11-22" },
    { works: true },
  ]);
});

test("whoever has two accounts works here by one of them", () => {
  const rows = [
    ["ada@acme.example", "active"],
    ["ada@acme.example", "terminated"],
  ];
  expect(read(["email", "status"], rows).get("ada@acme.example")?.works).toBe(true);
  expect(read(["email", "status"], rows.toReversed()).get("ada@acme.example")?.works).toBe(true);
});

test("a line that cannot be read is an error with its number, and never a person less", () => {
  const bad = (columns: readonly string[], row: readonly string[]) =>
    failure(() => read(columns, [["ada@acme.example", ""], row]));
  expect(bad(["email"], ["not an address"])).toMatchObject({
    code: "file-unreadable",
    message: expect.stringContaining("line 3"),
  });
  expect(bad(["email", "status"], ["bob@acme.example", "perhaps"]).message).toContain('line 2: "status" is ""');
  expect(failure(() => read(["email", "status"], [["bob@acme.example", "perhaps"]])).message).toContain('"perhaps"');
  expect(bad(["email", "end date"], ["bob@acme.example", "31/12/2026"]).message).toContain("line 3");
});

test("an empty file, or a header alone, says nothing about anybody", () => {
  for (const columns of [["email"], ["contact"], []]) {
    expect(failure(() => read(columns, [])).code).toBe("file-unreadable");
  }
});

test("an unknown header is wrong usage, and a named column is used", () => {
  const missing = failure(() => read(["contact"], [["ada@acme.example"]]));
  expect([missing.code, missing.details.fix]).toEqual(["usage", "name it: --people-column COLUMN"]);
  expect(read(["contact"], [["ada@acme.example"]], "contact").has("ada@acme.example")).toBe(true);
  expect(failure(() => read(["contact"], [["ada@acme.example"]], "mail")).code).toBe("usage");
});
