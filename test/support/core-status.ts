import type { ApiKey, OrgSnapshot } from "../../src/core/model/org.ts";
import type { KeyQuery } from "../../src/core/status/select.ts";
import { assembleStatus, type StatusInput } from "../../src/core/status/status.ts";
import { declared } from "./config.ts";
import { invite, NOW, org, user, workspace } from "./org.ts";

/** What rbac.yaml declares in these tests. */
export const config = declared({
  members: {
    "grace@acme.example": { role: "admin" },
    "ada@acme.example": { role: "developer", app_role: "power" },
    "bob@acme.example": { role: "user", until: "2026-11-30", reason: "contractor" },
    "erin@acme.example": { role: "developer" },
  },
  workspaces: {
    prod: {
      name: "Production",
      members: { "ada@acme.example": "developer", "grace@acme.example": "admin" },
      keys: { "prod-auth": { owner: "ada@acme.example" }, "prod-search": {} },
    },
    staging: { name: "Staging", members: { "ada@acme.example": "developer", "grace@acme.example": "admin" } },
  },
  roles: { power: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 1000 } },
});

/** Two live workspaces, both declared. */
export const production = workspace("Production");
export const staging = workspace("Staging");

/** A small organization: Ada is missing from Production, Bob is in Staging unasked, Erin is invited. */
export function live(parts: Parameters<typeof org>[0] = {}): OrgSnapshot {
  return org({
    users: [user("grace@acme.example", "admin"), user("ada@acme.example"), user("bob@acme.example", "user")],
    invites: [invite("erin@acme.example")],
    workspaces: [production, staging, workspace("Claude Code")],
    members: [
      { userId: "user_ada", workspaceId: staging.id, role: "developer" },
      { userId: "user_bob", workspaceId: staging.id, role: "user" },
    ],
    ...parts,
  });
}

/** A status of it, of the whole organization unless the input says otherwise. */
export function assemble(input: Partial<StatusInput> = {}) {
  return assembleStatus({ live: live(), now: NOW, selection: { view: "organization" }, config, ...input });
}

/** What a status says of one person. */
export function person(email: string, input: Partial<StatusInput> = {}) {
  const { user } = assemble({ selection: { view: "user", email }, ...input });
  if (!user) throw new Error("no user in a user view");
  return user;
}

/** What a status says of a key, among these keys. */
export function answers(query: KeyQuery | string, keys: readonly ApiKey[], input: Partial<StatusInput> = {}) {
  const asked: KeyQuery = typeof query === "string" ? { by: "name", text: query } : query;
  return assemble({ live: live({ keys }), selection: { view: "key", key: asked }, ...input }).found ?? [];
}

/** The codes of notes. */
export const codes = (notes: readonly { readonly code: string }[]) => notes.map(({ code }) => code);
