import type { Config } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { matchesHint } from "../keys/secret-match.ts";
import { Failure } from "../model/failure.ts";
import type { ApiKey, LiveWorkspace, OrgSnapshot, ReadScope } from "../model/org.ts";
import { EMPTY_SCOPE } from "../model/org.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { suggest } from "../text/suggest.ts";
import { type WorkspaceRef, workspaceRefs } from "./index-live.ts";

/** What a status is asked to show. */
export type Selection =
  | { readonly view: "organization" }
  | { readonly view: "workspace"; readonly workspace: string }
  /** The e-mail in lower case. */
  | { readonly view: "user"; readonly email: string }
  | { readonly view: "key"; readonly key: KeyQuery }
  | { readonly view: "usage"; readonly workspace?: string };

/** How a key is asked for. A secret is compared with hints and goes nowhere else. */
export type KeyQuery =
  | { readonly by: "name"; readonly text: string }
  | { readonly by: "hint"; readonly text: string }
  | { readonly by: "secret"; readonly secret: string };

/** Every view says of which organization it is. */
const WHOSE: ReadScope = { ...EMPTY_SCOPE, organization: true };

/** What has to be read for a selection, and no more: every workspace costs requests of a limit that all share. */
export function statusScope(selection: Selection, config?: Config): ReadScope {
  switch (selection.view) {
    case "organization":
      return {
        ...WHOSE,
        users: true,
        invites: true,
        workspaces: true,
        keys: true,
        rateLimits: true,
        spendLimits: true,
        membersOf: ordinary,
        rateLimitsOf: ordinary,
      };
    case "workspace": {
      const chosen = (live: readonly LiveWorkspace[]) => {
        const hits = matchingWorkspaces(workspaceRefs(live, config), selection.workspace);
        return hits.length === 1 ? hits.flatMap(({ id, special }) => (special === "default" ? [] : id)) : [];
      };
      return {
        ...WHOSE,
        users: true,
        workspaces: true,
        keys: true,
        rateLimits: true,
        spendLimits: true,
        membersOf: chosen,
        rateLimitsOf: chosen,
      };
    }
    case "user":
      return { ...WHOSE, users: true, invites: true };
    case "key":
      return { ...WHOSE, users: true, workspaces: true, keys: true };
    case "usage":
      return { ...WHOSE, workspaces: true, keys: true };
  }
}

/**
 * What is still to be read for a person, after the people were: the API has no list of one person's workspaces, so all
 * their members are. Nobody's, for a person who is in none or, being an admin, in all of them.
 */
export function reachScope(email: string, people: OrgSnapshot): ReadScope {
  const user = people.users.known ? people.users.items.find((candidate) => candidate.email === email) : undefined;
  const scattered = user !== undefined && !isOrganizationAdmin(user.role);
  return {
    ...EMPTY_SCOPE,
    workspaces: true,
    keys: user !== undefined,
    membersOf: scattered ? ordinary : () => [],
  };
}

function ordinary(workspaces: readonly LiveWorkspace[]): readonly string[] {
  return workspaces.flatMap(({ id, isDefault }) => (isDefault ? [] : id));
}

/** The one workspace with this handle, id or live name. Throws Failure `not-found` or `ambiguous`. */
export function findWorkspace(workspaces: readonly WorkspaceRef[], asked: string): WorkspaceRef {
  const [found, ...others] = matchingWorkspaces(workspaces, asked);
  if (found && others.length === 0) return found;
  if (found) {
    const ids = [found, ...others].map(({ id }) => id);
    throw new Failure("ambiguous", {
      message: `${ids.length} workspaces are named "${asked}": ${ids.join(", ")}`,
      fix: "name the one you mean by its id",
    });
  }
  const words = workspaces.flatMap(({ handle, name }) => [handle ?? [], name ?? []].flat());
  throw notFound(`no workspace has the handle, name or id "${asked}"`, asked, words, "anth-rbac status lists them all");
}

/** A handle or an id means one workspace; a live name any that bear it, case apart where none bears it exactly. */
function matchingWorkspaces(workspaces: readonly WorkspaceRef[], asked: string): readonly WorkspaceRef[] {
  const folded = asked.toLowerCase();
  const ways: readonly ((workspace: WorkspaceRef) => boolean)[] = [
    ({ handle }) => handle === asked,
    ({ id }) => id === asked,
    ({ name }) => name === asked,
    ({ name, handle }) => name?.toLowerCase() === folded || handle?.toLowerCase() === folded,
  ];
  for (const way of ways) {
    const hits = workspaces.filter(way);
    if (hits.length > 0) return hits;
  }
  return [];
}

/** Every key that a query means: by id, by name, by a name whose labels are left out, by hint or by the secret behind it. */
export function matchingKeys(keys: readonly ApiKey[], query: KeyQuery): readonly ApiKey[] {
  switch (query.by) {
    case "secret":
      return keys.filter(({ hint }) => hint !== undefined && matchesHint(query.secret, hint));
    case "hint":
      return keys.filter(({ hint, name }) => hint === query.text || name === query.text);
    case "name": {
      const byId = keys.filter(({ id }) => id === query.text);
      if (byId.length > 0) return byId;
      return keys.filter(({ name }) => name === query.text || parseKeyName(name).base === query.text);
    }
  }
}

/** A failure that names what comes nearest. */
export function notFound(message: string, asked: string, candidates: readonly string[], otherwise: string): Failure {
  const near = nearest(asked, candidates);
  return new Failure("not-found", {
    message,
    fix: near.length > 0 ? `did you mean ${near.map((word) => `"${word}"`).join(" or ")}?` : otherwise,
  });
}

const NEAREST = 3;

/** Up to three candidates: those that hold the word, then those a few letters away. */
function nearest(asked: string, candidates: readonly string[]): readonly string[] {
  const folded = asked.toLowerCase();
  const distinct = [...new Set(candidates)];
  const found = distinct.filter((word) => folded.length > 2 && word.toLowerCase().includes(folded)).slice(0, NEAREST);
  while (found.length < NEAREST) {
    const next = suggest(
      asked,
      distinct.filter((word) => !found.includes(word)),
    );
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}
