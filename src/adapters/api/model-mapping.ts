import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { LiveModel } from "../../core/config/live-model.ts";
import { findModel } from "../../core/config/models.ts";
import { NAMES, present } from "./kinds/rows.ts";
import type { Row } from "./pages.ts";
import { fieldReader } from "./row-fields.ts";

const models = fieldReader(NAMES.models);

/** The API lists ids only; which other names resolve to one is in our own table. */
export function mapModel(row: Row<ModelInfo>): LiveModel {
  const id = models.text(row.id, "id");
  const aliases = findModel(id)?.aliases ?? [];
  return {
    id,
    ...(aliases.length > 0 && { aliases }),
    lifecycle: row.lifecycle === "deprecated" || row.lifecycle === "retired" ? row.lifecycle : "active",
    ...present("retiresAt", models.optionalTime(row.retires_at, "retires_at")),
    ...present("maxTokens", typeof row.max_tokens === "number" ? row.max_tokens : undefined),
  };
}
