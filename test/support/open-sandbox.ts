import Anthropic from "@anthropic-ai/sdk";
import { onTestFinished } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";

/** The time at which the sandboxes of these tests stand still. */
export const NOW = "2026-11-23T12:00:00.000Z";

/** A sandbox with an SDK client for administration and one for prompting; closed when the test ends. */
export interface Opened {
  readonly sandbox: Sandbox;
  readonly admin: Anthropic;
  readonly control: Sandbox["control"];
  /** A client with a key's secret. */
  readonly as: (secret: string) => Anthropic;
}

/** Starts a sandbox that stands at NOW, unless the options say otherwise. */
export async function open(options: SandboxOptions = {}): Promise<Opened> {
  const sandbox = await startSandbox({ clock: NOW, ...options });
  onTestFinished(() => sandbox.close());
  const as = (secret: string): Anthropic =>
    new Anthropic({ apiKey: secret, authToken: null, baseURL: sandbox.url, maxRetries: 0, logLevel: "off" });
  return { sandbox, admin: as(sandbox.adminKey), control: sandbox.control, as };
}

/** All rows of a list. */
export async function all<Row>(list: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of list) rows.push(row);
  return rows;
}

/** The error that a call fails with. */
export async function refusal(call: Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Anthropic.APIError)) throw new Error(`expected an APIError, got ${String(error)}`);
  return error;
}

/** The errors of calls that run at the same time. */
export function refusals(calls: readonly Promise<unknown>[]): Promise<InstanceType<typeof Anthropic.APIError>[]> {
  return Promise.all(calls.map(refusal));
}
