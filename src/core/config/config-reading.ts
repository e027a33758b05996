import type { Finding, Locate } from "../model/finding.ts";
import type { Config } from "./config.ts";

/** A file that was read: what it means, and everything that was found in it. */
export interface ConfigReading {
  /** The path to show: relative to the working directory where the file is below it. */
  readonly file: string;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly digest: string;
  /** Absent where there are findings of severity error. */
  readonly config?: Config;
  readonly findings: readonly Finding[];
  readonly locate: Locate;
}
