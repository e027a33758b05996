import type { Config } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { matchesHint } from "../keys/secret-match.ts";
import { givesAccess, shownScope } from "../kinds/kinds.ts";
import { workspaceIdOf } from "../match/key-place.ts";
import type { KeyMatches } from "../match/keys.ts";
import { fittingWorkspaces, workspaceChoices } from "../match/resolve.ts";
import { matchWorkspaces } from "../match/workspaces.ts";
import { Failure } from "../model/failure.ts";
import type { ApiKey, LiveWorkspace, OrgSnapshot, ReadScope } from "../model/org.ts";
import { EMPTY_SCOPE } from "../model/org.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { emailIdentity, nameIdentity } from "../text/identity.ts";
import { suggest } from "../text/suggest.ts";
import { SUBJECT_SCOPE, type SubjectQuery } from "./subject.ts";

/** What a status is asked to show. */
export type Selection =
  | { readonly view: "organization" }
  | { readonly view: "workspace"; readonly workspace: string }
  /** The e-mail in lower case. */
  | { readonly view: "user"; readonly email: string }
  | { readonly view: "key"; readonly key: KeyQuery }
  /** A name or an id. */
  | { readonly view: "service-account"; readonly account: string }
  | { readonly view: "subject"; readonly query: SubjectQuery }
  | { readonly view: "usage"; readonly workspace?: string };

/** How a key is asked for. A secret is compared with hints and goes nowhere else. */
export type KeyQuery =
  | { readonly by: "name"; readonly text: string }
  | { readonly by: "hint"; readonly text: string }
  | { readonly by: "secret"; readonly secret: string };

/** What holds for people instead of what was set for them: that is shown. */
const SPENDING = { memberSpendLimits: false, effectiveSpendLimits: true, spendIncreaseRequests: true } as const;

/** Every view says of which organization it is. */
const WHOSE: ReadScope = { ...EMPTY_SCOPE, organization: true };

/** What has to be read for a selection, and no more: every workspace costs requests of a limit that all share. */
export function statusScope(selection: Selection, config?: Config): ReadScope {
  switch (selection.view) {
    case "organization":
      return { ...shownScope(() => true, ordinary), groupRoles: true, ...SPENDING };
    case "workspace": {
      const chosen = (live: readonly LiveWorkspace[]) => {
        const declared = config ?? { workspaces: new Map() };
        // By the workspaces alone: what else tells them apart is not read yet.
        const choices = workspaceChoices(declared, matchWorkspaces(declared, live), live);
        const ids = new Set(fittingWorkspaces(choices, selection.workspace).map(({ id }) => id));
        const hits = live.filter(({ id }) => ids.has(id));
        return hits.length === 1 ? ordinary(hits) : [];
      };
      // A planner would also ask who was invited; a workspace shows nobody who has not come.
      return { ...shownScope(() => true, chosen, false), invites: false };
    }
    case "user":
      return { ...WHOSE, users: true, invites: true };
    case "key":
      return { ...WHOSE, users: true, workspaces: true, keys: true, serviceAccounts: true };
    case "service-account":
      return {
        ...WHOSE,
        users: true,
        workspaces: true,
        keys: true,
        serviceAccounts: true,
        serviceAccountsOf: ordinary,
      };
    case "subject":
      return SUBJECT_SCOPE;
    case "usage":
      return { ...WHOSE, workspaces: true, keys: true };
  }
}

/**
 * What is still to be read for a person, after the people were: the API has no list of one person's workspaces, so all
 * their members are. Nobody's, for a person who is in none or, being an admin, in all of them.
 */
export function reachScope(email: string, people: OrgSnapshot): ReadScope {
  const same = emailIdentity(email);
  const user = people.users.known ? people.users.items.find((one) => emailIdentity(one.email) === same) : undefined;
  const scattered = user !== undefined && !isOrganizationAdmin(user.role);
  const scope = shownScope(givesAccess, scattered ? ordinary : () => []);
  return {
    ...scope,
    groupRoles: scope.groups,
    ...SPENDING,
    organization: false,
    users: false,
    invites: false,
    keys: scope.keys && user !== undefined,
  };
}

function ordinary(workspaces: readonly LiveWorkspace[]): readonly string[] {
  return workspaces.flatMap(({ id, isDefault }) => (isDefault ? [] : id));
}

/** Every key that a query means: by id, by name, live or of the file, by a name whose labels are left out, by hint or by the secret behind it. */
export function matchingKeys(
  keys: readonly ApiKey[],
  query: KeyQuery,
  { pinnedAs }: Pick<KeyMatches, "pinnedAs">,
): readonly ApiKey[] {
  switch (query.by) {
    case "secret":
      return keys.filter(({ hint }) => hint !== undefined && matchesHint(query.secret, hint));
    case "hint":
      return keys.filter(({ hint, name }) => hint === query.text || name === query.text);
    case "name": {
      const byId = keys.filter(({ id }) => id === query.text);
      if (byId.length > 0) return byId;
      const asked = nameIdentity(query.text);
      const meant = new Set(pinnedAs(query.text));
      return keys.filter(
        (key) => meant.has(key) || [key.name, parseKeyName(key.name).base].some((text) => nameIdentity(text) === asked),
      );
    }
  }
}

/**
 * The keys of a name between which nobody can choose: keys of several places, or several that bear the name itself or have it from the
 * file. The keys of one rotation are none, and what is archived counts where nothing else has the name.
 */
export function rivalKeys(
  hits: readonly ApiKey[],
  name: string,
  { pinnedAs }: Pick<KeyMatches, "pinnedAs">,
): readonly ApiKey[] {
  const usable = hits.filter(({ status }) => status !== "archived");
  const keys = usable.length > 0 ? usable : hits;
  if (new Set(keys.map(workspaceIdOf)).size > 1) return keys;
  const meant = new Set(pinnedAs(name));
  const bearers = keys.filter((key) => meant.has(key) || nameIdentity(key.name) === nameIdentity(name));
  return bearers.length > 1 ? bearers : [];
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
