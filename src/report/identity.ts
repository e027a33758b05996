import type { IdentityOutcome } from "../core/outcome/outcome.ts";
import type { AccessReason, KindAccess } from "../core/whoami/access.ts";
import type { Identity, PromptIdentity } from "../core/whoami/identity.ts";
import { failureFields, failureText } from "./failure.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import type { Style } from "./formats/style.ts";
import { type Cell, renderRows } from "./formats/tree.ts";

/** Whose credential is in use, and what it reaches. */
export const identityForms = {
  text: ({ identity }, style) => identityText(identity, style),
  json: ({ identity }, run) => jsonObject("identity", run, identityFields(identity)),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<IdentityOutcome>;

/** What each kind of credential is called. */
const CREDENTIALS = {
  admin_key: "an Admin API key",
  api_key: "an API key of a person, a service account or a workspace",
  enterprise_key: "a scoped key of Claude Enterprise",
  oauth_token: "an OAuth token",
  profile: "a profile of the ant CLI",
  token: "a token that is none of the Claude API's",
} as const satisfies Record<NonNullable<Identity["credential"]>["type"], string>;

const SORTS = { console: "Claude Console", enterprise: "Claude Enterprise" } as const;

function identityText(identity: Identity, style: Style): string {
  const { credential, organization, access, prompt, failure } = identity;
  const rows: readonly (readonly Cell[])[] = [
    [
      { text: "credential" },
      credential ? { text: `${CREDENTIALS[credential.type]}, from ${credential.source}` } : none(style),
    ],
    ...(credential ? [[{ text: "acts as" }, { text: actsAs(credential) }]] : []),
    [
      { text: "organization" },
      organization ? { text: organizationWords(organization) } : { text: "not known", paint: style.dim },
    ],
  ];
  const kinds = access.map(({ kind, read, write, reason }) => [
    { text: kind },
    can(read, style),
    can(write, style),
    { text: reason ? reasonWords(reason) : "", paint: style.dim },
  ]);
  return [
    ...renderRows(rows),
    "",
    ...renderRows([
      [{ text: "kind" }, { text: "read" }, { text: "write" }].map((cell) => ({ ...cell, paint: style.bold })),
      ...kinds,
    ]),
    "",
    ...renderRows(promptRows(prompt, style)),
    ...(failure ? ["", failureText(failure, style).trimEnd()] : []),
    "",
  ].join("\n");
}

function none(style: Style): Cell {
  return { text: "none", paint: style.warning };
}

function actsAs({ name, email, role }: NonNullable<Identity["credential"]>): string {
  const who = [email, name].filter((word) => word !== undefined).join(", by ");
  return `${who || "no person that can be told"}${role === undefined ? "; its role is not known" : `, with the role ${role}`}`;
}

function organizationWords({ id, name, type }: NonNullable<Identity["organization"]>): string {
  return `${name} (${id})${type ? `, ${SORTS[type]}` : ""}`;
}

function can(can: boolean | null, style: Style): Cell {
  if (can === null) return { text: "?", paint: style.warning };
  return can ? { text: "yes", paint: style.add } : { text: "no", paint: style.dim };
}

function reasonWords(reason: AccessReason): string {
  switch (reason.code) {
    case "console-only":
      return "in the Console alone: no API reaches them";
    case "no-workspace":
      return "there is no workspace to try it on";
    case "unanswered":
      return "the API gave no answer";
    case "no-credential":
      return "there is no usable credential";
    case "foreign":
      return "this sort of organization has none";
    case "unreadable":
      return reason.message ?? reason.failure;
    case "preview":
      return "writing is a preview, and only a write tells whether it is enabled";
    case "only-read":
      return reason.byFeedKey ? "read with ANTH_RBAC_ACTIVITY_KEY; nobody writes it" : "nobody writes it";
    case "untold":
      return "only a write tells: nothing that can be read says what this credential may change";
  }
}

function promptRows({ user, source, role, problem, key }: PromptIdentity, style: Style): readonly (readonly Cell[])[] {
  const from = source === "git" ? "git's user.email" : source;
  return [
    [{ text: "prompt as" }, user === undefined ? none(style) : { text: `${user}, from ${from}` }],
    [{ text: "its role" }, role === undefined ? { text: `none: ${problem}`, paint: style.warning } : { text: role }],
    [
      { text: "its key" },
      key.present
        ? { text: `from ${key.source}` }
        : { text: `none: ${key.problem ?? key.source}`, paint: style.warning },
    ],
  ];
}

/** An identity for programs (design section 5). */
function identityFields({ credential, organization, access, prompt, failure }: Identity) {
  const { type, source, name = null, role = null } = credential ?? {};
  return {
    credential: credential ? { type, source, name, role } : null,
    organization: organization
      ? { id: organization.id, name: organization.name, type: organization.type ?? null }
      : null,
    access: access.map(accessFields),
    prompt: {
      user: prompt.user ?? null,
      source: prompt.source ?? null,
      role: prompt.role ?? null,
      key: { present: prompt.key.present, source: prompt.key.source },
    },
    error: failure ? failureFields(failure) : null,
  };
}

function accessFields({ kind, read, write, reason }: KindAccess) {
  return { kind, read, write, reason: reason ? escapeTerminal(reasonWords(reason)) : null };
}
