import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Stage, stage } from "../../support/stage.ts";

const ACME = "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47";
const BOB = ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes"];
const ADA = ["revoke", "--user", "ada@acme.example", "--yes"];

const file = ({ folder }: Stage, name: string) => readFileSync(join(folder, name), "utf8");
const status = ({ sandbox }: Stage, name: string) => sandbox.state.api_keys.find((key) => key.name === name)?.status;
const isMember = ({ sandbox }: Stage, email: string) => sandbox.state.users.some((user) => user.email === email);
const audit = async ({ run }: Stage) => JSON.parse((await run(["audit", "show", "--json"])).stdout).entries;
const rules = (guardrails: readonly { readonly rule: string; readonly ok: boolean | null }[]) =>
  guardrails.filter(({ ok }) => ok === false).map(({ rule }) => rule);

describe("an offboarding", () => {
  test("takes everything away, looks again, and writes evidence; a second run finds nothing to do", async () => {
    const one = await stage();
    const ran = await one.run([...BOB, "--evidence", "bob.json", "--json"]);
    expect([ran.exitCode, ran.json().verified, ran.json().remaining]).toEqual([0, true, []]);
    expect(ran.json().results.map(({ status: became }) => became)).toEqual(Array(5).fill("done"));
    // A personal key is archived with its person.
    expect([isMember(one, "bob@acme.example"), status(one, "dev-bob"), status(one, "dev-shared")]).toEqual([
      false,
      "archived",
      "inactive",
    ]);
    const evidence = JSON.parse(file(one, "bob.json"));
    expect(evidence).toMatchObject({
      format_version: "1",
      kind: "evidence",
      organization: { id: ACME },
      subjects: [{ kind: "person", email: "bob@acme.example", standing: "member" }],
      after: { verified: true, remaining: [] },
    });
    expect(evidence.before[0].keys).toHaveLength(2);
    expect(evidence.actions).toHaveLength(5);
    for (const action of evidence.actions)
      expect(action).toMatchObject({ status: "done", request_id: expect.any(String) });
    expect(statSync(join(one.folder, "bob.json")).mode & 0o777).toBe(0o600);
    expect((await audit(one)).at(-1)).toMatchObject({
      command: "revoke",
      event: "evidence",
      target: "bob.json",
      reason: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });

    const writes = one.writes().length;
    const second = await one.run([...BOB, "--evidence", "bob.json"]);
    expect([second.exitCode, one.writes().length]).toEqual([0, writes]);
    expect(second.stdout).toContain("nothing to change");
    expect(second.stderr).toContain("bob.json is there already, and was left as it is");
    expect(JSON.parse(file(one, "bob.json"))).toEqual(evidence);
  });

  test("takes no other file for the evidence that an earlier run could not write", async () => {
    const one = await stage();
    const first = await one.run([...BOB, "--evidence", "/dev/full"]);
    expect([first.exitCode, isMember(one, "bob@acme.example")]).toEqual([1, false]);
    writeFileSync(join(one.folder, "notes.txt"), "not evidence");
    for (const taken of ["notes.txt", "."]) {
      const second = await one.run([...BOB, "--evidence", taken]);
      expect([taken, second.exitCode]).toEqual([taken, 1]);
      expect(second.stdout).toContain(`there is no evidence: "${taken}" is there already; name another file`);
    }
    const third = await one.run([...BOB, "--evidence", "bob.json"]);
    expect([third.exitCode, JSON.parse(file(one, "bob.json")).actions.length]).toEqual([0, 5]);
  });

  test("keeps the evidence in the state directory where no file is named", async () => {
    const one = await stage();
    const { stderr } = await one.run(BOB);
    const folder = join(one.folder, "state", "evidence");
    const [name = "", ...others] = readdirSync(folder);
    expect([name, others]).toEqual(["revoke-20261123T120000Z-bob@acme.example.json", []]);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(stderr).toContain(`evidence: ${join(folder, name)}`);
    await one.run(BOB);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test("writes Markdown where the file ends in .md, and never over a file", async () => {
    const one = await stage();
    expect((await one.run([...BOB, "--evidence", "bob.md"])).exitCode).toBe(0);
    expect(file(one, "bob.md")).toContain("Verified: the organization was read again");
    const refused = await one.run([...ADA, "--keys", "keep", "--evidence", "bob.md", "--json"]);
    expect([refused.exitCode, refused.json().code]).toEqual([3, "file-exists"]);
    expect(isMember(one, "ada@acme.example")).toBe(true);
  });

  test("shows what a person reaches, and does nothing, with --dry-run", async () => {
    const one = await stage();
    const ran = await one.run(["revoke", "--user", "bob@acme.example", "--keys", "disable", "--dry-run"]);
    expect([ran.exitCode, one.writes(), existsSync(join(one.folder, "state"))]).toEqual([2, [], false]);
    expect(ran.stdout).toMatch(
      /Bob Example <bob@acme\.example>: user[\s\S]*Workspaces \(2\)[\s\S]*dev-shared .* requests in 7 days/,
    );
    const markdown = await one.run([...BOB, "--dry-run", "--format", "markdown"]);
    expect(markdown.stdout).toContain("### Bob Example");
    const { json } = await one.run([...BOB, "--dry-run", "--json"]);
    expect(json()).toMatchObject({ kind: "plan", revocations: [{ subject: { email: "bob@acme.example" } }] });
  });

  test("leaves an organization admin to the Console", async () => {
    const one = await stage();
    const ran = await one.run([
      "revoke",
      "--user",
      "grace@acme.example",
      "--keys",
      "disable",
      "--yes",
      "--json",
      "--allow",
      "min_admins=leaves",
    ]);
    expect([ran.exitCode, ran.json().results.filter((result) => result.status === "manual").length]).toEqual([7, 2]);
    expect([status(one, "org-grace"), isMember(one, "grace@acme.example")]).toEqual(["inactive", true]);
  });

  test.each([
    ["protected", { guardrails: { protected: ["bob@acme.example"] } }, "bob"],
    ["min_admins", { guardrails: { min_admins: 2 } }, "grace"],
  ])("is refused by %s, and shown all the same", async (rule, config, who) => {
    const one = await stage();
    one.declare({ organization: { id: ACME }, members: { [`${who}@acme.example`]: { role: "user" } }, ...config });
    const ran = await one.run(["revoke", "--user", `${who}@acme.example`, "--keys", "disable", "--yes", "--json"]);
    expect([ran.exitCode, rules(ran.json().guardrails), one.writes()]).toEqual([3, [rule], []]);
    expect(ran.json().changes.length).toBeGreaterThan(1);
  });

  test("is refused where it is about whoever runs it", async () => {
    const one = await stage();
    const env = { ANTHROPIC_ADMIN_KEY: one.sandbox.secretOf("org-grace") };
    const words = ["revoke", "--user", "grace@acme.example", "--keys", "keep", "--yes", "--json"];
    const ran = await one.run(words, { env });
    expect([ran.exitCode, rules(ran.json().guardrails), one.writes()]).toEqual([3, ["self"], []]);
  });

  test("of whom apply has removed knows the keys that they made", async () => {
    const one = await stage();
    one.declare({ members: { "bob@acme.example": { role: "user", until: "2026-01-31" } } });
    expect((await one.run(["apply", "--yes"])).exitCode).toBe(0);
    const undecided = await one.run(["revoke", "--user", "bob@acme.example", "--yes"]);
    expect([undecided.exitCode, undecided.stdout]).toEqual([
      3,
      expect.stringMatching(/dev-shared .*UNDECIDED: in use/),
    ]);
    const { exitCode, json } = await one.run([
      "revoke",
      "--user",
      "bob@acme.example",
      "--keys",
      "disable",
      "--yes",
      "--json",
    ]);
    expect([exitCode, json().changes.map(({ target }) => target.split(".").at(-1))]).toEqual([0, ["dev-shared"]]);
  });

  test("of whoever was only invited cancels the invitation", async () => {
    const one = await stage();
    const words = ["revoke", "--user", "erin@acme.example", "--yes", "--json"];
    const ran = await one.run(words);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect((await one.run(words)).exitCode).toBe(0);
  });

  test("of whom only an invitation, or the file, ever named says no member, and not that they were one", async () => {
    const one = await stage();
    one.declare({ members: { "erin@acme.example": { role: "developer" }, "hal@acme.example": { role: "user" } } });
    await one.run(["revoke", "--user", "erin@acme.example", "--yes"]);
    for (const who of ["erin@acme.example", "hal@acme.example"])
      expect((await one.run(["revoke", "--user", who, "--yes"])).stdout).toContain(`${who}: no member\n`);
  });

  test("of whom nobody knows fails with the nearest e-mail, or is nothing to do", async () => {
    const one = await stage();
    const words = ["revoke", "--user", "bobb@acme.example"];
    const failed = await one.run(words);
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining('did you mean "bob@acme.example"?')]);
    const ran = await one.run([...words, "--if-exists", "--json"]);
    expect([ran.exitCode, ran.json().results]).toEqual([0, []]);
    expect(await one.run(["revoke", "--key", "no-such-key", "--if-exists"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("key no-such-key: not found"),
    });
    const stdin = "sk-ant-api03-sandbox-of-somebody-else-AbCdEfGh";
    expect((await one.run(["revoke", "--secret-stdin", "--if-exists"], { stdin })).stdout).toContain("EfGh: not found");
  });

  test("names everybody who was not found: in the error, and with --if-exists on screen, in JSON and in the evidence", async () => {
    const one = await stage();
    writeFileSync(join(one.folder, "leavers.txt"), "nosuch@acme.example\nbob@acme.example\ncarol@acme.example\n");
    const words = ["revoke", "--batch", "leavers.txt", "--keys", "disable", "--yes"];
    const failed = await one.run(words);
    expect([failed.exitCode, one.writes()]).toEqual([1, []]);
    expect(failed.stderr).toContain(
      'each of these is no member, not invited, not in the file, and not revoked earlier: "nosuch@acme.example", "carol@acme.example"',
    );
    const found = [...words, "--if-exists"];
    // One person is found, so --max is not needed.
    const ran = await one.run([...found, "--evidence", "leavers.json"]);
    expect([ran.exitCode, isMember(one, "bob@acme.example")]).toEqual([0, false]);
    expect(ran.stdout).toContain("nosuch@acme.example: not found");
    expect(ran.stdout).toContain("carol@acme.example: not found");
    const subjects = [
      { email: "nosuch@acme.example", standing: "not-found" },
      { email: "bob@acme.example", standing: "member" },
      { email: "carol@acme.example", standing: "not-found" },
    ];
    expect(JSON.parse(file(one, "leavers.json"))).toMatchObject({ subjects });
    const { stdout } = await one.run([...found, "--dry-run", "--json"]);
    expect(JSON.parse(stdout).revocations.map(({ subject }: { subject: object }) => subject)).toMatchObject([
      { standing: "not-found" },
      { standing: "gone" },
      { standing: "not-found" },
    ]);
  });

  test("takes another case for the same person, and a plus-address for another one", async () => {
    const one = await stage();
    one.sandbox.control.console.addUser("bob+test@acme.example", "user");
    const ran = await one.run(["revoke", "--user", "Bob@ACME.example", "--keys", "disable", "--yes"]);
    expect([ran.exitCode, isMember(one, "bob@acme.example"), isMember(one, "bob+test@acme.example")]).toEqual([
      0,
      false,
      true,
    ]);
  });
});

describe("keys that a person made", () => {
  test("and that are in use have to be decided about", async () => {
    const one = await stage();
    const ran = await one.run([...ADA, "--json"]);
    expect([ran.exitCode, ran.json().refusal?.code, ran.json().refusal?.fix, one.writes()]).toEqual([
      3,
      "input-needed",
      "--keys disable|rotate|keep",
      [],
    ]);
  });

  test.each([
    ["disable", 0, "inactive"],
    ["rotate", 7, "active"],
    ["keep", 0, "active"],
  ])("--keys %s", async (decision, exitCode, became) => {
    const one = await stage();
    const ran = await one.run([...ADA, "--keys", decision]);
    expect([ran.exitCode, status(one, "prod-auth-service"), isMember(one, "ada@acme.example")]).toEqual([
      exitCode,
      became,
      false,
    ]);
  });

  test("are asked about on a terminal: one answer, for each that the question names", async () => {
    const one = await stage();
    one.sandbox.control.console.createKey({ name: "idle", workspace: "Staging", created_by: "ada@acme.example" });
    const ran = await one.run([...ADA, "--quiet"], { typed: [{ after: "What becomes of", send: "1\r" }] });
    expect(ran.stderr).toMatch(
      /prod-auth-service \(Production; in use, or may be\)[\s\S]*idle \(Staging; not in use\)/,
    );
    expect([ran.exitCode, status(one, "prod-auth-service"), status(one, "idle")]).toEqual([0, "inactive", "inactive"]);
  });

  test("are left alone, with everything else, where the answer is only Return or the input ends", async () => {
    for (const send of ["\r", "\u0004", "4\r"]) {
      const one = await stage();
      const members = "version: 1\nmembers:\n  ada@acme.example: { role: developer }\n";
      writeFileSync(join(one.folder, "rbac.yaml"), members, { mode: 0o640 });
      const ran = await one.run(ADA, { typed: [{ after: "What becomes of", send }] });
      expect(ran.stderr).toContain("rbac.yaml:3:21: warning: the file still speaks of");
      // The plan was shown with the question, and is not said once more.
      expect(ran.stderr).toContain("members.ada@acme.example");
      expect(ran.stdout).not.toContain("members.ada@acme.example");
      expect([ran.exitCode, one.writes()]).toEqual([3, []]);
      expect(ran.stdout).toContain("--keys disable|rotate|keep");
    }
  });
});

describe("several people", () => {
  test.each([[["--user", "bob@acme.example", "--user", "cleo@acme.example"]], [["--batch", "leavers.txt"]]])(
    "need --max: %s",
    async (who) => {
      const one = await stage();
      writeFileSync(join(one.folder, "leavers.txt"), "# leavers\nbob@acme.example # Friday\n\ncleo@acme.example\n");
      const words = ["revoke", ...who, "--keys", "disable", "--yes", "--json"];
      const refused = await one.run(words);
      expect([refused.exitCode, rules(refused.json().guardrails), one.writes()]).toEqual([3, ["max_removals"], []]);
      expect((await one.run([...words, "--max", "2"])).exitCode).toBe(0);
      expect(isMember(one, "cleo@acme.example")).toBe(false);
    },
  );

  test("a batch says which line is no e-mail", async () => {
    const one = await stage();
    writeFileSync(join(one.folder, "leavers.txt"), "bob@acme.example\nbob\n");
    expect(await one.run(["revoke", "--batch", "leavers.txt"])).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('line 2 of "leavers.txt"'),
    });
  });
});

