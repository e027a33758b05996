/** Files that are no regular ones: read and written as what they are, and never waited for without end. */
import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  createReadStream,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { holdsFile, tryToWrite, whyUnwritable, writeAtomically } from "../../../src/adapters/files/atomic-write.ts";
import { readBounded, readStream } from "../../../src/adapters/files/bounded-read.ts";
import { Failure } from "../../../src/core/model/failure.ts";

const LIMIT = 1_000_000;

function folder() {
  const path = mkdtempSync(join(tmpdir(), "anth-rbac-files-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function pipe() {
  const path = join(folder(), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

/** Whether a device can be made here: by root alone, and not in every container. */
const MAY_MAKE_DEVICES = (() => {
  const own = mkdtempSync(join(tmpdir(), "anth-rbac-files-"));
  try {
    execFileSync("mknod", [join(own, "device"), "c", "1", "3"], { stdio: "ignore" });
    closeSync(openSync(join(own, "device"), "w"));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
})();

/** Bounds whose signal aborts with this failure after so many milliseconds. */
function within(milliseconds: number, limit = LIMIT) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Failure("interrupted", { message: "stop" })), milliseconds).unref();
  return { limit, signal: () => controller.signal };
}

const words = async (path: string, bounds = within(20_000)) => {
  const content = await readBounded(path, bounds);
  return "bytes" in content ? Buffer.from(content.bytes).toString() : content;
};

describe.skipIf(process.platform === "win32")("reading", () => {
  test("a file, an empty one, and one that the system makes up as it is read", async () => {
    const path = join(folder(), "file");
    writeFileSync(path, "some text");
    expect(await words(path)).toBe("some text");
    writeFileSync(path, "");
    expect(await words(path)).toBe("");
    if (process.platform === "linux") expect(await words("/proc/self/status")).toMatch(/^Name:/);
  });

  test("a pipe whose writer comes late and takes its time, to its end", async () => {
    const path = pipe();
    spawn("sh", ["-c", 'sleep 0.2; { printf one; sleep 0.2; printf two; } > "$0"', path]);
    expect(await words(path)).toBe("onetwo");
  });

  test("a pipe that nobody writes to, or that never ends, is given up when the signal says so", async () => {
    await expect(words(pipe(), within(100))).rejects.toMatchObject({ code: "interrupted" });
    const path = pipe();
    const writer = spawn("sh", ["-c", 'exec sleep 60 > "$0"', path]);
    onTestFinished(() => void writer.kill());
    await expect(words(path, within(300))).rejects.toMatchObject({ code: "interrupted" });
  });

  test("what has no end stops at the limit", async () => {
    expect(await words("/dev/zero")).toEqual({ tooLarge: expect.any(Number) });
    const path = join(folder(), "large");
    writeFileSync(path, "x".repeat(11));
    expect(await words(path, within(1000, 10))).toEqual({ tooLarge: 11 });
    expect(await words(path, within(1000, 11))).toBe("x".repeat(11));
  });

  test("a stream: to its end, to the limit, or until the signal", async () => {
    const stream = new PassThrough();
    stream.end("piped");
    expect(await readStream(stream, within(1000))).toEqual({ bytes: Buffer.from("piped") });
    const endless = createReadStream("/dev/zero");
    expect(await readStream(endless, within(20_000))).toEqual({ tooLarge: expect.any(Number) });
    await expect(readStream(new PassThrough(), within(50))).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe.skipIf(process.platform === "win32")("writing", () => {
  test("into a pipe that somebody reads: the pipe stays a pipe, however much it is", async () => {
    const path = pipe();
    const reader = spawn("sh", ["-c", 'sleep 0.1; exec cat "$0"', path]);
    const read = text(reader.stdout);
    const content = "0123456789".repeat(50_000);
    // The reader opens its end when it gets there; until then nobody reads.
    const until = Date.now() + 5_000;
    for (;;) {
      try {
        await writeAtomically(path, content, 0o600);
        break;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
    expect((await read).length).toBe(content.length);
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  test("into a pipe that nobody reads is an error at once", async () => {
    await expect(writeAtomically(pipe(), "x")).rejects.toMatchObject({ code: "ENXIO" });
  });

  // A device of the test's own: who may make one could also replace the machine's, the day that this fails.
  test.skipIf(!MAY_MAKE_DEVICES)("into a device leaves the device, by way of a link too", async () => {
    const own = folder();
    const [device, link] = [join(own, "device"), join(own, "null")];
    execFileSync("mknod", [device, "c", "1", "3"]);
    symlinkSync(device, link);
    for (const path of [device, link]) await writeAtomically(path, "x", 0o600);
    expect([lstatSync(device).isCharacterDevice(), lstatSync(link).isSymbolicLink()]).toEqual([true, true]);
  });

  test("through a link that leads to nothing yet, the file comes to be where it leads", async () => {
    const own = folder();
    const link = join(own, "link");
    symlinkSync("place", link);
    await tryToWrite(link);
    await writeAtomically(link, "text");
    expect([readlinkSync(link), readFileSync(join(own, "place"), "utf8")]).toEqual(["place", "text"]);
  });

  test("into one of the process's own streams goes after what the stream has said, a file behind it too", async () => {
    const path = join(folder(), "out");
    const descriptor = openSync(path, "w");
    onTestFinished(() => closeSync(descriptor));
    writeSync(descriptor, "before ");
    const stream = `/dev/fd/${descriptor}`;
    await tryToWrite(stream);
    await writeAtomically(stream, "plan");
    writeSync(descriptor, " after");
    expect(readFileSync(path, "utf8")).toBe("before plan after");
    expect([stream, `/proc/self/fd/${descriptor}`, "/dev/stdout", "/dev/null", pipe()].filter(holdsFile)).toEqual([]);
    expect([path, join(folder(), "new"), folder()].filter((each) => !holdsFile(each))).toEqual([]);
  });

  test("into a folder that is not there says so of the folder, not of the output", async () => {
    const own = folder();
    writeFileSync(join(own, "file"), "");
    symlinkSync("nowhere/place", join(own, "link"));
    const why = async (file: string) => {
      const path = join(own, file);
      const said = (error: unknown) => whyUnwritable(error, file, path);
      return [await tryToWrite(path).catch(said), await writeAtomically(path, "x").catch(said)];
    };
    expect(await why("no/such/x.json")).toEqual(Array(2).fill('the folder "no/such" is not there'));
    expect(await why("file/x.json")).toEqual(Array(2).fill('"file" is no folder'));
    expect(await why("link")).toEqual(Array(2).fill("the folder that its link leads to is not there"));
  });

  test("a regular file is replaced whole, and keeps its mode", async () => {
    const path = join(folder(), "file");
    writeFileSync(path, "old", { mode: 0o640 });
    await writeAtomically(path, "new");
    expect([readFileSync(path, "utf8"), lstatSync(path).mode & 0o777]).toEqual(["new", 0o640]);
  });
});
