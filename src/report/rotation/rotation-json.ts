import { isoTime } from "../../core/model/time.ts";
import type { RotationOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION, rotationKeyJson } from "../../core/plan/plan-json.ts";

/** Where each key stands, for programs (design section 5). */
export function rotationJson({ organization, keys, takenAt, unknown }: RotationOutcome, exitCode: number): string {
  const object = {
    format_version: FORMAT_VERSION,
    kind: "status",
    exit_code: exitCode,
    organization: { id: organization.id ?? null, name: organization.name ?? null },
    taken_at: isoTime(takenAt),
    keys: keys.map(rotationKeyJson),
    unknown: unknown.map(({ kind, reason, message }) => ({ kind, reason, message: message ?? null })),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}
