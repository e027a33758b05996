import { constants, lstatSync, readlinkSync, statSync, write as writeDescriptor } from "node:fs";
import { open, realpath, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import writeFileAtomic from "write-file-atomic";
import { quotedPath } from "../../core/text/text.ts";
import { systemCode, systemReason } from "./system-error.ts";

/**
 * Writes a regular file whole or not at all; a link is followed. Without a mode, a new file gets what the system gives it and an
 * old one keeps its own. What is no regular file (a pipe, a terminal, the null device) is written to and stays what it is: to
 * replace it would take it from everybody else. Throws the system's error.
 */
export async function writeAtomically(path: string, content: string | Buffer, mode?: number): Promise<void> {
  if (!holdsFile(path)) await writeInto(path, Buffer.from(content));
  else await writeFileAtomic(destinationOf(path), content, mode === undefined ? {} : { mode });
}

/**
 * Tries whether `writeAtomically` can write there, and leaves nothing: makes and removes a file beside it, as that does. What is no regular
 * file is not tried, for whoever reads a pipe would get to see it. Throws the system's error.
 */
export async function tryToWrite(path: string): Promise<void> {
  if (!holdsFile(path)) return;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error("it is a folder");
  const target = await realpath(path).catch(() => destinationOf(path));
  const trial = `${target}.${process.pid}.try`;
  const handle = await open(trial, "wx", 0o600);
  await handle.close();
  await rm(trial, { force: true });
}

/** Whether a file begins with the mark by which Windows tells UTF-8. What is no regular file is not read. Throws the system's error. */
export async function hasByteOrderMark(path: string): Promise<boolean> {
  if (!holdsFile(path)) return false;
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MARK.length));
    return bytesRead === MARK.length && buffer.equals(MARK);
  } finally {
    await handle.close();
  }
}

const MARK = Buffer.from("\ufeff");

/** Where a file comes to be: a link that leads to nothing yet names the place, and stays a link. */
function destinationOf(path: string): string {
  const isDangling = (at: string) =>
    lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
    statSync(at, { throwIfNoEntry: false }) === undefined;
  let at = path;
  // A ring of links is an error of the system's, so this ends.
  while (isDangling(at)) at = resolve(dirname(at), readlinkSync(at));
  return at;
}

/**
 * Whether a path is that of a regular file, or of one that is yet to be made: what is written there can be read again. A pipe or a device
 * keeps nothing, and one of the process's own streams is the reader's, a file behind it too. A folder counts as a file: that it
 * cannot be written is the system's to say.
 */
export function holdsFile(path: string): boolean {
  if (descriptorOf(path) !== undefined) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isFile() || found.isDirectory();
}

const STREAMS: ReadonlyMap<string, number> = new Map([
  ["stdin", 0],
  ["stdout", 1],
  ["stderr", 2],
]);

/** The number of the process's own stream that a path names: `/dev/stdout`, `/dev/fd/3`. */
function descriptorOf(path: string): number | undefined {
  const [, name, number] = /^\/(?:dev\/(stdin|stdout|stderr)|(?:dev|proc\/self)\/fd\/(\d+))$/.exec(path) ?? [];
  return name === undefined ? (number === undefined ? undefined : Number(number)) : STREAMS.get(name);
}

/** Why a file cannot be written, in words that speak of an output: `file` is as it was named, `path` where that is. */
export function whyUnwritable(error: unknown, file: string, path: string): string {
  const code = systemCode(error);
  if (code === "ENOTDIR") return `${quotedPath(dirname(file))} is no folder`;
  if (code !== "ENOENT") return systemReason(error);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink
    ? "the folder that its link leads to is not there"
    : `the folder ${quotedPath(dirname(file))} is not there`;
}

/** How long a reader that is behind is left alone; milliseconds. */
const POLL_MS = 15;

async function writeInto(path: string, bytes: Buffer): Promise<void> {
  const own = descriptorOf(path);
  // Opened anew, a file behind a stream would be written from its beginning, over what the stream said already.
  if (own !== undefined) return writeAll(own, bytes);
  // With O_NONBLOCK a pipe that nobody reads is an error at once (ENXIO), and not a wait that no signal ends.
  const handle = await open(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0));
  try {
    await writeAll(handle.fd, bytes);
  } finally {
    await handle.close();
  }
}

async function writeAll(descriptor: number, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += (await writeSome(descriptor, bytes, written)).bytesWritten;
    } catch (error) {
      if (systemCode(error) !== "EAGAIN") throw error;
      await wait(POLL_MS);
    }
  }
}

const writeSome = promisify(writeDescriptor);
