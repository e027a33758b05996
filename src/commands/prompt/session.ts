import type { Context } from "../../context.ts";
import type { Config, Workspace } from "../../core/config/config.ts";
import { Failure } from "../../core/model/failure.ts";
import type { DecisionOutcome, RoleFrom, ValidationOutcome } from "../../core/outcome/outcome.ts";
import { type Caller, roleOf } from "../../core/policy/caller.ts";
import { decide, withFix } from "../../core/policy/decide.ts";
import { type Decision, type Denied, type Policy, policyOf } from "../../core/policy/policy.ts";
import { defaultModel, type PromptRequest, promptWorkspace, type Turn } from "../../core/prompt/request.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import type { ConfigReading } from "../../core/validate/judge.ts";
import { trusted, validConfigIfAny } from "../config.ts";
import { emailOf } from "../secret-input.ts";

/** What stays the same over all calls of a run, but for the role and the model, which a conversation may change. */
export interface Session {
  readonly policy: Policy;
  /** Absent where there is no file: everything is denied then. */
  readonly config?: Config;
  readonly source?: Pick<ConfigReading, "file" | "locate">;
  /** The e-mail of the identity, in lower case. */
  readonly identity?: string;
  readonly caller: Caller;
  /** The model that was asked for; else the role's own is taken. */
  readonly model?: string;
  readonly maxTokens?: number;
  readonly system?: string;
  readonly workspace?: Workspace;
  /** Wait for room instead of being denied. */
  readonly wait: boolean;
}

export interface SessionOptions {
  readonly user?: string;
  readonly role?: string;
  readonly model?: string;
  readonly maxTokens?: number;
  readonly system?: string;
  /** A handle, a live name or an id. */
  readonly workspace?: string;
  readonly wait: boolean;
}

/** Who asks, as what, and under which policy: a session, or why there is none. Reaches no network. Throws Failure. */
export async function openSession(
  context: Context,
  options: SessionOptions,
): Promise<Session | DeniedSession | ValidationOutcome> {
  checkFlags(options);
  const valid = await validConfigIfAny(context);
  if (valid?.kind === "validation") return { ...valid, asked: false };
  return sessionBy(context, options, valid && trusted(valid, "nothing was sent"));
}

/** Nobody may go on, and why. */
interface DeniedSession {
  readonly session: Omit<Session, "caller">;
  readonly denied: Denied;
}

/**
 * A session as the file and the day have it now, which may be days after it was opened: each turn of a conversation is a call like any
 * other. A file that cannot be read any more, or has become wrong, denies.
 */
export async function renewSession(context: Context, session: Session): Promise<Session | DeniedSession> {
  const { caller, identity, source, workspace, model, maxTokens, system, wait } = session;
  const options: SessionOptions = {
    role: caller.role,
    wait,
    ...(identity !== undefined && { user: identity }),
    ...(workspace && { workspace: workspace.handle }),
    ...(model !== undefined && { model }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(system !== undefined && { system }),
  };
  try {
    // What was piped in can be read once.
    if (source?.file === STDIN && session.config)
      return await sessionBy(context, options, { config: session.config, source });
    const valid = await validConfigIfAny(context, "shown");
    if (valid?.kind !== "validation")
      return await sessionBy(context, options, valid && trusted(valid, "nothing was sent"));
    return { session, denied: fileDenial(session, `${valid.file} has errors now`) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { session, denied: fileDenial(session, error.details.message) };
  }
}

/** How a reading of stdin is called. */
const STDIN = "<stdin>";

function fileDenial({ caller, model }: Session, why: string): Denied {
  const message = `The role policy cannot be told any more: ${why}`;
  const fix = "run anth-rbac validate, and correct the file";
  return { decision: "deny", code: "policy-invalid", role: caller.role, model: model ?? null, message, fix };
}

async function sessionBy(
  context: Context,
  options: SessionOptions,
  valid: { readonly config: Config; readonly reading?: ConfigReading; readonly source?: Session["source"] } | undefined,
): Promise<Session | DeniedSession> {
  const reading = valid?.reading;
  const { role, model, maxTokens, system, workspace, wait } = options;
  const config = valid?.config;
  const policy = config ? policyOf(config, context.clock.now()) : NO_POLICY;
  const given = policy.roles.size > 0 ? await identityOf(context, options.user) : options.user;
  const identity = given && emailIdentity(given.trim());
  const session = {
    policy,
    wait,
    ...(config && { config }),
    ...(reading && { source: { file: reading.file, locate: reading.locate } }),
    ...(valid?.source && { source: valid.source }),
    ...(identity && { identity }),
    ...(model !== undefined && { model }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(system !== undefined && { system }),
  };
  const caller = roleOf({ policy, user: identity, role });
  if ("decision" in caller) return { session, denied: { ...caller, model: model ?? null } };
  const place = config && workspace !== undefined && { workspace: promptWorkspace(config, workspace) };
  return { ...session, caller, ...place };
}

/** What stands for a file that is not there: it denies. */
const NO_POLICY: Policy = { roles: new Map(), people: new Map(), rateStore: "local", organization: "" };

/** An empty flag is most likely a variable that is not set; to go on as somebody else would be wrong. */
function checkFlags({ user, role, model, workspace }: SessionOptions): void {
  for (const [flag, value] of Object.entries({ user, role, model, workspace })) {
    if (value?.trim() === "") throw new Failure("usage", { message: `--${flag} is empty` });
  }
}

/**
 * Who asks. What somebody wrote down to be known by and is no address is wrong usage, and not somebody else: whoever `members` does not
 * name may have more rights. Git's may be anything. Throws Failure `usage`.
 */
async function identityOf({ machine }: Context, user: string | undefined): Promise<string | undefined> {
  const [name, word] = user === undefined ? ["ANTH_RBAC_USER", machine.variable("ANTH_RBAC_USER")] : ["--user", user];
  return word?.trim() ? emailOf(name, word, "give an e-mail address") : machine.identity();
}

/** What the policy says of the next call: with these turns, or, where there are none yet, in general. */
export function judge(session: Session, now: number, messages: readonly Turn[] = []): Decision<PromptRequest> {
  const { policy, caller, maxTokens, system } = session;
  const model = session.model ?? defaultModel(policy, caller.role, now) ?? "";
  const decision = decide(policy, caller.role, {
    model,
    messages,
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(system !== undefined && { system }),
  });
  if (decision.decision === "allow") return decision;
  return withFix({ ...decision, model: decision.model || null }, policy);
}

/** A decision as the outcome of a run. */
export function decisionOutcome(
  { policy, caller, source, identity }: Pick<Session, "policy" | "source" | "identity"> & { readonly caller?: Caller },
  decision: Decision,
): DecisionOutcome {
  const rpmLimit = caller && policy.roles.get(caller.role)?.rpmLimit;
  return {
    kind: "decision",
    decision,
    asked: false,
    ...(caller && { roleFrom: roleFrom(policy, caller) }),
    ...(identity !== undefined && { user: identity }),
    ...(rpmLimit !== undefined && { rpmLimit }),
    ...(source && { source }),
  };
}

function roleFrom({ people }: Policy, { user, role }: Caller): RoleFrom {
  const own = user === undefined ? undefined : people.get(user);
  if (own === undefined) return "unmapped";
  return own === role ? "identity" : "assumed";
}
