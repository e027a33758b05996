import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";

const SOURCES: readonly (() => string)[] = [homedir, () => userInfo().homedir];

/**
 * The user's home folder: `home` where that is absolute, else what the system knows; undefined where it knows none, as of a user of a
 * container that is only a number.
 */
export function homeFolder(home?: string, sources = SOURCES): string | undefined {
  for (const known of [() => home ?? "", ...sources]) {
    try {
      const folder = known();
      // What is relative would be another folder wherever the program is started.
      if (isAbsolute(folder)) return folder;
    } catch {
      // Nobody of this number is known here.
    }
  }
  return undefined;
}
