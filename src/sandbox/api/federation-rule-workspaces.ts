import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { FederationRule, FederationRuleWorkspace } from "@anthropic-ai/sdk/resources/organization/federation";
import * as z from "zod/mini";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { CURSOR_PARAMS } from "../state/pagination.ts";
import { getRow, putRow } from "../state/table.ts";
import { refuseWorkspace, ruleOf, writableRule } from "./federation-rules.ts";

const path = "/v1/organizations/federation_rules/{federation_rule_id}/workspaces";
const common = { access: "oauth", only: "console", query: [] } as const;

/** The workspaces of a rule, never in pages. Source: admin-api-1.14.md 3.2. */
export const federationRuleWorkspaceRoutes: readonly Route[] = [
  { ...common, method: "GET", path, query: CURSOR_PARAMS, handle: listWorkspaces },
  { ...common, method: "POST", path, handle: addWorkspace },
  { ...common, method: "DELETE", path: `${path}/{workspace_id}`, handle: removeWorkspace },
];

function enablement(rule: FederationRule, workspaceId: string, name: string | null): FederationRuleWorkspace {
  return {
    created_at: rule.created_at,
    created_by_actor_id: null,
    federation_rule_id: rule.id,
    type: "federation_rule_workspace",
    workspace_id: workspaceId,
    workspace_name: name,
  };
}

function listWorkspaces(call: Call): PageCursorResponse<FederationRuleWorkspace> {
  const rule = ruleOf(call, idAt(call, 0));
  const nameOf = (id: string): string | null => getRow(call.state.workspaces, id)?.name ?? null;
  return { data: rule.workspace_ids.map((id) => enablement(rule, id, nameOf(id))), next_page: null };
}

function addWorkspace(call: Call): FederationRuleWorkspace {
  const { workspace_id: id } = readBody(call, z.strictObject({ workspace_id: text(1) }));
  const rule = writableRule(call, idAt(call, 0));
  refuseWorkspace(call, id);
  const ids = [...new Set([...rule.workspace_ids, id])];
  putRow(call.state.federationRules, { ...rule, workspace_ids: ids, updated_at: iso(call.now) });
  return enablement(rule, id, null);
}

/** 200 also where it was not enabled. */
function removeWorkspace(call: Call): { federation_rule_id: string; type: string; workspace_id: string } {
  const rule = writableRule(call, idAt(call, 0));
  const id = idAt(call, 1);
  const ids = rule.workspace_ids.filter((each) => each !== id);
  putRow(call.state.federationRules, { ...rule, workspace_ids: ids, updated_at: iso(call.now) });
  return { federation_rule_id: rule.id, type: "federation_rule_workspace_deleted", workspace_id: id };
}
