import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { deliverAll, deliverSecret } from "../../../src/adapters/delivery/deliver.ts";

const SECRET = "sk-ant-api03-fake-secret-abcdefghijklmnopqrstuvwxyz";
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-delivery-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const posix = process.platform !== "win32";

const base = { secret: SECRET, cwd: folder, env: { PATH: process.env.PATH }, signal: new AbortController().signal };
const node = (source: string) => [process.execPath, "-e", source];
const read = (name: string) => readFileSync(join(folder, name), "utf8");

test("the program gets exactly the secret on stdin, in the folder, and nowhere else", async () => {
  const source = `
    const input = require("fs").readFileSync(0, "utf8");
    require("fs").writeFileSync("seen.json", JSON.stringify({ input, env: process.env, argv: process.argv }));`;
  const env = {
    ...base.env,
    KEPT: "yes",
    UNSET: undefined,
    ANTHROPIC_ADMIN_KEY: "anything",
    ANTHROPIC_API_KEY: "anything",
    ANTHROPIC_AUTH_TOKEN: "anything",
    NEW_KEY: SECRET,
    OTHER: "Bearer sk-ant-oat01-fake",
    ANTHROPIC_IDENTITY_TOKEN: "short",
    ANTHROPIC_CUSTOM_HEADERS: "authorization: Bearer gateway-token-of-nobody",
    ANTH_RBAC_ACTIVITY_KEY: "activity-key-of-nobody",
    ANTH_RBAC_RATE_STORE_PASSWORD: "password-of-nobody",
    ANOTHER: "redis://:password-of-nobody@host and gateway-token-of-nobody",
  };
  expect(await deliverSecret({ ...base, env, command: node(source) })).toEqual({ command: node(source), ok: true });
  const seen = JSON.parse(read("seen.json"));
  expect(seen.input).toBe(SECRET);
  expect(seen.env).toMatchObject({ KEPT: "yes" });
  expect(Object.keys(seen.env).filter((name) => /ANTH|NEW_KEY|OTHER/.test(name))).toEqual([]);
  expect(JSON.stringify([seen.argv, seen.env])).not.toContain("sk-ant-");
});

test("no shell reads the words", async () => {
  const source = `require("fs").writeFileSync("words.json", JSON.stringify(process.argv.slice(1)))`;
  await deliverSecret({ ...base, command: [...node(source), "$(touch x)", "a b", ";", "*"] });
  expect(JSON.parse(read("words.json"))).toEqual(["$(touch x)", "a b", ";", "*"]);
});

test("the first failure stops the rest, and says how it ended with the end of the output, masked", async () => {
  const touch = (name: string) => node(`require("fs").writeFileSync(${JSON.stringify(name)}, "")`);
  const fails = node(
    `console.log("no such vault"); console.error("sk-ant-admin01-fakefakefakefake"); process.exitCode = 3;`,
  );
  const deliveries = await deliverAll([touch("first"), fails, touch("third")], base);
  expect(deliveries.map(({ ok }) => ok)).toEqual([true, false]);
  expect(existsSync(join(folder, "first"))).toBe(true);
  expect(existsSync(join(folder, "third"))).toBe(false);
  const detail = deliveries[1]?.detail ?? "";
  expect(detail).toContain("exit code 3: no such vault\nsk-ant-admin01-[masked]");
  expect(detail).not.toContain("fakefake");
});

