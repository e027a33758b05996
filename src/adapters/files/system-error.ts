/** The system's word for what went wrong (`ENOENT`), or whatever else an error has for a code; undefined where it has none. */
export function systemCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENXIO: "nobody is at its other end",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  ELOOP: "its symbolic links go round in a circle",
  ENAMETOOLONG: "the name is too long",
  EBUSY: "something else has it in use",
  ETXTBSY: "something else has it in use",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
  EIO: "the disk has an error",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENODEV: "the device is not there",
};

/** Why the system does not let something be done with a file, in words: the one place that has them. */
export function systemReason(error: unknown): string {
  const code = String(systemCode(error) ?? "");
  // The system's own message holds the path, with the folders of this machine.
  const other = error instanceof Error ? error.message : String(error);
  return REASONS[code] ?? (/^E[A-Z0-9]+$/.test(code) ? `the system does not let it (${code})` : other);
}

/** Whether the system keeps this user from something. */
export function isForbidden(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes(String(systemCode(error)));
}

/** Of folders ENOENT and ENOTDIR mean something else than of files. */
const FOLDER_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no folder can be made there",
  ENOTDIR: "a part of its path is a file, and no folder",
  EEXIST: "a file is there, and no folder",
};

/** The same for a folder that is made, or written in. */
export function folderReason(error: unknown): string {
  return FOLDER_REASONS[String(systemCode(error))] ?? systemReason(error);
}