describe("one key", () => {
  test("by name and by id", async () => {
    const one = await stage();
    expect((await one.run(["revoke", "--key", "prod-batch", "--yes"])).exitCode).toBe(0);
    const { id = "" } = one.sandbox.state.api_keys.find(({ name }) => name === "dev-shared") ?? {};
    expect((await one.run(["revoke", "--key", id, "--yes"])).exitCode).toBe(0);
    expect([status(one, "prod-batch"), status(one, "dev-shared")]).toEqual(["inactive", "inactive"]);
  });

  test("has to be one", async () => {
    const one = await stage();
    one.sandbox.control.console.createKey({ name: "dev-shared", workspace: "Staging" });
    expect((await one.run(["revoke", "--key", "dev-shared", "--json"])).json()).toMatchObject({ code: "ambiguous" });
  });

  test("by its leaked secret, which is never shown", async () => {
    const one = await stage();
    const secret = one.sandbox.secretOf("dev-shared");
    const ran = await one.run(["revoke", "--secret-stdin", "--yes", "--debug"], { stdin: `KEY="${secret}"\n` });
    expect([ran.exitCode, status(one, "dev-shared")]).toEqual([0, "inactive"]);
    expect(ran.stdout + ran.stderr + file(one, "state/audit.jsonl")).not.toContain(secret);
  });

  test.each([
    ["sk-ant-admin01-fake-abcdefghijklmnopqrstuvwxyz", 7],
    ["sk-ant-oat01-fake-abcdefghijklmnopqrstuvwxyz", 7],
    ["sk-ant-api01-fake-abcdefghijklmnopqrstuvwxyz", 7],
    ["sk-ant-api03-fake-abcdefghijklmnopqrstuvwxyz", 1],
    ["something-else-that-leaked-0123456789", 1],
  ])("the secret %s", async (secret, exitCode) => {
    const one = await stage();
    const env = exitCode === 7 ? { ANTHROPIC_ADMIN_KEY: undefined } : {};
    const ran = await one.run(["revoke", "--secret-stdin", "--yes"], { stdin: secret, env });
    expect([ran.exitCode, one.writes()]).toEqual([exitCode, []]);
    expect(ran.stdout + ran.stderr).not.toContain(secret);
  });
});

