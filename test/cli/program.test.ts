import { describe, expect, test } from "vitest";
import { type Parsed, parseArguments } from "../../src/cli/program.ts";

/** What a command line is understood as, and what it prints. */
async function parsed(...words: readonly string[]): Promise<{ readonly parsed: Parsed; readonly printed: string }> {
  let printed = "";
  const result = await parseArguments(words, (text) => {
    printed += text;
  });
  return { parsed: result, printed };
}

/** The options of a command line that runs something; fails for one that does not. */
async function options(...words: readonly string[]) {
  const { parsed: result } = await parsed(...words);
  if (result.kind !== "run") throw new Error(`${words.join(" ")} is ${JSON.stringify(result)}`);
  return { ...result.invocation.options, format: result.invocation.format };
}

describe("flags", () => {
  test.each([
    [
      ["--json", "drift"],
      ["drift", "--json"],
    ],
    [
      ["-c", "apply", "--format=markdown", "drift"],
      ["drift", "-c", "apply", "--format=markdown"],
    ],
    [
      ["--quiet", "audit", "--format", "csv", "show", "--limit", "3"],
      ["audit", "show", "--quiet", "--format", "csv", "--limit", "3"],
    ],
    [
      ["--config", "x.yaml", "test", "a.yaml", "b.yaml"],
      ["test", "--config", "x.yaml", "a.yaml", "b.yaml"],
    ],
    [
      ["--timeout", "30s", "--no-input", "apply", "--yes"],
      ["apply", "--yes", "--timeout", "30s", "--no-input"],
    ],
  ])("%j means the same as %j", async (before, after) => {
    expect(await options(...before)).toEqual(await options(...after));
  });

  test("behind a double dash are words", async () => {
    expect((await parsed("prompt", "--", "--json")).parsed).toMatchObject({
      kind: "run",
      invocation: { format: "text" },
    });
  });
});

describe("help", () => {
  test.each([[[]], [["audit"]], [["--json"]], [["--debug", "audit"]]])(
    "is what %j prints, as an answer",
    async (words) => {
      const { parsed: result, printed } = await parsed(...words);
      expect(result).toEqual({ kind: "answered" });
      expect(printed).toContain(words.includes("audit") ? "Usage: anth-rbac audit" : "Usage: anth-rbac [options]");
    },
  );

  test.each([
    ["schema", ["--config", "--quiet", "--no-input", "--timeout"]],
    ["export", ["--config", "--no-input"]],
    ["drift", ["--no-input", "--yes"]],
    ["rotate", ["--only"]],
    ["revoke", ["--workspace", "--confirm "]],
    ["test", ["--timeout", "--no-input"]],
    ["sandbox", ["--config", "--no-input", "--timeout"]],
  ])("of %s has no flag that means nothing there", async (command, absent) => {
    const { printed } = await parsed(command, "--help");
    expect(absent.filter((flag) => printed.includes(flag))).toEqual([]);
  });

  test("shows no empty default", async () => {
    for (const command of ["export", "apply", "rotate", "revoke", "prompt"]) {
      expect((await parsed(command, "--help")).printed).not.toContain("(default: [])");
    }
  });
});

describe("a mistake", () => {
  test.each([
    [["apply", "--nonsense"], "anth-rbac apply --help"],
    [["--json", "audit", "show", "--limit", "x"], "anth-rbac audit show --help"],
    [["revoke", "--workspace", "prod"], "anth-rbac revoke --help"],
    [["audit", "shwo"], "anth-rbac audit --help"],
    [["aply"], "anth-rbac --help"],
  ])("in %j names the help of the command itself: %s", async (words, help) => {
    expect((await parsed(...words)).parsed).toMatchObject({ kind: "invalid", help, json: words.includes("--json") });
  });

  test("in the name of a command says which one may be meant", async () => {
    expect((await parsed("aply")).parsed).toMatchObject({ message: expect.stringContaining("Did you mean apply?") });
  });
});

test("a mistake of any length is said in a line", async () => {
  const long = "x".repeat(100_000);
  for (const words of [[long], ["drift", `--${long}`], ["drift", "--only", long], ["apply", "--allow", `${long}=y`]]) {
    const { parsed: result } = await parsed(...words);
    expect(result.kind === "invalid" && result.message.length < 500 ? "" : words[0]).toBe("");
  }
});

test("a dash names no file where stdout has the result, and is stdout where the file is the result", async () => {
  for (const words of [
    ["drift", "--out", "-"],
    ["rotate", "--status", "--ics", "-"],
    ["revoke", "--user", "ada@acme.example", "--evidence", "-"],
    ["review", "start", "-"],
    ["review", "finish", "q4.yaml", "--evidence", "-"],
  ]) {
    const { parsed: result } = await parsed(...words);
    expect(result, words.join(" ")).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("not for stdout"),
    });
  }
  expect(await options("export", "--out", "-")).toMatchObject({ format: "text" });
});

test("a flag with an empty value, as of a variable that is not set, is wrong usage", async () => {
  for (const words of [
    ["drift", "--out", ""],
    ["drift", "--config="],
    ["revoke", "--evidence", " ", "--user", "ada@acme.example"],
    ["rotate", "--ics", ""],
    ["review", "--people", ""],
    ["audit", "show", "--target", ""],
  ]) {
    const { parsed: result } = await parsed(...words);
    expect(result).toMatchObject({ kind: "invalid", message: expect.stringMatching(/^--[a-z]+ is empty$/) });
  }
  expect(await options("prompt", "--system", "", "hi")).toMatchObject({ format: "text" });
});

test.each([
  ["revoke --key a --key b", "--key"],
  ["revoke --batch a --batch=b", "--batch"],
  ["status --user a@acme.example --user b@acme.example", "--user"],
  ["-c a drift --config b", "--config"],
  ["apply --plan a --plan b", "--plan"],
  ["rotate --secret-env A --secret-env B", "--secret-env"],
  ["prompt --model a --model b hi", "--model"],
  ["audit show --limit 3 --limit 4", "--limit"],
])("%s is wrong usage: of two values only the last would count", async (line, flag) => {
  const { parsed: result } = await parsed(...line.split(" "));
  expect(result).toMatchObject({
    kind: "invalid",
    message: expect.stringContaining(`${flag} takes one value, and has two`),
  });
});

test.each([
  "rotate --key a --key b --workspace c --workspace d",
  "revoke --user a@acme.example --user b@acme.example --max 2",
  "apply --confirm a --confirm b --only keys --only members --allow self=a --allow domains=b",
  "drift --config a --config a --json --json",
])("%s is not: what is repeatable, and the same value again", async (line) => {
  expect((await parsed(...line.split(" "))).parsed.kind).toBe("run");
});
