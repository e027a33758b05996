import { shellWord } from "./printable.ts";

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

/**
 * What makes of the commands in a text ones that can be pasted after this run: each has the flags of the run that it takes, behind its
 * name, unless it says otherwise itself.
 */
export function repeatFlags({ config, profile, baseUrl }: RunFlags): (text: string) => string {
  const flags = [
    { flag: "--config", value: config, takenBy: TAKE_CONFIG },
    { flag: "--profile", value: profile, takenBy: REACH_API },
    { flag: "--base-url", value: baseUrl, takenBy: REACH_API },
  ].flatMap(({ value, ...rest }) => (value === undefined ? [] : { value, ...rest }));
  if (flags.length === 0) return (text) => text;
  const repeated = (command: string, name: string, rest: string) => {
    const missing = flags.filter(
      ({ flag, takenBy }) => takenBy.some((taking) => taking === name) && !rest.includes(`${flag} `),
    );
    return [command, ...missing.map(({ flag, value }) => `${flag} ${shellWord(value)}`)].join(" ");
  };
  return (text) => (text.includes("anth-rbac ") ? text.replace(COMMAND, repeated) : text);
}
