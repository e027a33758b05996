import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditRecord } from "../../src/core/audit/audit.ts";
import type { Ran, RunOptions, Stage } from "./stage.ts";
import { stage } from "./stage.ts";

export const HAIKU = "claude-haiku-5-5";
export const SONNET = "claude-sonnet-5-5";
export const OPUS = "claude-opus-5-5";

/** The seed's four roles with models of today, and a person for each. */
export const SEED_POLICY = {
  members: {
    "val@acme.example": { role: "user", app_role: "viewer" },
    "uma@acme.example": { role: "user", app_role: "user" },
    "pat@acme.example": { role: "developer", app_role: "power" },
    "ann@acme.example": { role: "developer", app_role: "admin" },
  },
  roles: {
    viewer: { allowed: false },
    user: { allowed: true, models: [HAIKU], max_tokens: 512, rpm_limit: 10 },
    power: { allowed: true, models: [HAIKU, SONNET, OPUS], max_tokens: 4096, rpm_limit: 60 },
    admin: { allowed: true, models: ["*"], max_tokens: 8192, rpm_limit: 200, may_assume: ["power", "user", "viewer"] },
  },
  unmapped: { may_assume: ["user"] },
};

/** A stage for prompts. */
export interface PromptStage extends Stage {
  /** Runs `prompt` as somebody of acme.example, with the key of Development. */
  readonly prompt: (who: string, words: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** The lines of the audit log, oldest first: of a call the one of its end, where it has one. */
  readonly audited: () => readonly AuditRecord[];
  /** How many calls of the Messages API there were. */
  readonly sent: () => number;
}

/** A sandbox, the seed's policy (with `more` of the file), and nothing else. */
export async function promptStage(more: Record<string, unknown> = {}): Promise<PromptStage> {
  const opened = await stage();
  const { sandbox, folder, declare, run } = opened;
  declare({ ...SEED_POLICY, ...more });
  return {
    ...opened,
    prompt: (who, words, options = {}) =>
      run(["prompt", ...words], {
        ...options,
        env: {
          ANTHROPIC_API_KEY: sandbox.secretOf("dev-shared"),
          ANTH_RBAC_USER: `${who}@acme.example`,
          ANTHROPIC_ADMIN_KEY: undefined,
          ...options.env,
        },
      }),
    audited: () => auditedIn(folder),
    sent: () => sandbox.requests.filter(({ path }) => path === "/v1/messages").length,
  };
}

function auditedIn(folder: string): readonly AuditRecord[] {
  try {
    const lines = readFileSync(join(folder, "state", "audit.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const records: readonly AuditRecord[] = lines.map((line) => JSON.parse(line));
    const ended = new Set(records.map(({ begun }) => begun));
    return records.filter(({ seq }) => !ended.has(seq));
  } catch {
    return [];
  }
}
