import type { ChangeKind } from "./change.ts";

/** The judgement of one guardrail over a plan, with what it counted; `report` makes the sentence. */
export type GuardrailResult = GuardrailVerdict & {
  /** Whether the plan may not be carried out unless the rule is overridden: it breaks it, or has a change that nobody could judge. */
  readonly refuses: boolean;
  /** The reason that was given for overriding it; the rule stays broken. */
  readonly overridden?: string;
};

/** What a rule counted, and whether that is within its bounds; null where what it needs was not read. */
export type GuardrailVerdict = GuardrailCount & { readonly ok: boolean | null };

/** What a rule counted. */
type GuardrailCount =
  | { readonly rule: "min_admins"; readonly minimum: number; readonly before: number; readonly after: number }
  /** `targets`: the workspaces that would be left with too few. */
  | { readonly rule: "min_workspace_admins"; readonly minimum: number; readonly targets: readonly string[] }
  | { readonly rule: "protected"; readonly targets: readonly string[] }
  /** `known`: whether it could be told whom the credential belongs to. */
  | { readonly rule: "self"; readonly targets: readonly string[]; readonly known: boolean }
  | { readonly rule: "max_removals"; readonly over: readonly RemovalCount[] }
  /** `targets`: the invitations that would go elsewhere. */
  | { readonly rule: "domains"; readonly targets: readonly string[] };

/** What a plan takes away of one kind, demotions among it, where that is more than the file allows. */
export interface RemovalCount {
  readonly kind: ChangeKind;
  readonly removals: number;
  /** Live objects of the kind. */
  readonly of: number;
}

/** Every guardrail, by the name that `--allow` gives it. */
export const GUARDRAIL_RULES = [
  "min_admins",
  "min_workspace_admins",
  "protected",
  "self",
  "max_removals",
  "domains",
] as const;
export type GuardrailRule = (typeof GUARDRAIL_RULES)[number];
