import type { DecisionOutcome } from "../../core/outcome/outcome.ts";
import { roleOf } from "../../core/policy/caller.ts";
import type { Turn } from "../../core/prompt/request.ts";
import { suggest } from "../../core/text/suggest.ts";
import { decisionOutcome, judge, type Session } from "./session.ts";

/** Where a conversation stands. */
export interface Talk {
  readonly session: Session;
  /** The turns that both sides agree on: each of the user's has its answer. */
  readonly turns: readonly Turn[];
}

/** What a line of a conversation asks for. */
export type LineCommand =
  | { readonly kind: "exit" }
  | { readonly kind: "send"; readonly text: string }
  /** Something about the conversation: what to say, and where it stands then. */
  | {
      readonly kind: "done";
      readonly talk: Talk;
      readonly lines: readonly string[];
      readonly denied?: DecisionOutcome;
    };

const HELP = [
  "/model [NAME]   the model of the next turns, or which it is",
  "/role [NAME]    the role of the next turns, or which it is",
  "/clear          forget what was said",
  "/exit           end (also Ctrl-D)",
  "//text          send a line that begins with a slash",
];
const WORDS = ["/model", "/role", "/clear", "/exit", "/help"];

/** A line as typed: a command where it begins with a slash, else what is to be sent. */
export function commandOf(line: string, talk: Talk, now: number): LineCommand {
  if (line.startsWith("//")) return { kind: "send", text: line.slice(1) };
  if (!line.startsWith("/")) return { kind: "send", text: line };
  const [word = "", ...rest] = line.trim().split(/\s+/);
  const name = rest.join(" ");
  switch (word) {
    case "/exit":
      return { kind: "exit" };
    case "/help":
      return say(talk, ...HELP);
    case "/clear":
      return say({ ...talk, turns: [] }, "what was said is forgotten");
    case "/model":
      return name === "" ? say(talk, modelLine(talk.session, now)) : toModel(talk, name, now);
    case "/role":
      return name === "" ? say(talk, roleLine(talk.session)) : toRole(talk, name, now);
    default: {
      const near = suggest(word, WORDS);
      const meant = near === undefined ? "/help lists what there is" : `did you mean ${near}?`;
      return say(talk, `there is no command ${word}: ${meant}`, "to send the line, begin it with //");
    }
  }
}

function say(talk: Talk, ...lines: readonly string[]): LineCommand {
  return { kind: "done", talk, lines };
}

function modelLine(session: Session, now: number): string {
  const models = session.policy.roles.get(session.caller.role)?.models ?? [];
  return `the model is ${judge(session, now).model}; the role ${session.caller.role} may use ${models.join(", ")}`;
}

function roleLine({ caller, policy }: Session): string {
  const own = caller.user === undefined ? undefined : policy.people.get(caller.user);
  const { appRole, mayAssume = [] } = policy.unmapped ?? {};
  const strangers = appRole === undefined ? mayAssume : [appRole, ...mayAssume];
  const others = own === undefined ? strangers : (policy.roles.get(own)?.mayAssume ?? []);
  const more = others.filter((role) => role !== caller.role);
  const also = own !== undefined && own !== caller.role ? [own, ...more] : more;
  return `the role is ${caller.role}${also.length > 0 ? `; you may also act as ${also.join(", ")}` : ""}`;
}

function toModel(talk: Talk, model: string, now: number): LineCommand {
  return changed(talk, { ...talk.session, model }, now);
}

/** A role goes with its own model: the one that was asked for may not be among the new role's. */
function toRole(talk: Talk, role: string, now: number): LineCommand {
  const { model: _, ...session } = talk.session;
  const caller = roleOf({ policy: session.policy, user: session.identity, role });
  if ("decision" in caller) {
    // It is no call, and not about the role that the caller has meanwhile.
    const { caller: _before, ...others } = session;
    return { kind: "done", talk, lines: [], denied: decisionOutcome(others, caller) };
  }
  return changed(talk, { ...session, caller }, now);
}

/** The conversation in another session, or as it was where the policy denies that one everything. */
function changed(talk: Talk, session: Session, now: number): LineCommand {
  const decision = judge(session, now);
  if (decision.decision === "allow") return say({ ...talk, session });
  return { kind: "done", talk, lines: [], denied: decisionOutcome(session, decision) };
}
