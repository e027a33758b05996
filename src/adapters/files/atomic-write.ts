import { constants, lstatSync, readlinkSync, statSync } from "node:fs";
import { open, realpath, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import writeFileAtomic from "write-file-atomic";
import { systemCode } from "./system-error.ts";

/**
 * Writes a regular file whole or not at all; a link is followed. Without a mode, a new file gets what the system gives it and an
 * old one keeps its own. What is no regular file (a pipe, a terminal, the null device) is written to and stays what it is: to
 * replace it would take it from everybody else. Throws the system's error.
 */
export async function writeAtomically(path: string, content: string | Buffer, mode?: number): Promise<void> {
  if (isSpecial(path)) await writeInto(path, Buffer.from(content));
  else await writeFileAtomic(destinationOf(path), content, mode === undefined ? {} : { mode });
}

/**
 * Tries whether `writeAtomically` can write there, and leaves nothing: makes and removes a file beside it, as that does. What is no regular
 * file is not tried, for whoever reads a pipe would get to see it. Throws the system's error.
 */
export async function tryToWrite(path: string): Promise<void> {
  if (isSpecial(path)) return;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error("it is a folder");
  const target = await realpath(path).catch(() => destinationOf(path));
  const trial = `${target}.${process.pid}.try`;
  const handle = await open(trial, "wx", 0o600);
  await handle.close();
  await rm(trial, { force: true });
}

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

/** Whether something is there that is no regular file. A folder is not: that it cannot be written is the system's to say. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** How long a reader that is behind is left alone; milliseconds. */
const POLL_MS = 15;

async function writeInto(path: string, bytes: Buffer): Promise<void> {
  // With O_NONBLOCK a pipe that nobody reads is an error at once (ENXIO), and not a wait that no signal ends.
  const handle = await open(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0));
  try {
    for (let written = 0; written < bytes.length; ) {
      try {
        written += (await handle.write(bytes, written)).bytesWritten;
      } catch (error) {
        if (systemCode(error) !== "EAGAIN") throw error;
        await wait(POLL_MS);
      }
    }
  } finally {
    await handle.close();
  }
}
