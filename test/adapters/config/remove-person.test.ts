import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { removePerson } from "../../../src/adapters/config/remove-person.ts";
import { readYaml } from "../../../src/adapters/config/yaml-document.ts";
import { validConfig } from "../../support/random-config.ts";

const ADA = "ada@acme.example";
const example = readFileSync("rbac.example.yaml", "utf8");
/** The lines that are not in the other text any more. */
const gone = (before: string, after: string) => {
  const left = after.split("\n");
  return before.split("\n").filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
};

describe("rbac.example.yaml", () => {
  test("loses one person everywhere and nothing else", () => {
    const { text, removed, left } = removePerson(example, "Ada@ACME.example");
    expect(removed).toEqual([
      "members.ada@acme.example",
      "workspaces.prod.members.ada@acme.example",
      "workspaces.stg.members.ada@acme.example",
      "workspaces.dev.members.ada@acme.example",
      "workspaces.prod.keys.prod-auth-service.owner",
      "workspaces.prod.keys.prod-search-service.owner",
      "workspaces.dev.keys.dev-ada.owner",
      "workspaces.prod.owner",
    ]);
    expect(left).toEqual(["accept[0].owner"]);
    expect(gone(example, text)).toEqual([
      "  ada@acme.example: { role: developer, app_role: power }    # app_role: under roles, for prompts",
      "    owner: ada@acme.example   # who reviews access to it",
      "      ada@acme.example: developer",
      "        owner: ada@acme.example               # who answers for it",
      "        owner: ada@acme.example",
      "    members: { ada@acme.example: developer, dora@acme.example: developer }",
      "      ada@acme.example: admin",
      "      dev-ada: { owner: ada@acme.example }",
    ]);
    expect(gone(text, example)).toEqual(["    members: { dora@acme.example: developer }", "      dev-ada: {}"]);
  });

  test("the protected and the owners of keys that no workspace holds", () => {
    const grace = removePerson(example, "grace@acme.example");
    expect(grace.removed).toEqual([
      "members.grace@acme.example",
      "workspaces.default.keys.default-playground.owner",
      "review.default_reviewer",
      "guardrails.protected[0]",
    ]);
    expect(grace.text).toContain("  protected: []             # never removed");
    expect(removePerson(example, "alan@acme.example").removed).toContain("organization.keys.org-automation.owner");
  });

  test.each(["eve@acme.example", "ada+test@acme.example", "da@acme.example", ""])("has no %j", (email) => {
    expect(removePerson(example, email)).toEqual({ text: example, removed: [], left: [] });
  });

  test("with the line ends of Windows and no line end at the end", () => {
    const windows = example.trimEnd().replaceAll("\n", "\r\n");
    const plain = removePerson(example, ADA).text;
    expect(removePerson(windows, ADA).text).toBe(plain.trimEnd().replaceAll("\n", "\r\n"));
  });
});

