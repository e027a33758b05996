import { expect, test } from "vitest";
import { credentialsIn, maskCredentials, secretWord } from "../../../src/core/text/credential-shape.ts";
import { quoted, quotedPath } from "../../../src/core/text/text.ts";

const fake = (prefix: string, length: number) => `${prefix}${"FAKE0".repeat(10).slice(0, length)}`;

test.each([
  ["rate_store: redis://team:not-so-secret@cache.acme.example:6379", "a URL with a password"],
  ['rate_store: "redis://:not/so?secret#at@all@cache.acme.example:6379"', "a URL with a password"],
  ["rate_store: redis://cache.acme.example:6379/?password=not-so-secret", "a URL with a password"],
  [`deliver: [[curl, https://deploy:${"fake"}pass@ci.acme.example/x]]`, "a URL with a password"],
  ["url: https://hooks.acme.example/?token=not-so-secret", "a URL with a password"],
  [`x: https://hooks.slack.com/services/T00000000/B00000000/${fake("", 24)}`, "the address of a webhook"],
  [`x: https://discord.com/api/webhooks/123456789012345678/${fake("", 40)}`, "the address of a webhook"],
  [`x: https://acme.webhook.office.com/webhookb2/${fake("", 40)}`, "the address of a webhook"],
  [`- [curl, -H, "Authorization: Bearer ${fake("", 24)}"]`, "a credential in a header"],
  [`- [curl, -H, "authorization: Basic ${fake("", 22)}=="]`, "a credential in a header"],
  [`x: ${fake("sk-proj-", 40)}`, "an API key of another service"],
  [`x: ${fake("ghp_", 36)}`, "a token of GitHub"],
  [`x: ${fake("AKIA", 16)}`, "an access key of AWS"],
  [`x: ${fake("glpat-", 20)}`, "a token of GitLab"],
  [`x: ${fake("github_pat_", 22)}`, "a token of GitHub"],
  [`x: ${fake("xoxb-", 12)}`, "a token of Slack"],
  [`x: ${fake("npm_", 36)}`, "a token of npm"],
  [`x: ${fake("ASIA", 16)}`, "an access key of AWS"],
  [`x: ${fake("AIza", 35)}`, "an API key of Google"],
  [`x: ${fake("hvs.", 24)}`, "a token of Vault"],
  [`x: ${fake("sk_live_", 24)}`, "a secret key of a payment service"],
  [`x: ${fake("eyJ", 12)}.${fake("eyJ", 12)}.`, "a JSON Web Token"],
  ["-----BEGIN RSA PRIVATE KEY-----", "a private key"],
])("%s holds %s, and is masked", (line, what) => {
  expect(credentialsIn(line)).toMatchObject([{ what }]);
  expect(maskCredentials(line)).not.toBe(line);
  expect(maskCredentials(line)).toContain("[masked]");
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
  "reason: see https://hooks.slack.com/services/ and https://discord.com/api/webhooks/<id>/<token>",
  '- [curl, -H, "Authorization: Bearer $DEPLOY_TOKEN_1"]',
  "reason: the bearer authentication_of_everybody, and basic understanding of 2 things",
  `disk-${fake("", 40)}: { name: Disk }`,
])("%s holds none", (line) => {
  expect(credentialsIn(line)).toEqual([]);
});

test("each kind of secret in a line is named once, and what is part of another is not named again", () => {
  const url = "redis://team:not-so-secret@cache";
  expect(credentialsIn(`x: [${fake("ghp_", 36)}, ${url}, ${fake("ghp_", 30)}]`)).toEqual([
    { what: "a URL with a password", offset: 46 },
    { what: "a token of GitHub", offset: 4 },
  ]);
  const header = `Bearer ${fake("ghp_", 36)}`;
  expect(credentialsIn(`${header}, ${header}`)).toEqual([{ what: "a credential in a header", offset: 0 }]);
  expect(credentialsIn(`https://x:${fake("ghp_", 36)}@y`)).toEqual([{ what: "a URL with a password", offset: 0 }]);
  expect(credentialsIn(url, [{ start: 13, end: 26 }])).toEqual([]);
});

