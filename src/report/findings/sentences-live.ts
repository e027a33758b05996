import type { HeldByKey } from "../../core/model/external-key.ts";
import type { FindingCode } from "../../core/model/finding.ts";
import type { KeyContradiction } from "../../core/model/key-finding.ts";
import { shellWord } from "../../core/text/printable.ts";
import { cut, quoted } from "../../core/text/text.ts";
import { didYouMean, plural, type Sentences } from "./sentence.ts";
import { NAME_SENTENCES } from "./sentences-name.ts";

/** What a live key says of itself that cannot be. */
const CONTRADICTIONS: Readonly<Record<KeyContradiction, string>> = {
  "disabled-but-active": "its name says that it was disabled, and it is active",
  "label-not-known": "what stands behind the @ in its name is no step of a rotation",
  "label-after-today": "its name bears a day that is still to come",
  "label-before-key": "its name bears a day before the key was made",
  "replacement-not-active": "it waits to replace another key, and is not active itself",
  "replacement-acts-as-person": "it acts as a person, as whom the key that it is to replace does not act",
  "replacement-acts-otherwise": "it acts as another service account than the key that it is to replace",
  "archived-in-overlap": "it was archived while it was to work beside the new key",
};
const madeAnew = (as?: string) =>
  `archive it in the Console, and create one that acts as ${as === undefined ? "the old one does" : cut(as)}; where it is meant, rename both keys there by hand`;
const LEFT_TO_DO: Readonly<Record<KeyContradiction, string | ((as?: string) => string)>> = {
  "disabled-but-active": "disable it in the Console",
  "label-not-known": "archive it in the Console if nothing needs it",
  "label-after-today": "archive it in the Console if nothing needs it",
  "label-before-key": "archive it in the Console if nothing needs it",
  "replacement-not-active": "archive it in the Console, and create another one of this name if one is needed",
  "replacement-acts-as-person": madeAnew,
  "replacement-acts-otherwise": madeAnew,
  "archived-in-overlap": "check that nothing needs the old key; this is said until the overlap is over",
};
/** What is not planned because of a key. */
const HELD: Readonly<Record<HeldByKey, string>> = {
  creation: ", so the workspace is not created",
  attachment: ", so it is not attached",
};

const UNKNOWN_WORDS = {
  role: "role",
  status: "status",
  principal: "kind of principal",
  scope: "kind of scope",
  source: "source of a group",
  jwks: "source of keys",
  target: "kind of target",
  match: "condition of a rule",
} as const;

