import type { World } from "./context.ts";

/** The process this runs in. Ctrl-C asks politely first; the second one ends the process there and then. */
export function processWorld(): World {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    cwd: process.cwd(),
    env: process.env,
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return heedless(process.stdout);
    },
    get stderr() {
      return heedless(process.stderr);
    },
    now: Date.now,
    signal: controller.signal,
  };
}

/** A reader that went away early (`| head`) is no failure of ours, and there is nobody left to tell. */
function heedless<Stream extends NodeJS.WriteStream>(stream: Stream): Stream {
  return stream.listeners("error").includes(ignore) ? stream : stream.on("error", ignore);
}

function ignore(): void {}
