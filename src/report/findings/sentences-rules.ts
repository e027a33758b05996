import { MODELS_AS_OF } from "../../core/config/models.ts";
import type { FindingCode } from "../../core/model/finding.ts";
import { quoted } from "../../core/text/text.ts";
import { anyOf, didYouMean, plural, type Sentences } from "./sentence.ts";

/** What comes of a collection that is there with nothing behind it. */
const EFFECTS = {
  "keys-fetched": "so that the keys would be fetched from wherever the issuer's url leads",
  "no-claim": "so that no claim of the token is asked for",
  "no-guardrail": "so that only the defaults hold",
} as const;

/** What two places of a file can say of each other, and of the day. */
export const RULE_SENTENCES = {
  "unknown-person": ({ person, suggestion }) => ({
    message: `${quoted(person)} is not among the members`,
    fix: didYouMean(suggestion, "name somebody who is a member here, or add the person under members"),
  }),
  "unknown-role": ({ role, suggestion }) => ({
    message: `the role ${quoted(role)} is not declared`,
    fix: didYouMean(suggestion, "declare it under roles"),
  }),
  "unknown-workspace": ({ workspace, suggestion }) => ({
    message: `the workspace ${quoted(workspace)} is not declared`,
    fix: didYouMean(suggestion, "use a handle under workspaces, or the id of a live workspace"),
  }),
  "unknown-service-account": ({ account, suggestion, live }) => ({
    message: `the service account ${quoted(account)} is ${live ? "neither declared nor there" : "not declared"}`,
    fix: didYouMean(suggestion, "declare it under service_accounts"),
  }),
  "unknown-target": ({ target, suggestion }) => ({
    message: `the target ${quoted(target)} names no object`,
    fix: didYouMean(suggestion, 'copy the target that drift shows, such as "workspaces.prod.keys.legacy-batch"'),
  }),
  "same-person-twice": ({ person, other }) => ({
    message: `${quoted(person)} and ${quoted(other)} are the same person`,
    fix: "keep one of the two entries",
  }),
  "ambiguous-handle": ({ handle, other }) => ({
    message: `the handle ${quoted(handle)} is also the name of the workspace ${quoted(other)}, so no flag can tell the two apart`,
    fix: "give it another handle",
  }),
  confusable: ({ name, other, letters }) => ({
    message: `${quoted(name)} looks like ${quoted(other)} and is another${letters.length > 0 ? ` (it holds ${letters.slice(0, 5).join(", ")})` : ""}`,
    fix: "find out who wrote it; type the name anew if it is meant to be the same",
  }),
  "foreign-variable": ({ variable }) => ({
    message: `${quoted(variable)} is a variable in which another secret is kept, and what is in it would be sent to the API as a key`,
    fix: "name a variable of its own for the workspace's key, such as ANTHROPIC_API_KEY_PROD",
  }),
  "same-live-name": ({ name, other }) => ({
    message: `the live name ${quoted(name)} is already that of the workspace ${quoted(other)}`,
    fix: "give each workspace a name of its own, in name and in previously",
  }),
  "long-workspace-name": ({ length }) => ({
    message: `the name has ${length} characters, and parts of the Console and the API allow 40`,
    fix: "choose a shorter name",
  }),
  "workspace-without-admin": ({ workspace, minimum, found }) => ({
    message: `the workspace ${quoted(workspace)} has ${plural(found, "admin")}, with those of the organization; at least ${minimum} should stay`,
    fix: 'give a member the role "admin"',
  }),
  "empty-collection": ({ collection, nothing, word, effect }) => ({
    message: `there is nothing under ${quoted(collection)}, ${
      effect ? EFFECTS[effect] : `and with manage.${word}: full everything of it would be taken away`
    }`,
    fix: `if that is meant, write ${nothing}; otherwise write what is to be there${effect ? "" : ", or manage it as additive"}`,
  }),
  "too-few-admins": ({ minimum, found }) => ({
    message: `the organization has ${plural(found, "admin")}; at least ${minimum} should stay`,
    fix: "make somebody an admin in the Console and write it here",
  }),
  "protected-missing": ({ person, suggestion }) => ({
    message: `the protected person ${quoted(person)} is not among the members`,
    fix: didYouMean(suggestion, "add the person under members, or take them out of protected"),
  }),
  "key-name-off-pattern": ({ key, pattern, example }) => ({
    message: `the key name ${quoted(key)} does not fit the pattern ${quoted(pattern)}`,
    fix: `name it like ${quoted(example)}, and list the live name under previously`,
  }),
  "key-prefix-of-other-workspace": ({ key, workspace, other }) => ({
    message: `the key ${quoted(key)} stands in ${quoted(workspace)} but is named for ${quoted(other)}`,
    fix: `move it to ${quoted(other)}, or rename it: a key belongs to one workspace for good`,
  }),
  "reserved-key-name": ({ key }) => ({
    message: `the key name ${quoted(key)} ends in a label that rotations use`,
    fix: "declare the name without the label, and rotate will find the rest",
  }),
  "key-name-twice": ({ key, other }) => ({
    message: `the key name ${quoted(key)} is already used at ${quoted(other)}`,
    fix: "give every key of the organization a name of its own",
  }),
  "id-pinned-twice": ({ id, other }) => ({
    message: `the id ${quoted(id)} is already pinned by ${quoted(other)}`,
    fix: "pin each live object once",
  }),
  "overlap-exceeds-rotation": ({ overlap, soak, rotateEvery }) => ({
    message: `overlap (${overlap}) and soak (${soak}) together are not shorter than rotate_every (${rotateEvery})`,
    fix: "shorten overlap or soak, or rotate less often",
  }),
  expired: ({ day }) => ({
    message: `the entry ran out on ${day}, so apply removes the person, where they are still there`,
    fix: "remove the entry, or set a later day",
  }),
  "expires-soon": ({ day, days }) => ({
    message: days === 0 ? `the entry runs out today (${day})` : `the entry runs out in ${plural(days, "day")} (${day})`,
    fix: "set a later day if it is still needed",
  }),
  "unassignable-workspace-role": ({ role }) => ({
    message: `the workspace role ${quoted(role)} cannot be given: it comes with the organization role "billing"`,
    fix: "take the entry out, or give another role",
  }),
  "reserved-tag": ({ tag }) => ({
    message: `the tag ${quoted(tag)} begins with "anthropic", which the API keeps for itself`,
    fix: "choose another name",
  }),
  "same-tag-twice": ({ tag, other }) => ({
    message: `the tags ${quoted(tag)} and ${quoted(other)} are one name in two Unicode forms`,
    fix: "keep one of the two",
  }),
  "default-geo-not-allowed": ({ geo, allowed }) => ({
    message: `default_inference_geo ${quoted(geo)} is not among the allowed ones`,
    fix: `use ${anyOf(allowed)}, or add ${quoted(geo)} to allowed_inference_geos`,
  }),
  "default-workspace-restricted": ({ field }) => ({
    message: `the default workspace cannot have ${quoted(field)}`,
    fix: "remove the field: of the default workspace only tags, data residency, the external key and keys can be declared",
  }),
  "rate-limit-collision": ({ entry, other, family }) => ({
    message: `${quoted(entry)} and ${quoted(other)} share the rate limit of ${quoted(family)}`,
    fix: "keep one of the two entries",
  }),
  "unknown-rate-limit": ({ entry, suggestion, live }) => ({
    message: live
      ? `the organization has no rate limit for ${quoted(entry)}`
      : `no rate limit is known for ${quoted(entry)} (as of ${MODELS_AS_OF})`,
    fix: didYouMean(suggestion, "use a model, or batch, files, token_count, skills or web_search"),
  }),
  "limit-above-organization": ({ limiter, value, organization }) => ({
    message: `${limiter} ${value} is above the organization's own limit of ${organization}, which still holds`,
    fix: `lower it to ${organization} or less`,
  }),
  "role-allows-nothing": ({ role }) => ({
    message: `the role ${quoted(role)} is allowed but lists no model, so it allows nothing`,
    fix: 'list models, or write "allowed: false"',
  }),
  "denied-role-with-limits": ({ role, field }) => ({
    message: `${quoted(field)} has no effect: the role ${quoted(role)} is not allowed`,
    fix: 'remove the field, or write "allowed: true"',
  }),
  "model-listed-twice": ({ model, other }) => ({
    message:
      model === other
        ? `the model ${quoted(model)} is listed twice`
        : `${quoted(model)} is the same model as ${quoted(other)}`,
    fix: "keep one of the two",
  }),
  "model-unknown": ({ model, suggestion, live }) => {
    const known = live ? "the API knows" : `is known as of ${MODELS_AS_OF}`;
    if (model.includes("*")) {
      return { message: `the pattern ${quoted(model)} matches no model that ${known}`, fix: "check its spelling" };
    }
    const check = live ? "check its spelling" : "check its spelling; validate --live asks the API";
    const message = live ? `the API knows no model ${quoted(model)}` : `no model ${quoted(model)} ${known}`;
    return { message, fix: didYouMean(suggestion, check) };
  },
  "model-never-existed": ({ model, successor }) => ({
    message: `the model ${quoted(model)} never existed`,
    fix: replaceWith(successor),
  }),
  "model-retired": ({ model, day, successor }) => ({
    message: `the model ${quoted(model)} was retired${day === "" ? "" : ` on ${day}`}, and calls to it fail`,
    fix: replaceWith(successor),
  }),
  "model-retires-soon": ({ model, day, days, successor, earliest }) => ({
    message: `the model ${quoted(model)} ${retirement(day, days, earliest)}`,
    fix: replaceWith(successor),
  }),
  "max-tokens-above-model": ({ role, model, value, maximum }) => ({
    message: `max_tokens ${value} of the role ${quoted(role)} is more than ${quoted(model)} can answer (${maximum})`,
    fix: `lower it to ${maximum} or less`,
  }),
  "live-unchecked": ({ part, reason }) => ({
    message: `the ${part} could not be checked against the API: ${reason}`,
    fix: "use a credential that may read them, or leave out --live",
  }),
  "accept-expired": ({ target, day }) => ({
    message: `the acceptance of ${quoted(target)} ran out on ${day}, so it counts as drift again`,
    fix: "put the difference right, or set a later day",
  }),
  "accept-unused": ({ target }) => ({
    message: `nothing about ${quoted(target)} differs, so it need not be accepted`,
    fix: "remove the entry",
  }),
} satisfies Partial<Sentences<FindingCode>>;

function replaceWith(successor: string | undefined): string {
  return successor === undefined ? "use a current model" : `use ${quoted(successor)}`;
}

function retirement(day: string, days: number, earliest: boolean | undefined): string {
  if (!earliest) return days === 0 ? `retires today (${day})` : `retires in ${plural(days, "day")} (${day})`;
  return days > 0 ? `may be retired from ${day} on` : `may be retired any day (it was promised until ${day})`;
}
