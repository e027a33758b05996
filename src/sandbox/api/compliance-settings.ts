import type { OrganizationComplianceSettings } from "@anthropic-ai/sdk/resources/organization/compliance-settings";
import * as z from "zod/mini";
import { type Call, type Route, readBody } from "../state/call.ts";
import { record } from "../state/feed.ts";
import { changeSettings } from "../state/state.ts";

const path = "/v1/organizations/compliance_settings";
const word = z.enum(["enabled", "disabled"]);
const body = z.strictObject({ state: z.union([word, z.strictObject({ type: word })]) });

/** Whether the activity feed is on. Source: admin-api-1.14.md 3.7. */
export const complianceSettingsRoutes: readonly Route[] = [
  { method: "GET", path, access: "admin", scope: "any", query: [], handle: show },
  { method: "POST", path, access: "admin", scope: "any", query: [], handle: change },
];

function show({ state }: Call): OrganizationComplianceSettings {
  return { state: { type: state.settings.compliance }, type: "compliance_settings" };
}

function change(call: Call): OrganizationComplianceSettings {
  const { state: wanted } = readBody(call, body);
  const compliance = typeof wanted === "string" ? wanted : wanted.type;
  const { settings } = call.state;
  if (compliance === settings.compliance) return show(call);
  const fields = {
    compliance_api_enabled: compliance === "enabled",
    compliance_api_logging_enabled: compliance === "enabled",
  };
  const event = { type: "org_compliance_api_settings_updated", fields };
  // What switches it off is the last that is recorded; what switches it on the first.
  if (compliance === "disabled") record(call.state, event);
  changeSettings(call.state, { compliance });
  if (compliance === "enabled") record(call.state, event);
  return show(call);
}
