import { Failure } from "../core/model/failure.ts";
import { isError } from "../core/model/finding.ts";
import type { Policy } from "../core/policy/policy.ts";
import { policyOf } from "../core/policy/policy.ts";
import type { ConfigReading } from "../core/validate/judge.ts";

/** One thing that is wrong in an rbac.yaml. */
export interface PolicyFileProblem {
  /** Of the same closed list as `anth-rbac validate --json` has. */
  readonly code: string;
  /** Both 1-based; null where it has no place in the file. */
  readonly line: number | null;
  readonly column: number | null;
  /** What is wrong, and what to do about it. */
  readonly message: string;
}

/** An rbac.yaml that gives no policy. */
export class PolicyFileError extends Error {
  readonly code: "config-not-found" | "config-unreadable" | "config-invalid";
  /** The file; absent where none was found. */
  readonly file?: string;
  /** The errors in it, in the order of the file; for `config-invalid` there is at least one. */
  readonly problems: readonly PolicyFileProblem[];

  constructor(
    code: PolicyFileError["code"],
    message: string,
    { file, problems = [] }: { readonly file?: string; readonly problems?: readonly PolicyFileProblem[] } = {},
  ) {
    super(message);
    this.name = "PolicyFileError";
    this.code = code;
    this.problems = problems;
    if (file !== undefined) this.file = file;
  }
}

/**
 * The role policy of an rbac.yaml: of `file`, or of the nearest one from the working directory upwards to the root of the repository.
 * Rejects with PolicyFileError: a file with an error in it gives no policy at all. Warnings are for `anth-rbac validate`.
 */
export async function loadPolicy(file?: string): Promise<Policy> {
  const reading = await read(file);
  if (reading.distrusted !== undefined) {
    const why = `"${reading.file}" was found, not named, and ${reading.distrusted}`;
    throw new PolicyFileError("config-unreadable", `${why}; pass its path to loadPolicy if it is meant`, {
      file: reading.file,
    });
  }
  if (reading.config) return policyOf(reading.config, Date.now());
  const { locatedFindings } = await import("../report/findings/located.ts");
  const located = locatedFindings(reading.findings.filter(isError), reading.locate);
  const problems = located.map(({ code, line, column, message }) => ({ code, line, column, message }));
  const lines = problems.map(({ line, column, message, code }) => {
    const place = line === null ? reading.file : `${reading.file}:${line}:${column}`;
    return `${place}: ${message} [${code}]`;
  });
  throw new PolicyFileError("config-invalid", lines.join("\n"), { file: reading.file, problems });
}

async function read(file: string | undefined): Promise<ConfigReading> {
  const { readConfig } = await import("../adapters/config/config-file.ts");
  const cwd = process.cwd();
  try {
    // For the command line, "-" is its input; here it is a name like any other.
    return await readConfig({ cwd, now: Date.now(), ...(file !== undefined && { file: file === "-" ? "./-" : file }) });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const code = error.code === "config-not-found" ? error.code : "config-unreadable";
    // The failure's own advice is about flags.
    throw new PolicyFileError(code, `${error.message}; pass the path of an rbac.yaml to loadPolicy`, {
      ...(file !== undefined && { file }),
    });
  }
}
