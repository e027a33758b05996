import type { Command } from "commander";
import type { Format } from "./cli/options.ts";
import type { Context, GlobalOptions } from "./context.ts";
import type { Outcome } from "./core/outcome/outcome.ts";

/** A command line understood: what to run, and how to show what comes of it. */
export interface Invocation {
  readonly options: GlobalOptions;
  readonly format: Format;
  readonly run: (context: Context) => Promise<Outcome>;
}

/** What a command's action calls, once, with what is to be run. */
export type Start = (command: Command, run: Invocation["run"]) => void;
