import type { OrgSnapshot } from "../model/org.ts";

/**
 * What an activity names that is about one object: all of these, and of other objects only what such an object is in or made of
 * (core/kinds/feed-trace.ts). Nothing: no activity is ever about one.
 */
export interface FeedTrace {
  /** `own`: its id. `person`: the id or e-mail of the person in its target. `invited`: its own id, or that e-mail. */
  readonly names: readonly ("own" | "person" | "invited" | "workspace" | "group" | "service_account")[];
  /** What the types of such activities say, where ids do not tell: an activity of such a type is about this kind alone. */
  readonly says?: RegExp;
  /** The types of activities by which somebody was given what a live one gives, role and all. Absent: none is known to say so. */
  readonly gives?: readonly string[];
  /** The types that may have changed what it gives, or not: who gave it before then is not told by the feed any more. */
  readonly blurs?: readonly string[];
  /** Whether a word of the feed's own for a group of models may mean the one that a name of a target means. */
  readonly fits?: (modelGroup: string, name: string, live: OrgSnapshot) => boolean;
}
