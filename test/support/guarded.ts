import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";
import { onTestFinished } from "vitest";
import type { Role } from "../../src/core/config/config.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import { guardClient, PolicyDeniedError } from "../../src/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";

export const HAIKU = "claude-haiku-5-5";
export const SONNET = "claude-sonnet-5-5";
export const OPUS = "claude-opus-5-5";

const role = (name: string, more: Partial<Role>): Role => ({ name, allowed: true, models: [], mayAssume: [], ...more });

/** A policy of four roles: nothing, little, more, and everything. */
export const POLICY: Policy = {
  roles: new Map(
    [
      role("viewer", { allowed: false }),
      role("user", { models: [HAIKU], maxTokens: 512 }),
      role("power", { models: [HAIKU, SONNET], maxTokens: 2048 }),
      role("counted", { models: [HAIKU], maxTokens: 512, rpmLimit: 3 }),
      role("admin", { models: ["*"] }),
    ].map((each) => [each.name, each]),
  ),
  people: new Map(),
  rateStore: "local",
  organization: "",
};

/** A sandbox, clients of it, and what it was asked for. */
export interface Guarded {
  readonly sandbox: Sandbox;
  readonly client: (options?: ClientOptions) => Anthropic;
  readonly as: (role: string, options?: ClientOptions, policy?: Policy) => Anthropic;
  /** The window of this test alone. */
  readonly env: Readonly<Record<string, string>>;
  /** The requests that arrived, as `POST /path`. */
  readonly arrived: () => readonly string[];
}

export async function guarded(options: SandboxOptions = {}): Promise<Guarded> {
  const sandbox = await startSandbox({ clock: "2026-11-23T12:00:00.000Z", ...options });
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-library-"));
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const env = { ANTH_RBAC_STATE_DIR: join(folder, "state") };
  const client = (more: ClientOptions = {}) =>
    new Anthropic({
      apiKey: sandbox.secretOf("dev-shared"),
      authToken: null,
      baseURL: sandbox.url,
      maxRetries: 0,
      logLevel: "off",
      ...more,
    });
  return {
    sandbox,
    client,
    env,
    as: (name, more, policy = POLICY) =>
      guardClient(client(more), { policy, role: name, user: "ada@acme.example", env }),
    arrived: () => sandbox.requests.map(({ method, path }) => `${method} ${path}`),
  };
}

/** A request that everything but its model and length is the same of. */
export const ask = (model: string, more: object = {}) => ({
  model,
  max_tokens: 100,
  messages: [{ role: "user" as const, content: "hello" }],
  ...more,
});

/** The denial that a call ends with; throws where it ends with anything else. */
export async function denial(call: () => unknown): Promise<PolicyDeniedError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof PolicyDeniedError) return error;
    throw new Error(`expected a denial, got ${String(error)}`, { cause: error });
  }
  throw new Error("expected a denial, got an answer");
}
