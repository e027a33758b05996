import { jsonSchema } from "../core/config/schema.ts";
import type { Outcome } from "../core/outcome/outcome.ts";

/** The JSON Schema of rbac.yaml, as editors take it. */
export function schema(): Outcome {
  return { kind: "document", text: `${JSON.stringify(jsonSchema(), null, 2)}\n` };
}
