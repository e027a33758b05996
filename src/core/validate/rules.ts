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
import {
  ambiguousHandles,
  defaultGeoNotAllowed,
  defaultWorkspaceRestricted,
  idPinnedTwice,
  longWorkspaceNames,
  reservedTags,
  sameLiveName,
  unknownGeos,
} from "../kinds/workspace/rules.ts";
import { unknownTargets, unknownTargetWorkspaces } from "./accept.ts";
import { modelLifecycle } from "./models.ts";
import { deniedRoleWithLimits, modelListedTwice, roleAllowsNothing, unknownAssumedRoles } from "./roles.ts";

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
  ambiguousHandles,
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
