import { type Api, createApi } from "./adapters/api/api.ts";
import { type Clock, createClock } from "./adapters/clock/clock.ts";
import { type ConfigFiles, createConfigFiles } from "./adapters/config/config-files.ts";
import { createFiles, type Files } from "./adapters/files/files.ts";
import type { GlobalOptions, Host } from "./adapters/host.ts";
import { createMachine, type Machine } from "./adapters/machine/machine.ts";
import { createState, type State } from "./adapters/state/state.ts";
import { columnsOf, createTerminal, type Questions, type Terminal, wantsColour } from "./adapters/terminal/terminal.ts";
import { Failure } from "./core/model/failure.ts";
import type { Shown } from "./core/outcome/outcome.ts";
import type { Secrets } from "./core/text/secret.ts";
import { cut } from "./core/text/text.ts";
import { render, type View } from "./report/render.ts";

/** What commands have of the world, in ports, made once per run; everything heavy loads on first use. */
export interface Context {
  readonly options: GlobalOptions;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** rbac.yaml. */
  readonly config: ConfigFiles;
  /** Files that flags name. */
  readonly files: Files;
  readonly api: Api;
  /** What this machine remembers: audit log, locks, evidence, calls a minute. */
  readonly state: State;
  /** Questions to a person, and what is typed or piped in. */
  readonly prompt: Questions;
  /** What a person is told while the run goes on. */
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly machine: Machine;
  /** Anything as text: the one way in which commands reach report. Text has the colour that stderr has, and none for a file; no text has a secret. */
  readonly render: (shown: Shown, format?: View["format"], forFile?: FileView) => Promise<string>;
  /** Starts the simulated organization. Throws Failure. */
  readonly sandbox: (options: SandboxOptions) => Promise<RunningSandbox>;
}

export interface SandboxOptions {
  /** `small`, `large`, `review`, or a path of a JSON file. */
  readonly seed: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Milliseconds that every answer takes longer. */
  readonly latency?: number;
}

/** A text that goes to a file: without colour, and with the exit code that its JSON repeats. */
export type FileView = Pick<View, "exitCode">;

/** A sandbox that is up. */
export interface RunningSandbox {
  readonly url: string;
  /** What to export so that this program, the SDK and curl use it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** What everything that is written goes through. */
interface Written {
  readonly secrets: Secrets;
  /** Gives the commands in a text the flags of this run. */
  readonly pasteable: (text: string) => string;
  /** Hears of the configuration that was found, by its shown path. */
  readonly onConfig: (file: string) => void;
}

/** Makes the Context of one run. Nothing is read or connected until a command asks for it. */
export function createContext(options: GlobalOptions, host: Host, { secrets, pasteable, onConfig }: Written): Context {
  const clock = createClock(host, options);
  // What is piped in may take as long as whoever writes it takes, unless a time was given.
  const deadline = options.hasTimeout ? clock.deadline : undefined;
  const { terminal, prompt } = createTerminal(host, { ...options, pasteable, deadline }, secrets);
  const api = createApi({ host, options, clock, terminal, secrets });
  return {
    options,
    signal: host.signal,
    clock,
    terminal,
    prompt,
    config: createConfigFiles(host, clock, options.config, onConfig),
    files: createFiles(host, clock, secrets),
    api,
    state: createState({ host, options, clock, terminal, secrets, spokenTo: api.spokenTo }),
    machine: createMachine(host, clock, secrets),
    render: async (shown, format = "text", forFile) => {
      const colour = !forFile && options.color && wantsColour(host.stderr, host.env);
      const view = { format, exitCode: forFile?.exitCode ?? 0, colour, pasteable };
      return secrets.mask(await render(shown, { ...view, ...(!forFile && columnsOf(host.stderr)) }));
    },
    sandbox: startSandbox,
  };
}

async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { startFromSeed } = await import("./sandbox/sandbox.ts");
  try {
    return await startFromSeed(options);
  } catch (error) {
    // The sandbox stands alone, and quotes the name of its seed whole.
    const said = error instanceof Error ? error.message : String(error);
    const message = said.replace(options.seed, () => cut(options.seed));
    const { systemCode } = await import("./adapters/files/system-error.ts");
    // A bad seed says in its own words what is wrong.
    throw new Failure("sandbox-failed", {
      message,
      ...(systemCode(error) === "EADDRINUSE" && {
        fix: "something else listens there, perhaps another sandbox: stop it, or name another --port (0: any that is free)",
      }),
    });
  }
}