describe("rbac.yaml", () => {
  const YAML = [
    "version: 1",
    "members:",
    "  grace@acme.example: { role: admin } # stays",
    "  bob@acme.example: { role: user }",
    "",
  ].join("\n");

  test("still names the person, unless --update-config takes them out, in a second run too", async () => {
    const one = await stage();
    writeFileSync(join(one.folder, "rbac.yaml"), YAML, { mode: 0o640 });
    const ran = await one.run([...BOB, "--json"]);
    expect(ran.json().findings.map(({ code }) => code)).toContain("still-declared");
    expect(file(one, "rbac.yaml")).toBe(YAML);
    const planned = await one.run([...BOB, "--update-config", "--dry-run"]);
    expect(planned.stdout).toContain("--update-config takes the person out of it once everything is carried out");
    expect(planned.stdout).not.toContain("may give access again");
    const second = await one.run([...BOB, "--update-config", "--json"]);
    expect([second.exitCode, second.json().findings]).toEqual([0, []]);
    expect(second.stderr).toContain("took out members.bob@acme.example");
    expect(file(one, "rbac.yaml")).toBe(YAML.replace("  bob@acme.example: { role: user }\n", ""));
    expect(statSync(join(one.folder, "rbac.yaml")).mode & 0o777).toBe(0o640);
  });

  test("keeps its byte order mark and the line ends of Windows when it is edited", async () => {
    const one = await stage();
    const windows = `\ufeff${YAML.replaceAll("\n", "\r\n")}`;
    writeFileSync(join(one.folder, "rbac.yaml"), windows);
    expect((await one.run([...BOB, "--update-config"])).exitCode).toBe(0);
    expect(file(one, "rbac.yaml")).toBe(windows.replace("  bob@acme.example: { role: user }\r\n", ""));
  });

  test("whoever only the file knew is known to a second run, once --update-config took them out", async () => {
    const one = await stage();
    writeFileSync(join(one.folder, "rbac.yaml"), YAML.replace("bob", "zoe"));
    const zoe = ["revoke", "--user", "zoe@acme.example", "--update-config", "--yes", "--json"];
    const first = await one.run(zoe);
    expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining("took out members.zoe@acme.example")]);
    const log = await one.run(["audit", "show", "--target", "members.zoe@acme.example", "--json"]);
    expect(JSON.parse(log.stdout).entries).toMatchObject([
      { event: "evidence", outcome: "done", about: ["members.zoe@acme.example"] },
    ]);
    const second = await one.run(zoe);
    expect([second.exitCode, second.json().verified, one.writes()]).toEqual([0, true, []]);
    // Whoever was asked for beside them, and was found nowhere, is as unknown as before.
    const yan = ["revoke", "--user", "yan@acme.example", "--user", "zoe@acme.example", "--max", "2", "--if-exists"];
    expect((await one.run([...yan, "--evidence", "both.json", "--yes"])).exitCode).toBe(0);
    expect((await one.run(["revoke", "--user", "yan@acme.example", "--yes"])).exitCode).toBe(1);
  });

  test("that is not valid stops everything", async () => {
    const one = await stage();
    one.declare({ members: { "bob@acme.example": { role: "no-such-role" } } });
    expect([(await one.run(BOB)).exitCode, one.writes()]).toEqual([2, []]);
  });
});

