import type { AllowedInferenceGeo, DataResidency } from "@anthropic-ai/sdk/resources/organization/workspaces";
import { badRequest } from "./http/errors.ts";
import { either, listOf, mapOf, nullable, object, oneOf, optional, text } from "./http/shape.ts";

const geo = oneOf("global", "us");
const allowed = either(listOf(geo, 1), oneOf("unrestricted"));

/** How tags may be sent: on update a null drops one tag. */
export const tagFields = {
  create: nullable(mapOf(text())),
  update: nullable(mapOf(nullable(text()))),
} as const;

/** How data residency may be sent; `workspace_geo` only at creation. */
export const residencyFields = {
  create: nullable(
    object({
      allowed_inference_geos: optional(nullable(allowed)),
      default_inference_geo: optional(nullable(geo)),
      workspace_geo: optional(nullable(oneOf("us"))),
    }),
  ),
  update: nullable(
    object({
      allowed_inference_geos: optional(nullable(allowed)),
      default_inference_geo: optional(nullable(geo)),
    }),
  ),
  id: nullable(text(1)),
} as const;

/** Tags after an update: those not named stay, null drops one; a key that begins with `anthropic` is refused. */
export function newTags(
  tags: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = new Map(Object.entries(tags));
  for (const [key, value] of Object.entries(patch)) {
    if (/^anthropic/i.test(key)) throw badRequest(`tags.${key}: Tag keys may not begin with 'anthropic'`);
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Data residency after an update; the default geo must be among the allowed ones. */
export function newResidency(
  patch: {
    readonly allowed_inference_geos?: AllowedInferenceGeo[] | "unrestricted" | null;
    readonly default_inference_geo?: AllowedInferenceGeo | null;
  },
  current: DataResidency = {
    allowed_inference_geos: "unrestricted",
    default_inference_geo: "global",
    workspace_geo: "us",
  },
): DataResidency {
  const next: DataResidency = {
    allowed_inference_geos: patch.allowed_inference_geos ?? current.allowed_inference_geos,
    default_inference_geo: patch.default_inference_geo ?? current.default_inference_geo,
    workspace_geo: current.workspace_geo,
  };
  const { allowed_inference_geos: geos, default_inference_geo: fallback } = next;
  if (geos !== "unrestricted" && !geos.includes(fallback)) {
    throw badRequest("data_residency.default_inference_geo: must be one of allowed_inference_geos");
  }
  return next;
}

/** A field that can be set once: naming another value later is a 400, the same one changes nothing. */
export function attachOnce(field: string, current: string | null, wanted: string | undefined): string | null {
  if (wanted === undefined) return current;
  if (current !== null && current !== wanted) throw badRequest(`${field}: cannot be replaced once it is set`);
  return wanted;
}
