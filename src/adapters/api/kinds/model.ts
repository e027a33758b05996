import * as z from "zod/mini";
import { findModel } from "../../../core/config/models.ts";
import type { LiveModel } from "../../../core/model/live-model.ts";
import { present, type RowSchema, row, text, timeOrNone } from "../rows.ts";
import type { ApiReader } from "./kind.ts";

/** What the list is called in messages. */
export const MODELS = "models";

/** A model. The API lists ids only: which other names resolve to one is in our own table. A life cycle that is new counts as active. */
const modelRow: RowSchema<LiveModel> = row(
  {
    id: text,
    lifecycle: text,
    retires_at: z.optional(timeOrNone),
    max_tokens: z.optional(z.nullable(z.number())),
  },
  ({ id, lifecycle, retires_at, max_tokens }) => {
    const aliases = findModel(id)?.aliases ?? [];
    return {
      id,
      ...(aliases.length > 0 && { aliases }),
      lifecycle: lifecycle === "deprecated" || lifecycle === "retired" ? lifecycle : "active",
      ...present("retiresAt", retires_at),
      ...present("maxTokens", max_tokens),
    };
  },
);

/** Every model that the API knows, retired ones too. */
export function listModels({ client, options, list }: ApiReader): Promise<readonly LiveModel[]> {
  return list({
    what: MODELS,
    style: "page",
    ask: (page) => client.models.list({ lifecycle: ["active", "deprecated", "retired"], ...page }, options),
    row: modelRow,
    idOf: ({ id }) => id,
  });
}