test.each([
  [[]],
  [["--user", "bob@acme.example", "--key", "dev-bob"]],
  [["--user", "bob@acme.example", "--workspace", "prod"]],
  [["--user", "bob@acme.example", "--update-config"]],
  [["--key", "sk-ant-api03-fake-abcdefghijklmnopqrstuvwxyz"]],
  [["--user", "bob@acme.example", "--keys", "burn"]],
])("wrong usage: %s", async (words) => {
  const one = await stage();
  const ran = await one.run(["revoke", ...words]);
  expect([ran.exitCode, one.sandbox.requests]).toEqual([64, []]);
  expect(ran.stdout + ran.stderr).not.toContain("abcdefghijklmnop");
});

test("what --update-config leaves is said, and the next validate asks for another name, not for somebody who looks like it", async () => {
  const one = await stage();
  one.declare({
    manage: { members: "full" },
    members: {
      "ada@acme.example": { role: "developer" },
      "alan@acme.example": { role: "admin" },
      "grace@acme.example": { role: "admin" },
    },
    accept: [
      { target: "members.bob@acme.example", until: "2026-12-31", owner: "ada@acme.example", reason: "on leave" },
    ],
  });
  const ran = await one.run([...ADA, "--keys", "keep", "--update-config", "--json"]);
  expect([ran.exitCode, ran.stderr]).toEqual([0, expect.stringContaining("took out members.ada@acme.example")]);
  expect(ran.json().findings.filter(({ code }) => code.startsWith("still-"))).toEqual([
    expect.objectContaining({
      code: "still-named",
      severity: "warning",
      message: expect.stringContaining('the file still names "ada@acme.example" (accept[0].owner)'),
    }),
  ]);
  const { exitCode, stdout } = await one.run(["validate", "--strict"]);
  expect([exitCode, stdout]).toEqual([2, expect.stringContaining("name somebody who is a member here")]);
  expect(stdout).not.toContain("did you mean");
});

test.each([
  [
    "sk-ant-admin01-sandbox-somebody-AbCdEfGh",
    "it reads and changes the whole organization",
    "1. delete it in the Console",
  ],
  ["sk-ant-oat01-sandbox-somebody-AbCdEfGh", "in everything that its scope allows", "1. sign that account out"],
])("of a leaked %s says what it can do, and what to do now, in order", async (stdin, can, first) => {
  const one = await stage();
  const { exitCode, stdout } = await one.run(["revoke", "--secret-stdin"], { stdin });
  expect([exitCode, stdout]).toEqual([7, expect.stringContaining(can)]);
  expect(stdout).toContain(first);
  expect(stdout).not.toMatch(/gives no access|reaches nothing/);
});