test("a command's secret is the value of a flag, a variable or a header, not a name, a file, a variable or stdin", () => {
  expect(secretWord(["vault", "login", "--token=hunter2-hunter2"])).toBe(2);
  expect(secretWord(["tool", "--password", "hunter2-hunter2"])).toBe(1);
  expect(secretWord(["env", "AWS_SECRET_ACCESS_KEY=hunter2-hunter2", "aws"])).toBe(1);
  expect(secretWord(["curl", "-H", "X-Api-Key: hunter2-hunter2"])).toBe(2);
  expect(secretWord(["curl", "-u", "deploy:hunter2-hunter2", "https://ci.acme.example"])).toBe(1);
  expect(secretWord(["/usr/bin/curl", "-sSudeploy:hunter2-hunter2"])).toBe(1);
  expect(secretWord(["curl.exe", "--user", "deploy:hunter2-hunter2"])).toBe(1);
  expect(secretWord(["curl", "--proxy-user=deploy:hunter2-hunter2"])).toBe(1);
  expect(secretWord(["sh", "-c", "cat | curl -d @- --user 'deploy:hunter2-hunter2' https://ci"])).toBe(2);
  expect(secretWord(["sh", "-c", "vault login --token hunter2-hunter2"])).toBe(2);
  for (const words of [
    ["curl", "-u", "deploy:$PASSWORD"],
    ["curl", "-u", "deploy:"],
    ["curl", "-u", "deploy"],
    ["curl", "-u"],
    ["curl", "--user-agent", "deploy:hunter2-hunter2"],
    ["curl", "-XPUT", "https://ci.acme.example:8080/secret"],
    ["docker", "run", "-u", "www-data:www-data", "curl"],
    ["sh", "-c", 'TOKEN="$(cat)"; curl -H "X-Api-Key: $TOKEN" -u "deploy:$(cat pass)" https://ci'],
    ["sh", "-c", "tool --token `cat /dev/stdin`"],
    ["gh", "secret", "set", "ANTHROPIC_API_KEY"],
    ["tool", "--token", "-"],
    ["tool", "--password=$PASSWORD"],
    ["tool", "--password", "@/run/secret"],
    ["tool", "--token", "--json"],
    ["tool", "--token"],
    ["kubectl", "create", "secret", "generic", "a", "--from-file=api-key=/dev/stdin"],
    ["vault", "kv", "put", "secret/app", "token=-"],
    ["curl", "-H", "X-Api-Key: $API_KEY"],
    ["env", "SECRET_NAME=prod-auth-service", "tool"],
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
  expect(quoted("redis://:not/so?secret#at@all@cache:6379")).toBe('"redis://:[masked]@cache:6379"');
  expect(quoted("redis://cache/?db=1&password=not-so-secret")).toBe('"redis://cache/?db=1&[masked]"');
  expect(quoted(`https://u:${"p".repeat(300)}@acme.example`)).toBe('"https://u:[masked]@acme.example"');
  expect(maskCredentials("https://wiki.acme.example/a:b, ask ada@acme.example")).toBe(
    "https://wiki.acme.example/a:b, ask ada@acme.example",
  );
});

test.each([
  "a.",
  "-eyJ0eXAiOiJKV1Qi",
  "a://b:",
  "-----BEGIN A",
  "basic a",
  "sk-/",
  "https://hooks.slack.com/services/ ",
])("a long text of %j is looked through in one go", (part) => {
  // From each of its parts to the end it would be ten billion characters: minutes, on any machine.
  const line = part.repeat(Math.ceil(200_000 / part.length));
  expect(credentialsIn(line)).toEqual([]);
  expect(maskCredentials(line)).toBe(line);
});

test("a path is quoted to its end, which names the file: of one that is too long the beginning goes", () => {
  const deep = `${"deep/".repeat(30)}rbac.yaml`;
  expect(quotedPath(deep)).toBe(`"${deep}"`);
  const long = quotedPath(`/${"k".repeat(100_000)}/rbac.yaml`);
  expect([long.length, long.startsWith('"…k'), long.endsWith('k/rbac.yaml"')]).toEqual([402, true, true]);
});
