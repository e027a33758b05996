import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** Linux's folder in memory. */
const MEMORY = "/dev/shm";
/** What the tests may need of it at the same time, several times over. A container has 64 MB there unless it is told otherwise. */
const ROOM_BYTES = 2 ** 31;

/**
 * Vitest's global set-up: what the tests and the programs that they start make in the temporary folder goes with the run. That is in
 * memory where there is such a place and `TMPDIR` does not name another: the program waits for the disk with each record of the audit log,
 * and the tests write some twenty thousand.
 */
export function setup(): (() => void) | undefined {
  const before = process.env.TMPDIR;
  // Vitest calls it for each project. A socket's path may be a hundred characters long: a folder in a folder in a folder is too much.
  if (before && basename(before).startsWith(NAME)) return undefined;
  const folder = (before ? undefined : folderInMemory()) ?? mkdtempSync(join(tmpdir(), NAME));
  process.env.TMPDIR = folder;
  // A machine's own certificates: every node that a test starts would read them first, for twice the time that it takes without.
  delete process.env.NODE_EXTRA_CA_CERTS;
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  };
}

const NAME = "anth-rbac-tests-";

/** A new folder in memory, or undefined where there is none, or too little room, or where no program may be started from it. */
function folderInMemory(): string | undefined {
  let folder: string | undefined;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ROOM_BYTES) return undefined;
    folder = mkdtempSync(join(MEMORY, NAME));
    const program = join(folder, "program");
    writeFileSync(program, "", { mode: 0o700 });
    // Fails where the mount says noexec.
    accessSync(program, constants.X_OK);
    rmSync(program);
    return folder;
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}
