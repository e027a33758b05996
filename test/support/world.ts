import { PassThrough, Readable } from "node:stream";
import { main } from "../../src/main.ts";
import { NOW } from "./org.ts";

/** What a run of `main` left behind. */
export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** Runs one command line in a World of its own: no terminal, no colour, nothing of this process's environment. */
export async function run(
  argv: readonly string[],
  { env = {}, cwd = "/", stdin = "" }: Surroundings = {},
): Promise<Ran> {
  const stdout = collector();
  const stderr = collector();
  const exit = await main(argv, {
    cwd,
    env,
    stdin: Readable.from([stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    now: () => NOW,
    signal: new AbortController().signal,
  });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  return { stream, text: () => text };
}
