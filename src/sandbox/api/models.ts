import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import { notFound } from "../http/errors.ts";
import { words } from "../http/query.ts";
import { type Call, idAt, type Route } from "../state/call.ts";
import { PAGE_PARAMS, pageOfRows } from "../state/pagination.ts";
import type { SeedModel } from "../state/seed.ts";

/** `/v1/models`. Source: admin-api.md 5.1. */
export const modelRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/models",
    access: "inference",
    query: [...PAGE_PARAMS, "lifecycle[]"],
    handle: listModels,
  },
  { method: "GET", path: "/v1/models/{model_id}", access: "inference", query: [], handle: findModelInfo },
];

/** The model's stage at this time, worked out from its dates; a planned end is no end for one that is overdue. */
export function lifecycleOf(model: SeedModel, now: number): ModelInfo["lifecycle"] {
  if (model.retires_at !== null && model.overdue !== true && Date.parse(model.retires_at) <= now) return "retired";
  if (model.deprecated_at !== null && Date.parse(model.deprecated_at) <= now) return "deprecated";
  return "active";
}

/** The model with this id or alias, if there is one. */
export function findModel(models: readonly SeedModel[], name: string): SeedModel | undefined {
  return models.find((model) => model.id === name || model.aliases.includes(name));
}

function present(model: SeedModel, now: number): ModelInfo {
  const lifecycle = lifecycleOf(model, now);
  const active = lifecycle === "active";
  return {
    id: model.id,
    capabilities: null,
    created_at: model.created_at,
    deprecated_at: active ? null : model.deprecated_at,
    display_name: model.display_name,
    lifecycle,
    line: model.line,
    max_input_tokens: model.max_input_tokens,
    max_tokens: model.max_tokens,
    retires_at: active ? null : model.retires_at,
    type: "model",
  };
}

function listModels(call: Call): PageResponse<ModelInfo> {
  const wanted = words(call.query, "lifecycle", ["active", "deprecated", "retired"]) ?? ["active", "deprecated"];
  const rows = call.state.models
    .map((model) => present(model, call.now))
    .filter((model) => wanted.includes(model.lifecycle));
  return pageOfRows(rows, call.query, (model) => model.id);
}

function findModelInfo(call: Call): ModelInfo {
  const name = idAt(call, 0);
  const model = findModel(call.state.models, name);
  if (model === undefined) throw notFound("model", name);
  return present(model, call.now);
}
