import {
  issuerKeys,
  lifetimesInRange,
  looseFederation,
  rulesWithoutMatch,
  unknownInRules,
} from "../kinds/federation-rule/rules.ts";
import { keyNames, keyNameTwice, overlapExceedsRotation, reservedKeyNames } from "../kinds/key/rules.ts";
import {
  expiringAcceptances,
  expiringMembers,
  protectedMissing,
  samePersonTwice,
  tooFewAdmins,
  unknownAppRoles,
  unknownPeople,
  workspaceWithoutAdmin,
} from "../kinds/member/rules.ts";
import { rateLimitCollisions, unknownRateLimits } from "../kinds/rate-limit/rules.ts";
import type { Rule } from "../kinds/rule-context.ts";
import { unknownServiceAccounts } from "../kinds/service-account/rules.ts";
import {
  ambiguousHandles,
  defaultGeoNotAllowed,
  defaultWorkspaceRestricted,
  idPinnedTwice,
  longWorkspaceNames,
  reservedTags,
  sameLiveName,
  sameTags,
  unknownGeos,
} from "../kinds/workspace/rules.ts";
import type { ChangeKind } from "../model/change.ts";
import { unknownTargets, unknownTargetWorkspaces } from "./accept.ts";
import { emptyCollections } from "./empty.ts";
import { lookAlikes } from "./look-alikes.ts";
import {
  deniedRoleWithLimits,
  modelLifecycle,
  modelListedTwice,
  roleAllowsNothing,
  unknownAssumedRoles,
} from "./roles.ts";
import { foreignVariables, secretsInCommands } from "./variables.ts";

/** The rules of each kind. `validate` loads them alone: what plans a kind is of no use to it. */
const OF_KINDS: { readonly [Kind in ChangeKind]: readonly Rule[] } = {
  member: [
    unknownPeople,
    samePersonTwice,
    protectedMissing,
    tooFewAdmins,
    workspaceWithoutAdmin,
    unknownAppRoles,
    expiringMembers,
  ],
  invite: [],
  workspace: [
    sameLiveName,
    ambiguousHandles,
    longWorkspaceNames,
    idPinnedTwice,
    defaultWorkspaceRestricted,
    reservedTags,
    sameTags,
    defaultGeoNotAllowed,
    unknownGeos,
  ],
  workspace_member: [],
  rate_limit: [unknownRateLimits, rateLimitCollisions],
  spend_limit: [],
  member_spend_limit: [],
  key: [keyNames, reservedKeyNames, keyNameTwice, overlapExceedsRotation],
  service_account: [unknownServiceAccounts],
  workspace_service_account: [],
  group: [],
  group_member: [],
  session: [],
  federation_issuer: [issuerKeys],
  federation_rule: [unknownInRules, rulesWithoutMatch, lifetimesInRange, looseFederation],
  compliance: [],
  admin_key: [],
};

/** The rules of the role policy, of `accept`, and of more than one kind. */
const OF_THE_REST: readonly Rule[] = [
  emptyCollections,
  lookAlikes,
  roleAllowsNothing,
  deniedRoleWithLimits,
  modelListedTwice,
  modelLifecycle,
  unknownAssumedRoles,
  unknownTargets,
  unknownTargetWorkspaces,
  expiringAcceptances,
  foreignVariables,
  secretsInCommands,
];

/** What two places of the file say of each other, and of the day. All of them run, on whatever the schema left. */
export const RULES: readonly Rule[] = [...Object.values(OF_KINDS).flat(), ...OF_THE_REST];
