import { shellPath, shellWord } from "./printable.ts";
import { quoted } from "./text.ts";

/** Flags of a run that a next one needs as well, to read the same file and to speak to the same organization. */
export interface RunFlags {
  /** As `--config` says. */
  readonly config?: string;
  readonly profile?: string;
  readonly baseUrl?: string;
}

/** Commands that take --config, and those that reach the API. A test holds both against the command line. */
const TAKE_CONFIG = [
  "apply",
  "drift",
  "prompt",
  "review",
  "revoke",
  "rotate",
  "status",
  "test",
  "validate",
  "whoami",
] as const;
const REACH_API = [...TAKE_CONFIG.filter((name) => name !== "test"), "export", "init"] as const;

/** A command as it stands in a sentence, and what follows it up to where another one may begin. */
const COMMAND =
  /\banth-rbac ([a-z]+)(?: (?:check|finish|show|start|verify))?(?![\w-])(?=((?:(?!anth-rbac )[^\n"`])*))/g;

/** Stdin, a pipe that a shell made (`<(…)`): what was read there is gone. */
const READ_ONCE = /^(?:-|<stdin>|\/dev\/(?:stdin|stdout|fd\/\d+)|\/proc\/[^/]+\/fd\/\d+)$/;

/** Whether a path names what cannot be read a second time. */
export function isReadOnce(path: string): boolean {
  return READ_ONCE.test(path);
}

/** A file as the next command is to name it; FILE stands for one that is still to be made of what can be read once only. */
function nextFile(path: string): string {
  return isReadOnce(path) ? "FILE" : shellPath(path);
}

/** A next command about the file of this one. */
export function nextWith(path: string, command: (file: string) => string): string {
  const step = command(nextFile(path));
  return isReadOnce(path) ? `${step} (FILE: the same in a file, for ${path} can be read only once)` : step;
}

/** An address that a command may take. Any other is refused by each, and may hold a password: it is never repeated. */
const ADDRESS = /^https?:\/\/[^@?#\s]+$/i;

/** The general word for the configuration, where a sentence says it: never where a path stands. */
const GENERAL =
  /(?<=\b(?:in|than|by|of|keeps|though|and) )rbac\.yaml(?![\w/\\-]|\.\w)|\brbac\.yaml(?= (?:ended|ends|declares|names|says) )/g;

/**
 * What makes the sentences of a run its own: commands in them can be pasted after it, for each has the flags of the run that it takes,
 * behind its name, unless it says otherwise itself; and the configuration is called by the name of its file, where that is another.
 * `found` is the file where no flag names it.
 */
export function repeatFlags(
  { config, profile, baseUrl }: RunFlags,
  found: () => string | undefined = () => undefined,
): (text: string) => string {
  const flags = [
    { flag: "--config", value: config, shown: nextFile, takenBy: TAKE_CONFIG },
    { flag: "--profile", value: profile, shown: shellWord, takenBy: REACH_API },
    {
      flag: "--base-url",
      value: ADDRESS.test(baseUrl ?? "") ? baseUrl : undefined,
      shown: shellWord,
      takenBy: REACH_API,
    },
  ].flatMap(({ value, shown, ...rest }) => (value === undefined ? [] : { ...rest, value: shown(value) }));
  const repeated = (command: string, name: string, rest: string) => {
    const missing = flags.filter(
      ({ flag, takenBy }) => takenBy.some((taking) => taking === name) && !rest.includes(`${flag} `),
    );
    return [command, ...missing.map(({ flag, value }) => `${flag} ${value}`)].join(" ");
  };
  const named = (text: string) => {
    const file = config ?? found();
    if (file === undefined || isReadOnce(file) || /(?:^|[\\/])rbac\.yaml$/.test(file)) return text;
    return text.replace(GENERAL, () => (/^[\w./-]+$/.test(file) ? file : quoted(file)));
  };
  return (text) => {
    const own = named(text);
    return flags.length > 0 && own.includes("anth-rbac ") ? own.replace(COMMAND, repeated) : own;
  };
}
