import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { isHint, secretKind } from "../core/keys/secret-match.ts";
import { Failure } from "../core/model/failure.ts";
import type { OrgReader, OrgSnapshot } from "../core/model/org.ts";
import { DAY } from "../core/model/time.ts";
import type { Outcome } from "../core/outcome/outcome.ts";
import { guardOrganization } from "../core/plan/credential-owner.ts";
import { secretNotFound } from "../core/status/secret-not-found.ts";
import { type KeyQuery, reachScope, type Selection, statusScope } from "../core/status/select.ts";
import { assembleStatus } from "../core/status/status.ts";
import { type SubjectQuery, subjectReach } from "../core/status/subject.ts";
import { quoted } from "../core/text/text.ts";
import { validConfigIfAny } from "./config.ts";
import { checkWord, emailOf, readOneSecret } from "./secret-input.ts";

export interface StatusOptions {
  /** A handle, a live name or an id. */
  readonly workspace?: string;
  readonly user?: string;
  /** A name, an id, a hint, or `-` for the secret on stdin. */
  readonly key?: string;
  /** A name or an id. */
  readonly serviceAccount?: string;
  /** What a workload's token says in `sub`. */
  readonly subject?: string;
  /** A name or a URL. */
  readonly issuer?: string;
  /** `NAME=VALUE`, each. */
  readonly claim?: readonly string[];
  /** Days of usage. */
  readonly usage?: number;
}

/** The usage report reaches back this many days. */
const LONGEST_USAGE = 365;

/** The live organization, or the part of it that was asked for. Reads only. Throws Failure. */
export async function status(context: Context, options: StatusOptions): Promise<Outcome> {
  checkFlags(options);
  const valid = await validConfigIfAny(context);
  if (valid?.kind === "validation") return valid;
  const config = valid?.config;
  const selection = await select(context, options);
  const org = await context.api.reader();
  if (valid) await guardOrganization(valid.config, org, valid.reading.file);
  const live = await read(org, selection, config);
  const now = context.clock.now();
  const span = options.usage === undefined ? undefined : { from: now - options.usage * DAY, to: now };
  const usage = span && (await org.usage(span));
  const input = { live, now, selection, ...(config && { config }), ...(usage && { usage }) };
  return { kind: "status", status: assembleStatus(input) };
}

function checkFlags({ workspace, user, key, serviceAccount, subject, issuer, claim, usage }: StatusOptions): void {
  const given = [
    workspace === undefined ? [] : "--workspace",
    user === undefined ? [] : "--user",
    key === undefined ? [] : "--key",
    serviceAccount === undefined ? [] : "--service-account",
    subject === undefined ? [] : "--subject",
  ].flat();
  if (given.length > 1) {
    throw new Failure("usage", {
      message: `${given.join(" and ")} do not go together`,
      fix: "ask one question at a time",
    });
  }
  if (subject === undefined && (issuer !== undefined || claim !== undefined)) {
    throw new Failure("usage", {
      message: `${issuer === undefined ? "--claim" : "--issuer"} is about a token, and no subject is named`,
      fix: "name what the token says in sub: --subject SUBJECT",
    });
  }
  if (usage === undefined) return;
  if (subject !== undefined) {
    throw new Failure("usage", {
      message: "--usage does not go with --subject: no report counts what a rule is used for",
    });
  }
  if (!Number.isInteger(usage) || usage < 1 || usage > LONGEST_USAGE) {
    throw new Failure("usage", { message: `--usage takes a whole number of days from 1 to ${LONGEST_USAGE}` });
  }
  if (serviceAccount !== undefined) {
    throw new Failure("usage", {
      message: "--usage does not go with --service-account: the API counts usage by workspace and key",
      fix: "take --service-account alone to see its keys, then --key ID --usage DAYS",
    });
  }
  if (user !== undefined) {
    throw new Failure("usage", {
      message: "--usage does not go with --user: the API counts usage by workspace and key, not by person",
      fix: "take --user alone to see the person's keys, then --key ID --usage DAYS",
    });
  }
}

const PIPE_IT =
  "pipe it instead (anth-rbac status --key - < file); take it out of the shell's history, and rotate the key if others can read that";

async function select(context: Context, options: StatusOptions): Promise<Selection> {
  const { workspace, user, key, serviceAccount, subject, issuer, claim = [], usage } = options;
  const words = [
    ["--workspace", workspace],
    ["--service-account", serviceAccount],
    ["--subject", subject],
    ["--issuer", issuer],
    ["--key", key],
  ] as const;
  for (const [flag, value] of words) {
    if (value !== undefined) checkWord(flag, value, PIPE_IT);
  }
  if (user !== undefined) return { view: "user", email: emailOf("--user", user, PIPE_IT) };
  if (key !== undefined) return { view: "key", key: await keyQuery(context, key) };
  if (serviceAccount !== undefined) return { view: "service-account", account: serviceAccount };
  if (subject !== undefined) {
    const claims = claimsOf(subject, claim.map(claimOf));
    return { view: "subject", query: { subject, claims, ...(issuer !== undefined && { issuer }) } };
  }
  if (usage !== undefined) return { view: "usage", ...(workspace !== undefined && { workspace }) };
  return workspace === undefined ? { view: "organization" } : { view: "workspace", workspace };
}

/** The claims of one token: it says each once, and in `sub` its subject. */
function claimsOf(subject: string, named: readonly (readonly [string, string])[]): SubjectQuery["claims"] {
  const said = new Map([["sub", subject]]);
  for (const [name, value] of named) {
    const first = said.get(name) ?? value;
    said.set(name, first);
    if (first === value) continue;
    const isSubject = name === "sub";
    throw new Failure("usage", {
      message: isSubject
        ? `--claim sub=${quoted(value)} contradicts --subject ${quoted(subject)}: sub is the subject`
        : `--claim names ${quoted(name)} twice, as ${quoted(first)} and as ${quoted(value)}, and a token says it once`,
      fix: isSubject ? "name it once, with --subject" : "ask about one token at a time",
    });
  }
  return Object.fromEntries(named);
}

/** A claim as it is named: `repository_owner=acme`. */
function claimOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failure("usage", {
    message: `--claim takes NAME=VALUE, and ${quoted(text)} is none`,
    fix: "such as --claim repository_owner=acme",
  });
}

async function keyQuery(context: Context, key: string): Promise<KeyQuery> {
  if (key !== "-") return { by: isHint(key) ? "hint" : "name", text: key };
  const question = "The key's secret (matched by its hint on this machine only)";
  const secret = await readOneSecret(context, question, "pipe the secret in: anth-rbac status --key - < file");
  const kind = secretKind(secret);
  // Known already that the API does not list it: no request is needed to say so.
  if (kind !== "api" && kind !== "foreign") throw secretNotFound(kind);
  return { by: "secret", secret };
}

async function read(org: OrgReader, selection: Selection, config: Config | undefined): Promise<OrgSnapshot> {
  const first = await org.read(statusScope(selection, config));
  if (selection.view === "subject") {
    const reach = await org.read(subjectReach(first, selection.query));
    const { workspaces, rateLimits, workspaceRateLimits, workspaceServiceAccounts } = reach;
    return { ...first, workspaces, rateLimits, workspaceRateLimits, workspaceServiceAccounts };
  }
  if (selection.view !== "user") return first;
  const { takenAt, users, invites } = first;
  const reach = await org.read(reachScope(selection.email, first));
  return { ...reach, ...(first.organization && { organization: first.organization }), takenAt, users, invites };
}