const CASES: readonly (readonly [string, string, string])[] = [
  [
    "block, first",
    "members:\n  ada@acme.example: {role: user}\n  b@b.example: {role: user}\n",
    "members:\n  b@b.example: {role: user}\n",
  ],
  [
    "block of blocks, with its comments",
    "members:\n  b@b.example:\n    role: user\n  # Ada.\n  # On leave.\n  ada@acme.example:   # here\n    role: user   # there\n    # and below\n  # Cleo.\n  c@b.example:\n    role: user\n",
    "members:\n  b@b.example:\n    role: user\n  # Cleo.\n  c@b.example:\n    role: user\n",
  ],
  [
    "a comment that heads the block",
    "members:\n  # Everybody.\n  ada@acme.example: {role: user}\n  b@b.example: {role: user}\n",
    "members:\n  # Everybody.\n  b@b.example: {role: user}\n",
  ],
  [
    "a comment with a blank line between, and blank lines around",
    "members:\n  b@b.example: {role: user}\n\n  # Developers\n\n  ada@acme.example: {role: user}\n\n# End\nversion: 1\n",
    "members:\n  b@b.example: {role: user}\n\n  # Developers\n\n\n# End\nversion: 1\n",
  ],
  [
    "quoted",
    "members:\n  \"ada@acme.example\": {role: user}\n  'b@b.example': {role: user}\n",
    "members:\n  'b@b.example': {role: user}\n",
  ],
  [
    "quoted with escapes",
    'members:\n  "\\x61da@acme.example" : {role: user}\n  b@b.example: {role: user}\n',
    "members:\n  b@b.example: {role: user}\n",
  ],
  [
    "block that empties",
    "members:   # people\n  # all\n  ada@acme.example: {role: user} # x\n\nversion: 1\n",
    "members: {}   # people\n  # all\n\nversion: 1\n",
  ],
  [
    "last line without end",
    "version: 1\nmembers:\n  b@b.example: {role: user}\n  ada@acme.example: {role: user}",
    "version: 1\nmembers:\n  b@b.example: {role: user}",
  ],
  ["only line without end", "members:\n  ada@acme.example: {role: user}", "members: {}"],
  [
    "a folded text",
    "members:\n  ada@acme.example:\n    role: user\n    reason: >\n      a # no comment\n\n      b\n\n  b@b.example: {role: user}\n",
    "members:\n\n  b@b.example: {role: user}\n",
  ],
  [
    "flow, first",
    "members: { ada@acme.example: {role: user}, b@b.example: {role: user} } # x\n",
    "members: { b@b.example: {role: user} } # x\n",
  ],
  [
    "flow, last",
    "members: {b@b.example: {role: user},ada@acme.example: {role: user}}\n",
    "members: {b@b.example: {role: user}}\n",
  ],
  ["flow, alone", "members: { ada@acme.example: {role: user}, }\n", "members: {}\n"],
  ["flow, between", "members: { a: 1, ada@acme.example: [1, 2], b: 2 }\n", "members: { a: 1, b: 2 }\n"],
  ["flow, no value", "members: { a: 1, ada@acme.example: , b: 2 }\n", "members: { a: 1, b: 2 }\n"],
  [
    "flow over lines, last",
    "members: {\n  a: 1, # one\n  ada@acme.example: 2 # two\n}\n",
    "members: {\n  a: 1 # one\n}\n",
  ],
  [
    "flow over lines, last with comma",
    "members: {\n  a: 1,\n  ada@acme.example: 2, # two, 2\n}\n",
    "members: {\n  a: 1,\n}\n",
  ],
  [
    "flow over lines, two to a line",
    "members: { a: 1, ada@acme.example: 2, # both\n  c: 3 }\n",
    "members: { a: 1, # both\n  c: 3 }\n",
  ],
  ["flow over lines, at the bracket", "members: { ada@acme.example: 2, # x\n  c: 3 }\n", "members: {  # x\n  c: 3 }\n"],
  ["flow over lines, before the bracket", "members: { a: 1,\n  ada@acme.example: 2 }\n", "members: { a: 1 }\n"],
  [
    "flow with commas in front",
    "members: { a: 1\n  , ada@acme.example: 2\n  , c: 3 }\n",
    "members: { a: 1\n  , c: 3 }\n",
  ],
  [
    "sequence",
    "guardrails:\n  protected:\n    - a@b.example\n    # Ada.\n    - ada@acme.example # x\n    - c@b.example\n",
    "guardrails:\n  protected:\n    - a@b.example\n    - c@b.example\n",
  ],
  [
    "sequence that empties, not indented",
    "guardrails:\n  protected:\n  - ADA@acme.example\n  - ada@acme.example\n  min_admins: 1\n",
    "guardrails:\n  protected: []\n  min_admins: 1\n",
  ],
  [
    "flow sequence, twice",
    "guardrails: {protected: [a@b.example, ADA@acme.example, ada@acme.example]}\n",
    "guardrails: {protected: [a@b.example]}\n",
  ],
  [
    "owner alone",
    "workspaces:\n  p:\n    name: P\n    keys:\n      k:\n        owner: ada@acme.example\n      l:\n        id: x\n        owner: 'ada@acme.example'\n",
    "workspaces:\n  p:\n    name: P\n    keys:\n      k: {}\n      l:\n        id: x\n",
  ],
  [
    "owner first of several",
    "organization:\n  keys:\n    k:\n      owner: ada@acme.example # x\n      soak: 3d\n",
    "organization:\n  keys:\n    k:\n      soak: 3d\n",
  ],
  [
    "an alias as the value",
    "x-d: &d {role: user}\nmembers:\n  ada@acme.example: *d\n  b@b.example: *d\n",
    "x-d: &d {role: user}\nmembers:\n  b@b.example: *d\n",
  ],
  [
    "free fields, and names that only look like them",
    "x-members: {ada@acme.example: 1}\nmembers: {ada@acme.example: 1}\nworkspaces:\n  x-t: {members: {ada@acme.example: 1}}\n",
    "x-members: {ada@acme.example: 1}\nmembers: {}\nworkspaces:\n  x-t: {members: {}}\n",
  ],
  [
    "JSON",
    '{\n  "version": 1,\n  "members": {\n    "b@b.example": { "role": "user" },\n    "ada@acme.example": {\n      "role": "user"\n    }\n  },\n  "guardrails": { "protected": ["ada@acme.example"] }\n}\n',
    '{\n  "version": 1,\n  "members": {\n    "b@b.example": { "role": "user" }\n  },\n  "guardrails": { "protected": [] }\n}\n',
  ],
  [
    "JSON with tabs",
    '{\n\t"members": {\n\t\t"ada@acme.example": {},\n\t\t"b@b.example": {}\n\t}\n}\n',
    '{\n\t"members": {\n\t\t"b@b.example": {}\n\t}\n}\n',
  ],
  [
    "JSON on one line",
    '{"members":{"ada@acme.example":{"role":"user"},"b@b.example":{"role":"user"}}}',
    '{"members":{"b@b.example":{"role":"user"}}}',
  ],
];

