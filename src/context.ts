import type { ConfigReading } from "./core/config-reading.ts";
import type { OrgReader } from "./core/org.ts";

/** The flags that every command takes, as parsed; a command's own flags are its second argument. */
export interface GlobalOptions {
  /** The file named by `-c/--config`, as written. */
  readonly config?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  /** False under `--no-input`: nothing is asked. */
  readonly input: boolean;
  /** Milliseconds for the whole run against the API. */
  readonly timeout: number;
  readonly baseUrl?: string;
  readonly profile?: string;
  /** Requests a minute; 0 is no limit. */
  readonly apiRpm: number;
}

/** What commands have of the world, made once per run; everything heavy loads on first use. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly options: GlobalOptions;
  /** The rbac.yaml of this run, found or named. `file` (a command's argument) wins over `--config`. Throws Failure. */
  readonly config: (file?: string) => Promise<ConfigReading>;
  /** As `config`, or undefined where no file was named and none is found. */
  readonly configIfAny: () => Promise<ConfigReading | undefined>;
  readonly org: () => Promise<OrgReader>;
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** The person in front of the program, or the pipe in their place. Nothing here writes to stdout. */
export interface Terminal {
  /** A line for the person, on stderr; silent under `--quiet`. */
  readonly notice: (text: string) => void;
  /** A counter on stderr while long work runs; only on a terminal, only when the work takes a while. */
  readonly progress: (done: number, planned: number) => void;
  /** A secret from stdin: a hidden prompt on a terminal, else all of stdin, trimmed. Throws Failure `input-needed` where there is none. */
  readonly readSecret: (question: string) => Promise<string>;
  /** Writes a file whole or not at all, with the given mode. Throws Failure `file-unreadable`. */
  readonly writeFile: (path: string, text: string, mode: number) => Promise<void>;
}
