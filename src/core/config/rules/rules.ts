import { unknownTargets, unknownTargetWorkspaces } from "./accept.ts";
import { expiringAcceptances, expiringMembers } from "./expiry.ts";
import type { Rule } from "./facts.ts";
import { keyNames, keyNameTwice, overlapExceedsRotation, reservedKeyNames } from "./keys.ts";
import { modelLifecycle } from "./models.ts";
import {
  protectedMissing,
  samePersonTwice,
  tooFewAdmins,
  unknownAppRoles,
  unknownPeople,
  workspaceWithoutAdmin,
} from "./people.ts";
import { rateLimitCollisions, unknownRateLimits } from "./rate-limits.ts";
import { deniedRoleWithLimits, modelListedTwice, roleAllowsNothing, unknownAssumedRoles } from "./roles.ts";
import {
  defaultGeoNotAllowed,
  defaultWorkspaceRestricted,
  idPinnedTwice,
  longWorkspaceNames,
  reservedTags,
  sameLiveName,
  unknownGeos,
} from "./workspaces.ts";

/** What two places of the file say of each other, and of the day. All of them run, on whatever the schema left. */
export const RULES: readonly Rule[] = [
  unknownPeople,
  samePersonTwice,
  protectedMissing,
  tooFewAdmins,
  workspaceWithoutAdmin,
  unknownAppRoles,
  expiringMembers,
  sameLiveName,
  longWorkspaceNames,
  idPinnedTwice,
  defaultWorkspaceRestricted,
  reservedTags,
  defaultGeoNotAllowed,
  unknownGeos,
  keyNames,
  reservedKeyNames,
  keyNameTwice,
  overlapExceedsRotation,
  unknownRateLimits,
  rateLimitCollisions,
  roleAllowsNothing,
  deniedRoleWithLimits,
  modelListedTwice,
  modelLifecycle,
  unknownAssumedRoles,
  unknownTargets,
  unknownTargetWorkspaces,
  expiringAcceptances,
];
