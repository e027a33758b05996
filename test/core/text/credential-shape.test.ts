import { expect, test } from "vitest";
import { credentialIn, maskCredentials, secretWord } from "../../../src/core/text/credential-shape.ts";
import { quoted, quotedPath } from "../../../src/core/text/text.ts";

const fake = (prefix: string, length: number) => `${prefix}${"FAKE0".repeat(10).slice(0, length)}`;

test.each([
  ["rate_store: redis://team:not-so-secret@cache.acme.example:6379", "a URL with a password"],
  ["rate_store: redis://cache.acme.example:6379/?password=not-so-secret", "a URL with a password"],
  [`deliver: [[curl, https://deploy:${"fake"}pass@ci.acme.example/x]]`, "a URL with a password"],
  [`x: ${fake("ghp_", 36)}`, "a token of GitHub"],
  [`x: ${fake("AKIA", 16)}`, "an access key of AWS"],
  [`x: ${fake("glpat-", 20)}`, "a token of GitLab"],
])("%s holds %s", (line, what) => {
  expect(credentialIn(line)).toMatchObject({ what });
});

test.each([
  "rate_store: redis://cache.acme.example:6379",
  "rate_store: redis://team@cache.acme.example",
  "rate_store: redis://:$PASSWORD@cache",
  "reason: see https://wiki.acme.example/?page=password&secret=",
  "rate_store: redis://team:<password>@cache",
  "url: https://token.actions.githubusercontent.com",
  "reason: see https://wiki.acme.example/a:b and ask ada@acme.example",
  "- [gh, secret, set, ANTHROPIC_API_KEY]",
])("%s holds none", (line) => {
  expect(credentialIn(line)).toBeUndefined();
});

test("a command's secret is the value of a flag, not a name, a file, a variable or stdin", () => {
  expect(secretWord(["vault", "login", "--token=hunter2-hunter2"])).toBe(2);
  expect(secretWord(["tool", "--password", "hunter2-hunter2"])).toBe(1);
  for (const words of [
    ["gh", "secret", "set", "ANTHROPIC_API_KEY"],
    ["tool", "--token", "-"],
    ["tool", "--password=$PASSWORD"],
    ["tool", "--password", "@/run/secret"],
    ["tool", "--token", "--json"],
    ["tool", "--token"],
  ]) {
    expect(secretWord(words), words.join(" ")).toBeUndefined();
  }
});

test("a value that is quoted has none of them: of a URL everything but the password stays", () => {
  expect(quoted("https://deploy:not-so-secret@token.acme.example/x")).toBe(
    '"https://deploy:[masked]@token.acme.example/x"',
  );
  expect(quoted(`a ${fake("ghp_", 36)} and redis://:hunter2hunter2@cache`)).toBe(
    '"a [masked] and redis://:[masked]@cache"',
  );
  expect(quoted("redis://cache/?db=1&password=not-so-secret")).toBe('"redis://cache/?db=1&[masked]"');
  expect(quoted(`https://u:${"p".repeat(300)}@acme.example`)).toBe('"https://u:[masked]@acme.example"');
  expect(maskCredentials("https://wiki.acme.example/a:b, ask ada@acme.example")).toBe(
    "https://wiki.acme.example/a:b, ask ada@acme.example",
  );
});

test.each(["a.", "-eyJ0eXAiOiJKV1Qi", "a://b:", "-----BEGIN A"])(
  "a long text of %j is looked through in one go",
  (part) => {
    // From each of its parts to the end it would be ten billion characters: minutes, on any machine.
    const line = part.repeat(Math.ceil(200_000 / part.length));
    expect(credentialIn(line)).toBeUndefined();
    expect(maskCredentials(line)).toBe(line);
  },
);

test("a path is quoted to its end, which names the file: of one that is too long the beginning goes", () => {
  const deep = `${"deep/".repeat(30)}rbac.yaml`;
  expect(quotedPath(deep)).toBe(`"${deep}"`);
  const long = quotedPath(`/${"k".repeat(100_000)}/rbac.yaml`);
  expect([long.length, long.startsWith('"…k'), long.endsWith('k/rbac.yaml"')]).toEqual([402, true, true]);
});
