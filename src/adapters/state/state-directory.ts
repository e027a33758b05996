import { lstatSync, type Stats } from "node:fs";
import { access, lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import { quotedPath } from "../../core/text/text.ts";
import { makeFolder } from "../files/folder.ts";
import { folderReason } from "../files/system-error.ts";
import { STATE_FIX, stateDirectoryPath, stateUnusable } from "./state-path.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Writable by the group or by anybody. */
const OTHERS_WRITE = 0o022;

/**
 * The state directory, made with mode 0700 where it is missing. Throws Failure where it cannot be made, and where it is not
 * only ours: whoever can write to it could replace the files in it.
 */
export async function stateDirectory(env: Environment): Promise<string> {
  const path = stateDirectoryPath(env);
  try {
    await checkOwner(path, found(path) ?? (await made(path)));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw stateUnusable(`the state directory ${quotedPath(path)} cannot be used: ${folderReason(error)}`, error);
  }
  return path;
}

/** The directory, or a link, where it is there already: nearly always, for it is asked for before each record of the audit log. */
function found(path: string): Stats | undefined {
  // In this thread, for it is one look; another one would take ten times as long.
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() || stats?.isSymbolicLink() ? stats : undefined;
}

async function made(path: string): Promise<Stats> {
  await makeFolder(path);
  return lstat(path);
}

/** Windows has no owners and modes of this kind, and its profile folders are private. */
async function checkOwner(path: string, link: Stats): Promise<void> {
  const self = process.getuid?.();
  if (self === undefined) return;
  const directory = link.isSymbolicLink() ? await stat(path) : link;
  // A link of ours is a choice; somebody else's, laid in /tmp before we came, is a trap.
  if (link.isSymbolicLink() && link.uid !== self) {
    throw stateUnusable(`the state directory ${quotedPath(path)} is a symbolic link that belongs to another user`);
  }
  if (!directory.isDirectory()) throw stateUnusable(`the state directory ${quotedPath(path)} is not a directory`);
  if (directory.uid !== self) throw stateUnusable(`the state directory ${quotedPath(path)} belongs to another user`);
  if ((directory.mode & OTHERS_WRITE) !== 0) {
    throw new Failure("state-unusable", {
      message: `the state directory ${quotedPath(path)} can be written to by others`,
      fix: `run chmod 700 on it, after a look at what is in it, or ${STATE_FIX}`,
    });
  }
}

/** A folder of the state directory, made where it is missing. Throws Failure. */
export async function stateFolder(env: Environment, name: string): Promise<string> {
  const folder = join(await stateDirectory(env), name);
  try {
    await makeFolder(folder);
  } catch (error) {
    throw stateUnusable(`${quotedPath(folder)} cannot be made: ${folderReason(error)}`, error);
  }
  return folder;
}

/** The path for a file in the evidence folder of the state directory, which is made where it is missing. Throws Failure. */
export async function evidenceFile(env: Environment, name: string): Promise<string> {
  const folder = await stateFolder(env, "evidence");
  // Two runs may end within one second, and evidence is never overwritten.
  for (let copy = 1; ; copy++) {
    const path = join(folder, copy === 1 ? name : name.replace(/(?=\.json$)/, `.${copy}`));
    const isFree = await access(path).then(
      () => false,
      () => true,
    );
    if (isFree) return path;
  }
}