describe("small files", () => {
  test.each(CASES)("%s", (_, before, after) => {
    expect(removePerson(before, ADA).text).toBe(after);
    expect(removePerson(before.replaceAll("\n", "\r\n"), ADA).text).toBe(after.replaceAll("\n", "\r\n"));
    expect(removePerson(after, ADA)).toEqual({ text: after, removed: [], left: [] });
  });

  test.each([
    ["an anchor used elsewhere", "members:\n  ada@acme.example: &a {role: user}\n  b@b.example: *a\n"],
    ["an anchored key", "members:\n  &a ada@acme.example : {role: user}\n"],
    ["an alias for the members", "x-m: &m {ada@acme.example: user}\nworkspaces:\n  p:\n    name: P\n    members: *m\n"],
    ["members that another place shares", "members: &m {ada@acme.example: {role: user}}\nx-m: *m\n"],
    ["a merge", "x-m: &m {a: 1}\nmembers:\n  <<: *m\n  ada@acme.example: {role: user}\n"],
    ["a key with a question mark", "members:\n  ? ada@acme.example\n  : {role: user}\n"],
    ["an anchored item", "guardrails:\n  protected:\n    - &a ada@acme.example\n"],
    ["a broken file", "members: {ada@acme.example: {role: user}\n"],
  ])("%s is left to a person", (_, text) => {
    const act = () => removePerson(text, ADA);
    expect(act).toThrow(expect.objectContaining({ code: "config-unreadable" }));
    expect(act).toThrow(/cannot be taken out of the file safely: /);
    expect(act).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ fix: `take ${ADA} out by hand` }) }),
    );
  });
});

/** What the file should say afterwards, made the plain way. */
function withoutPerson(config: Record<string, unknown>, person: string): unknown {
  const copy = structuredClone(config) as {
    members: Record<string, unknown>;
    guardrails?: { protected: string[] };
    workspaces?: Record<
      string,
      { members?: Record<string, unknown>; keys?: Record<string, { owner?: string } | null> }
    >;
  };
  delete copy.members[person];
  if (copy.guardrails) copy.guardrails.protected = copy.guardrails.protected.filter((item) => item !== person);
  for (const { members, keys } of Object.values(copy.workspaces ?? {})) {
    delete members?.[person];
    for (const key of Object.values(keys ?? {})) if (key?.owner === person) delete key.owner;
  }
  return copy;
}

const STYLES: readonly ((value: unknown) => string)[] = [
  (value) => stringify(value),
  (value) => stringify(value, { collectionStyle: "flow" }),
  (value) => stringify(value, { indentSeq: false, defaultKeyType: "QUOTE_DOUBLE", defaultStringType: "QUOTE_SINGLE" }),
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => stringify(value).replaceAll("\n", "\r\n").trimEnd(),
];

const X_NAMED = {
  version: 1,
  members: {
    "grace@acme.example": { role: "admin" },
    "alan@acme.example": { role: "admin" },
    "a@team.example": { role: "user" },
  },
  workspaces: { x: { name: "X", keys: { "x-0": { owner: "a@team.example" } } } },
};

test("in any file, the person is gone from those places and everybody else is there", () => {
  fc.assert(
    fc.property(validConfig, fc.nat(), fc.constantFrom(...STYLES), fc.boolean(), (config, pick, write, guarded) => {
      const people = Object.keys(config.members as object);
      const person = people[pick % people.length] ?? "";
      const { "x-anything": _, ...rest } = config;
      const file = guarded ? { ...rest, guardrails: { protected: people } } : rest;
      const { text, removed } = removePerson(write(file), person.toUpperCase());
      expect(removed.length).toBeGreaterThan(0);
      expect(readYaml(text)).toMatchObject({ problems: [], value: withoutPerson(file, person) });
      expect(text).not.toMatch(new RegExp(`(?<![a-z])${person}`, "i"));
    }),
    // A key whose name begins with x-.
    { examples: [[X_NAMED, 2, STYLES[0] as (value: unknown) => string, false]] },
  );
});

test("whoever reviews a workspace, or everything, is taken out of there too, and what is accepted about them is listed", () => {
  const text = `version: 1
workspaces:
  prod:
    name: P
    owner: Bob@acme.example
review: { default_reviewer: bob@acme.example }
accept:
  - { target: members.bob@acme.example, until: 2027-01-31, owner: bob@acme.example, reason: r }
`;
  expect(removePerson(text, "bob@acme.example")).toEqual({
    text: text.replace("    owner: Bob@acme.example\n", "").replace("{ default_reviewer: bob@acme.example }", "{}"),
    removed: ["workspaces.prod.owner", "review.default_reviewer"],
    left: ["accept[0].owner", "accept[0].target"],
  });
});