/** What can be found in the live organization beside what differs. */
export const LIVE_SENTENCES = {
  ...NAME_SENTENCES,
  "invite-needs-role": ({ person }) => ({
    message: `${quoted(person)} is neither a member nor invited, and an invitation needs a role`,
    fix: "add role: to the entry (user, developer, billing …), or wait until the identity provider makes them a member",
  }),
  "immutable-field": ({ of, field, declared, live }) => ({
    // Of workspaces the default one alone cannot be renamed.
    ...(of === "workspace" && field === "name"
      ? {
          message: `the default workspace is named ${quoted(live)} and cannot become ${quoted(declared)}`,
          fix: "write its name as it is, or take its id out to mean another workspace",
        }
      : {
          message: `${quoted(field)} is ${quoted(live)} and cannot become ${quoted(declared)}: ${
            field === "external_key_id" ? "it is attached once, and stays" : `it is fixed when the ${of} is created`
          }`,
          fix: `write what is live, or declare a new ${of}`,
        }),
  }),
  "unknown-external-key": ({ key, suggestion, held }) => ({
    message: `the organization has no external key ${quoted(key)}${held ? HELD[held] : ""}`,
    fix: didYouMean(suggestion, "add the key in the Console first, or write the id of one that is there"),
  }),
  "external-key-not-valid": ({ key, said, held }) => ({
    message: `the external key ${quoted(key)} does not work${said === undefined ? "" : ` (${cut(said)})`}${held ? HELD[held] : ", and the data of the workspace is encrypted with it"}`,
    fix: "let Claude encrypt and decrypt with it where the key is kept, then run drift again",
  }),
  "external-key-elsewhere": ({ key, workspaces }) => ({
    message: `the external key ${quoted(key)} already encrypts ${
      workspaces.length === 0 ? "a workspace that is archived" : workspaces.slice(0, 9).map(quoted).join(", ")
    }; a key that was attached cannot be taken away again`,
    fix:
      workspaces.length === 0
        ? "see in the Console whose data that is, before you attach it"
        : "write the key that was made for this workspace, or declare it there too if they are to share it",
  }),
  "default-workspace-fixed": ({ field }) => ({
    message: `${quoted(field)} of the default workspace cannot be changed`,
    fix: "remove the field",
  }),
  "inherited-role": ({ person, role, declared }) => ({
    message: `${quoted(person)} has the workspace role ${quoted(role)} from the organization role, so ${quoted(declared)} has no effect`,
    fix: "remove the entry",
  }),
  "not-a-member": ({ person }) => ({
    message: `${quoted(person)} is neither in the organization nor declared there, so the workspace role has to wait`,
    fix: "declare the person under members",
  }),
  "unknown-word": ({ what, word }) => ({
    message: `the ${UNKNOWN_WORDS[what]} ${quoted(word)} is not known to this version, so nothing is planned about what bears it`,
    fix: "see in the Console what it gives, and update anth-rbac",
  }),
  "rate-store-evicts": ({ policy }) => ({
    message: `the rate store drops entries where its memory is full (maxmemory-policy ${policy}), and with them the calls that it counts`,
    fix: "set maxmemory-policy noeviction there: calls are denied for a minute after each entry that it drops",
  }),
  "preview-not-enabled": ({ feature }) => ({
    message: `${feature} are a preview that the API does not offer this organization, so they are left alone`,
    fix:
      feature === "sign-outs"
        ? "ask Anthropic for access; until then sign people out in Claude, or block them at the identity provider"
        : "ask Anthropic for access, or set them in the Console and leave them out of the file",
  }),
  "not-offered": ({ kinds }) => ({
    message: `the file declares ${kinds.join(", ")}, which this sort of organization does not have: nothing of them is planned`,
    fix: "take them out of the file, or see whether the credential is of the organization that is meant (anth-rbac whoami)",
  }),
  "key-overdue": ({ key, days, rotateEvery }) => ({
    message: `the key ${quoted(key)} is ${plural(days, "day")} old and should be rotated every ${rotateEvery}`,
    fix: "rotate it",
  }),
  "key-expires-soon": ({ key, day, days }) => ({
    message: `the key ${quoted(key)} ${days < 0 ? "expired" : "expires"} on ${day}`,
    fix: days < 1 ? "rotate it now" : "rotate it before that day",
  }),
  "key-ownerless": ({ key }) => ({
    message: `the key ${quoted(key)} has no owner: it acts as no person, and rbac.yaml names nobody who answers for it`,
    fix: "declare it with owner: EMAIL",
  }),
  "key-not-declared": ({ key }) => ({
    message: `the key ${quoted(key)} is not declared`,
    fix: "declare it, accept it for a while, or disable it",
  }),
  "key-in-other-workspace": ({ key, declared, live, isNamed }) => ({
    message: isNamed
      ? `the name of the key ${quoted(key)} suggests ${quoted(declared)}, but it lives in ${quoted(live)}`
      : `the key ${quoted(key)} is declared in ${quoted(declared)} but lives in ${quoted(live)}`,
    fix: isNamed
      ? "declare it where it lives, or make a new key in the right workspace: a key cannot be moved"
      : "move the entry, or make a new key in the right workspace and archive this one: a key cannot be moved",
  }),
  "key-unsettled": ({ key, problem, rename, as }) => {
    const left = LEFT_TO_DO[problem];
    const todo = typeof left === "string" ? left : left(as);
    return {
      message: `nobody can tell what is to become of the key ${quoted(key)}: ${CONTRADICTIONS[problem]}; nothing is done about it`,
      fix: rename === undefined ? todo : `${todo}, or rename it to ${rename} in the Console`,
    };
  },
  "key-creator-left": ({ key, creator, declared }) => ({
    message: `the key ${quoted(key)} was made by ${quoted(creator)}, who is no member any more and may still know its secret`,
    fix: declared
      ? "anth-rbac rotate replaces it"
      : "declare it, and anth-rbac rotate replaces it; or disable it with anth-rbac revoke --key KEY",
  }),
  "workspace-incomplete": ({ target, said }) => ({
    message: `${target} was created, but not with everything that was asked for: ${said}`,
    fix: "see what drift still shows, and run apply again; it is not created a second time",
  }),
  "storage-attached": ({ target, said }) => ({
    message: `${target} is archived, but its external storage is still attached: ${said}`,
    fix: "archive it again with a credential that may use external storage (org:external-storage:use)",
  }),
  "moved-since-plan": ({ target, said }) => ({
    message: `${target} was changed by somebody else since the plan was made, beside what this run has changed: ${said}`,
    fix: "ask who did it, and look at drift; what they set in the very field that this run has set, no answer of the API tells",
  }),
  "clock-apart": ({ machine, api }) =>
    machine === undefined || api === undefined
      ? {
          message: "the API's answers have no Date, so this machine's clock says what has passed",
          fix: "check that it is right",
        }
      : {
          message: `this machine's clock says ${machine}, the API's ${api}: what has passed is decided by the API's`,
          fix: "set this machine's clock: offline commands go by it",
        },
  "usage-not-known": ({ key, since }) => ({
    message: `whether the key ${quoted(key)} was used after ${since} is not known: no usage report that can be read goes further; it counts as in use`,
    fix: "run again later, or with a credential that may read the usage reports",
  }),
  "leak-replaced": ({ key, id, disabled }) => ({
    message: `no key was disabled as leaked: ${quoted(disabled)} was already, and ${quoted(key)} counts as its replacement`,
    fix: `if it is ${quoted(key)} that leaked: anth-rbac rotate --key ${shellWord(id)} --leaked`,
  }),
  "left-by-only": ({ targets }) => ({
    message: `--only leaves what else gives access: ${listed(targets)}`,
    fix: "run it again without --only to take that away too",
  }),
  "still-declared": ({ person, paths, edited }) => ({
    message: `the file still speaks of ${quoted(person)} (${paths.join(", ")})${edited ? "" : ", so the next apply may give access again"}`,
    fix: edited
      ? "--update-config takes the person out of it once everything is carried out"
      : "take the person out of it, or let --update-config do it",
  }),
  "still-named": ({ person, paths }) => ({
    message: `the file still names ${quoted(person)} (${paths.join(", ")}), where it needs somebody`,
    fix: "name somebody else there, or take the entry out",
  }),
  "key-owner-leaves": ({ key, owner }) => ({
    message: `the key ${quoted(key)} has no owner any more once ${quoted(owner)} is gone`,
    fix: "name another owner",
  }),
  "declared-key-revoked": ({ key, flags }) => ({
    message: `the key ${quoted(key)} is declared, and the service that uses it loses access at once`,
    fix: `a revoked key is never enabled again: replace it with anth-rbac rotate ${flags} --force (done before the revocation, the service goes on without a gap)`,
  }),
  "key-ends-with-person": ({ key, person, flags }) => ({
    message: `the key ${quoted(key)} acts as ${quoted(person)}, and ends for good when they are removed`,
    fix: flags
      ? `where a service uses it, replace it first: anth-rbac rotate ${flags} --force`
      : "where a service uses it, give that another key first",
  }),
  "key-ends-with-account": ({ key, account }) => ({
    message: `the key ${quoted(key)} acts as the service account ${quoted(account)}, and ends for good when that is archived`,
    fix: "where a service uses it, give that another key first",
  }),
  "key-stops-with-role": ({ key, holder, workspace }) => ({
    message: `the key ${quoted(key)} acts as ${quoted(holder)}, and stops working with their role in ${quoted(workspace)}`,
    fix: "where a service uses it, give that another key first",
  }),
  "key-creator-leaves": ({ key, creator, flags }) => ({
    message: `the key ${quoted(key)} was made by ${quoted(creator)}, whom this plan removes: it goes on working, and they may still know its secret`,
    fix: flags
      ? `anth-rbac rotate ${flags} replaces it`
      : `anth-rbac revoke --user ${shellWord(creator)} asks what is to become of it`,
  }),
  "federation-polling-stopped": ({ issuer, since }) => ({
    message: `the keys of the issuer ${quoted(issuer)} are not fetched since ${since.slice(0, 10)}, because that failed too often: a new key is not known`,
    fix: "repair the address of its keys, then let polling begin again in the Console",
  }),
  "service-account-in-use": ({ account, rules }) => ({
    message:
      rules.length === 0
        ? `the service account ${quoted(account)} is not archived: whether a federation rule uses it is not known`
        : `the service account ${quoted(account)} is not archived: the federation ${rules.length === 1 ? "rule" : "rules"} ${listed(rules)} still ${rules.length === 1 ? "lets" : "let"} somebody in as it`,
    fix: "let the rule go in the same plan (manage.federation: full), name another account in it, or declare the account",
  }),
  "issuer-in-use": ({ issuer, rules }) => ({
    message:
      rules.length === 0
        ? `the issuer ${quoted(issuer)} is not archived: whether a rule uses it is not known`
        : `the issuer ${quoted(issuer)} is not archived: the ${rules.length === 1 ? "rule" : "rules"} ${listed(rules)} still ${rules.length === 1 ? "uses" : "use"} it`,
    fix: "let the rule go in the same plan, or declare the issuer",
  }),
} satisfies Partial<Sentences<FindingCode>>;

function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return `${names.slice(0, 5).map(quoted).join(", ")}${more}`;
}
