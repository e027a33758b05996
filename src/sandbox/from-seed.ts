import { environmentOf, startSandbox } from "./sandbox.ts";

/** What the command line gives: a seed by name or file, a port (0 or none = a free one), a latency in milliseconds. */
export interface FromSeedOptions {
  readonly seed: string;
  readonly port?: number;
  readonly latency?: number;
}

/** A running sandbox as the command shows it: its address, the variables to export, and how to stop it. */
export interface StartedFromSeed {
  readonly url: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Starts a sandbox for the command line. Rejects with a SeedError for a bad seed, or with the system's error for a taken port. */
export async function startFromSeed({ seed, port, latency }: FromSeedOptions): Promise<StartedFromSeed> {
  const sandbox = await startSandbox({ seed, port: port ?? 0, latencyMs: latency ?? 0 });
  return { url: sandbox.url, variables: { ...environmentOf(sandbox) }, close: sandbox.close };
}
