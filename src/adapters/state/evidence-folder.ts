import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import { stateDirectory } from "./state-directory.ts";

/** The path for a file in the evidence folder of the state directory, which is made where it is missing. Throws Failure. */
export async function evidenceFile(env: Readonly<Record<string, string | undefined>>, name: string): Promise<string> {
  const folder = join(await stateDirectory(env), "evidence");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure("state-unusable", { message: `"${folder}" cannot be made: ${message}` }, { cause: error });
  }
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
