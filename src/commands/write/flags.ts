import type { ManagedKind } from "../../core/config/config.ts";
import type { GuardrailRule } from "../../core/model/guardrail.ts";
import type { Consent } from "./confirm.ts";

/** The flags of every command that writes, as parsed. */
export interface WriteFlags extends Consent {
  readonly dryRun: boolean;
  /** The guardrails that are overridden, with the reasons given. */
  readonly allow: ReadonlyMap<GuardrailRule, string>;
}

/** What a run that writes can be held to; not every command takes both. */
export interface ScopeFlags {
  /** None: every kind that the command is about. */
  readonly only: readonly ManagedKind[];
  /** None: the organization and every workspace. */
  readonly workspaces: readonly string[];
}
