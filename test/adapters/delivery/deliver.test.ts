import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
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
  };
  expect(await deliverSecret({ ...base, env, command: node(source) })).toEqual({ command: node(source), ok: true });
  const seen = JSON.parse(read("seen.json"));
  expect(seen.input).toBe(SECRET);
  expect(seen.env).toMatchObject({ KEPT: "yes" });
  expect(Object.keys(seen.env)).not.toEqual(expect.arrayContaining([expect.stringMatching(/ANTHROPIC|NEW_KEY|OTHER/)]));
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
    `const s = require("fs").readFileSync(0, "utf8");
     console.log("got " + s + " " + Buffer.from(s).toString("base64"));
     console.error("sk-ant-admin01-fakefakefakefake");
     process.exitCode = 3;`,
  );
  const deliveries = await deliverAll([touch("first"), fails, touch("third")], base);
  expect(deliveries.map(({ ok }) => ok)).toEqual([true, false]);
  expect(existsSync(join(folder, "first"))).toBe(true);
  expect(existsSync(join(folder, "third"))).toBe(false);
  const detail = deliveries[1]?.detail ?? "";
  expect(detail).toContain("exit code 3: got [the secret] [the secret]");
  expect(detail).toContain("sk-ant-admin01-[masked]");
  expect(detail).not.toContain("fakefake");
});

test("a sandbox's secret is masked too, and much output is cut without showing a part of it", async () => {
  const secret = "sk-ant-api03-sandbox-abcdefghijklmnop";
  const source = `process.stdout.write(require("fs").readFileSync(0, "utf8").repeat(2000))`;
  const { ok, detail = "" } = await deliverSecret({ ...base, secret, command: node(source) });
  expect(ok).toBe(true);
  expect(detail.length).toBeLessThan(4200);
  expect(detail).not.toMatch(/abcd|mnop/);
  const lines = `process.stdout.write((require("fs").readFileSync(0, "utf8") + " x\\n").repeat(2000))`;
  const told = await deliverSecret({ ...base, secret, command: node(lines) });
  expect(told.detail).toMatch(/^…/);
  expect(told.detail).toContain("[the secret] x");
  expect(told.detail).not.toMatch(/abcd|mnop/);
});

test("a program that reads nothing is no failure; one that leaves something running is not waited for", async () => {
  expect(await deliverSecret({ ...base, command: node("process.stdin.destroy()") })).toMatchObject({ ok: true });
  const source = `require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 4000)"], { stdio: "inherit", detached: true }).unref()`;
  const begun = performance.now();
  expect(await deliverSecret({ ...base, command: node(source) })).toMatchObject({ ok: true });
  expect(performance.now() - begun).toBeLessThan(3500);
});

test.runIf(posix)(
  "after its time a program and what it started are ended, though they ignore SIGTERM",
  async () => {
    const stubborn = `process.on("SIGTERM", () => {}); require("fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000);`;
    const source = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}, "grandchild"], { stdio: "inherit" }); ${stubborn}`;
    const delivery = await deliverSecret({ ...base, command: [...node(source), "child"], timeout: 1500 });
    expect(delivery.ok).toBe(false);
    expect(delivery.detail).toContain("was ended: it took longer than 1.5 s");
    await wait(100);
    for (const name of ["child", "grandchild"]) expect(isRunning(Number(read(name)))).toBe(false);
  },
  15_000,
);

test("an interrupt ends it, and nothing more is begun", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("interrupted by a test")), 300);
  const commands = [node("setInterval(() => {}, 1000)"), node("")];
  const deliveries = await deliverAll(commands, { ...base, signal: controller.signal });
  expect(deliveries).toHaveLength(1);
  expect(deliveries[0]?.detail).toContain("interrupted by a test");
  const late = await deliverSecret({ ...base, signal: controller.signal, command: node("") });
  expect(late).toMatchObject({ ok: false, detail: "not begun: interrupted by a test" });
}, 10_000);

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
  expect(delivery).toMatchObject({ ok: false, command: ["echo", "[the secret]"] });
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
