import type { Action, Change, ChangeKind, Unmanaged } from "../../core/model/change.ts";
import { admin_key } from "./admin-key.ts";
import { compliance } from "./compliance.ts";
import { federation_issuer } from "./federation-issuer.ts";
import { federation_rule } from "./federation-rule.ts";
import { group } from "./group.ts";
import { group_member } from "./group-member.ts";
import { invite } from "./invite.ts";
import { key } from "./key.ts";
import type { KindWords } from "./kind.ts";
import { member } from "./member.ts";
import { member_spend_limit } from "./member-spend-limit.ts";
import { rate_limit } from "./rate-limit.ts";
import { service_account } from "./service-account.ts";
import { session } from "./session.ts";
import { spend_limit } from "./spend-limit.ts";
import { workspace } from "./workspace.ts";
import { workspace_member } from "./workspace-member.ts";
import { workspace_service_account } from "./workspace-service-account.ts";

/** The words of every kind: the only list of kinds in `report`. */
const WORDS: { readonly [Kind in ChangeKind]: KindWords<Kind> } = {
  workspace,
  invite,
  member,
  workspace_member,
  rate_limit,
  spend_limit,
  member_spend_limit,
  key,
  service_account,
  workspace_service_account,
  group,
  group_member,
  session,
  federation_issuer,
  federation_rule,
  compliance,
  admin_key,
};

/** What happens to the object that a change's target names, in a few words. */
export function effectWords(change: Change): string {
  const words: KindWords<ChangeKind> = WORDS[change.kind];
  switch (change.action) {
    case "create":
      return words.added(change);
    case "update":
      return words.changed(change);
    case "remove":
      return words.removed(change);
    case "manual":
      return words.manual(change);
  }
}

/** What an action does to a kind, in a word. Empty where nothing is known of it. */
export function actionWord(action: Action | null | undefined, kind: ChangeKind | null | undefined): string {
  // An audit log may hold the kinds of another version.
  return action === "remove" && kind && Object.hasOwn(WORDS, kind) ? WORDS[kind].removal : (action ?? "");
}

/** What a live object that nothing declares is. */
export function unmanagedWords(item: Unmanaged): string {
  const words: KindWords<ChangeKind> = WORDS[item.kind];
  return words.unmanaged(item);
}
