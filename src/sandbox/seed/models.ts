import type { SeedModel } from "../state/seed.ts";

type Row = readonly [
  id: string,
  displayName: string,
  line: SeedModel["line"],
  created: string,
  deprecated: string | null,
  retires: string | null,
  size: "large" | "small",
];

// Ids: admin-api.md 5.2; planned ends: 5.3, and admin-api-1.14.md 1.2. Release dates, and since when mythos-preview is deprecated, are approximate.
const ROWS: readonly Row[] = [
  ["claude-fable-5-2", "Claude Fable 5.2", "fable", "2026-11-09", null, null, "large"],
  ["claude-mythos-5-2", "Claude Mythos 5.2", "mythos", "2026-11-09", null, null, "large"],
  ["claude-haiku-5-5", "Claude Haiku 5.5", "haiku", "2026-10-21", null, null, "large"],
  ["claude-sonnet-5-5", "Claude Sonnet 5.5", "sonnet", "2026-10-14", null, null, "large"],
  ["claude-fable-5-1", "Claude Fable 5.1", "fable", "2026-09-30", null, null, "large"],
  ["claude-opus-5-5", "Claude Opus 5.5", "opus", "2026-09-16", null, null, "large"],
  ["claude-mythos-5-1", "Claude Mythos 5.1", "mythos", "2026-09-16", null, null, "large"],
  ["claude-sonnet-5", "Claude Sonnet 5", "sonnet", "2026-08-12", null, null, "large"],
  ["claude-fable-5", "Claude Fable 5", "fable", "2026-07-22", null, null, "large"],
  ["claude-mythos-5", "Claude Mythos 5", "mythos", "2026-07-22", null, null, "large"],
  ["claude-opus-5", "Claude Opus 5", "opus", "2026-07-08", null, null, "large"],
  ["claude-opus-4-8", "Claude Opus 4.8", "opus", "2026-05-20", null, null, "large"],
  ["claude-opus-4-7", "Claude Opus 4.7", "opus", "2026-04-15", null, null, "large"],
  ["claude-mythos-preview", "Claude Mythos Preview", "mythos", "2026-04-07", "2026-05-28", "2026-06-30", "large"],
  ["claude-sonnet-4-6", "Claude Sonnet 4.6", "sonnet", "2026-02-17", null, null, "large"],
  ["claude-opus-4-6", "Claude Opus 4.6", "opus", "2026-02-05", null, null, "large"],
  ["claude-opus-4-5-20251101", "Claude Opus 4.5", "opus", "2025-11-24", "2026-11-23", "2027-01-22", "small"],
  ["claude-haiku-4-5-20251001", "Claude Haiku 4.5", "haiku", "2025-10-15", null, null, "small"],
  ["claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "sonnet", "2025-09-29", "2026-09-01", "2026-11-30", "small"],
  ["claude-opus-4-1-20250805", "Claude Opus 4.1", "opus", "2025-08-05", "2026-06-05", "2026-08-05", "small"],
  ["claude-opus-4-20250514", "Claude Opus 4", "opus", "2025-05-22", "2026-04-14", "2026-06-15", "small"],
  ["claude-sonnet-4-20250514", "Claude Sonnet 4", "sonnet", "2025-05-22", "2026-04-14", "2026-06-15", "small"],
];

/** Past their planned end and still callable. */
const OVERDUE: ReadonlySet<string> = new Set(["claude-mythos-preview"]);

/** The models a sandbox knows, newest first. Dated ids answer to their name without the date too (4.0 for a bare 4). */
export function seedModels(): SeedModel[] {
  return ROWS.map(([id, displayName, line, created, deprecated, retires, size]) => ({
    id,
    aliases: aliasesOf(id),
    display_name: displayName,
    line,
    created_at: `${created}T00:00:00Z`,
    deprecated_at: deprecated === null ? null : `${deprecated}T00:00:00Z`,
    retires_at: retires === null ? null : `${retires}T00:00:00Z`,
    ...(OVERDUE.has(id) ? { overdue: true } : {}),
    max_input_tokens: size === "large" ? 1_000_000 : 200_000,
    max_tokens: size === "large" ? 128_000 : 64_000,
    always_thinks: line === "fable" || id === "claude-opus-5-5",
  }));
}

function aliasesOf(id: string): string[] {
  const undated = id.replace(/-\d{8}$/, "");
  if (undated === id) return [];
  return [/-4$/.test(undated) ? `${undated}-0` : undated];
}