describe("output in which something of the secret is left is not shown, only its length", () => {
  const says = (expression: string) =>
    node(
      `const s = require("fs").readFileSync(0, "utf8"); const b = Buffer.from(s); process.stdout.write(${expression}); process.exitCode = 1;`,
    );
  test.each([
    ["as it is", "s"],
    ["in capitals", "s.toUpperCase()"],
    ["eight characters of it", `"key " + s.slice(20, 28)`],
    ["what curl -v -u prints", `"> Authorization: Basic " + Buffer.from("deploy:" + s).toString("base64")`],
    ["base64 one byte on", `Buffer.from("x" + s).toString("base64")`],
    ["base64 for a URL, in lines", `b.toString("base64url").replace(/.{7}/g, "$&\\n")`],
    ["folded", `s.replace(/.{5}/g, "$&\\n")`],
    ["quoted line by line", `s.replace(/.{5}/g, "$&\\r\\n> ")`],
    ["with colours in it", `s.replace(/.{3}/g, "$&\\u001b[31m\\u001b[0m")`],
    ["with an address for each letter", `[...s].map((c) => "\\u001b]8;;http://x\\u0007" + c).join("")`],
    ["as JSON with escapes", `JSON.stringify(s.replace(/.{4}/g, "$&\\n"))`],
    ["as a dump", `b.toString("hex").replace(/../g, "$& ")`],
    ["percent-encoded", `b.toString("hex").replace(/../g, "%$&")`],
    ["with blanks that do not show", `s.replace(/.{2}/g, "$&\\u200b")`],
    ["over two streams", `(process.stderr.write(s.slice(0, 24)), s.slice(24))`],
    ["at the very end of much output", `"x\\n".repeat(100000) + s`],
  ])("%s", async (_, expression) => {
    const { ok, detail = "" } = await deliverSecret({ ...base, command: says(expression) });
    expect(ok).toBe(false);
    expect(detail).toMatch(
      /ended with exit code 1: its output \(\d+ bytes\) is not shown, because a part of the secret is in it$/,
    );
  });

  test.each([
    ["nothing of it", `"vault is sealed"`],
    ["what every key begins with", `"expected sk-ant-api03-..., got none"`],
    ["seven characters", `s.slice(20, 27)`],
  ])("but is where there is %s", async (_, expression) => {
    const { detail = "" } = await deliverSecret({ ...base, command: says(expression) });
    expect(detail).toMatch(/exit code 1: (?!its output)./);
  });

  test("a sandbox's secret is one too, and of much output the end is shown", async () => {
    const secret = "sk-ant-api03-sandbox-abcdefghijklmnop";
    const source = `process.stdout.write(require("fs").readFileSync(0, "utf8").repeat(2000))`;
    const { ok, detail } = await deliverSecret({ ...base, secret, command: node(source) });
    expect([ok, detail]).toEqual([true, expect.stringContaining(`(${secret.length * 2000} bytes) is not shown`)]);
    const told = await deliverSecret({ ...base, command: node(`process.stdout.write("line\\n".repeat(2000))`) });
    expect(told.detail).toMatch(/^…/);
    expect(told.detail?.length).toBeLessThan(4200);
  });
});

test("a program that reads nothing is no failure; one that leaves something running is not waited for", async () => {
  expect(await deliverSecret({ ...base, command: node("process.stdin.destroy()") })).toMatchObject({ ok: true });
  const source = `const child = require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 600000)"], { stdio: "inherit", detached: true });
    require("fs").writeFileSync(process.argv[1], String(child.pid)); child.unref();`;
  expect(await deliverSecret({ ...base, command: [...node(source), "left"] })).toMatchObject({ ok: true });
  // It lives still, so nobody has waited for its end.
  process.kill(Number(read("left")), "SIGKILL");
});

test.runIf(posix)("after its time a program and what it started are ended, though they ignore SIGTERM", async () => {
  const stubborn = `process.on("SIGTERM", () => {}); require("fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000);`;
  const source = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}, "grandchild"], { stdio: "inherit" }); ${stubborn}`;
  const delivery = await deliverSecret({ ...base, command: [...node(source), "child"], timeout: 4000 });
  expect(delivery.ok).toBe(false);
  expect(delivery.detail).toContain("was ended: it took longer than 4 s");
  await wait(100);
  for (const name of ["child", "grandchild"]) expect(isRunning(Number(read(name)))).toBe(false);
});

test("an interrupt ends it, and nothing more is begun", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("interrupted by a test")), 300);
  const commands = [node("setInterval(() => {}, 1000)"), node("")];
  const deliveries = await deliverAll(commands, { ...base, signal: controller.signal });
  expect(deliveries).toHaveLength(1);
  expect(deliveries[0]?.detail).toContain("interrupted by a test");
  const late = await deliverSecret({ ...base, signal: controller.signal, command: node("") });
  expect(late).toMatchObject({ ok: false, detail: "not begun: interrupted by a test" });
});

test.runIf(posix)("a signal, a missing program and one that may not be executed are named", async () => {
  writeFileSync(join(folder, "plain.sh"), "", { mode: 0o600 });
  const detailOf = async (command: readonly string[]) => (await deliverSecret({ ...base, command })).detail;
  expect(await detailOf(node('process.kill(process.pid, "SIGKILL")'))).toContain("signal SIGKILL");
  expect(await detailOf(["no-such-program-here"])).toBe('the program "no-such-program-here" is not found');
  expect(await detailOf(["./plain.sh"])).toBe('the program "./plain.sh" may not be executed');
  expect(await detailOf([])).toBe("the command is empty");
  expect(await detailOf(["a\0b"])).toContain("cannot be started");
});

test("a secret among the arguments is not delivered, and not repeated", async () => {
  const delivery = await deliverSecret({ ...base, command: ["echo", SECRET] });
  expect(delivery).toMatchObject({ ok: false, command: ["echo", "sk-ant-api03-[masked]"] });
});

/** A zombie that nobody has collected yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, "utf8"));
  } catch {
    return false;
  }
}
