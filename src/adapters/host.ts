import type { Readable, Writable } from "node:stream";

/** The flags that every command takes, as parsed; a command's own flags are its second argument. */
export interface GlobalOptions {
  /** The file named by `-c/--config`, as written. */
  readonly config?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  /** False under `--no-input`: nothing is asked. */
  readonly input: boolean;
  /** False under `--no-color`. */
  readonly color: boolean;
  /** Whether a long result may go through a pager: where the command has `--no-pager`, and it was not given. */
  readonly pager?: boolean;
  /** Milliseconds for the whole run against the API. */
  readonly timeout: number;
  /** The time was given, and so is kept; else a read that needs more has more. */
  readonly hasTimeout?: boolean;
  readonly baseUrl?: string;
  readonly profile?: string;
  /** Requests a minute; 0 is no limit. */
  readonly apiRpm: number;
  /** The flags by which this command would read less of the organization. */
  readonly narrowing?: readonly string[];
}

/** The process as the program sees it; a test brings its own. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  // The streams are asked for where they are used: node makes each when it first is, and few runs need all three.
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  /**
   * stdout where it is no terminal and nothing went through its stream yet, which takes longer to make than most results to write. Writes
   * as much as can be written at once, and answers with the rest.
   */
  readonly plainStdout?: () => { readonly isTTY?: false; readonly put: (text: string) => Uint8Array } | undefined;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds since some moment, by a clock that nobody sets; without one, `now` is taken for that. */
  readonly uptime?: () => number;
  /** Aborts on Ctrl-C, and on every other signal that asks a program to end. */
  readonly signal: AbortSignal;
  /** Calls the listener when the process is about to end for want of anything to wait for; answers with what takes it off. */
  readonly onIdle?: (listener: () => void) => () => void;
  /** Does work during which Ctrl-C is for another program on the same terminal. */
  readonly lendKeys?: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** As Context has it; the real one unless given. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}
