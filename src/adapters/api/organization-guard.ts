import { Failure } from "../../core/model/failure.ts";
import { isObject, parseJson } from "../../core/text/text.ts";

/** What an answer says of whose it is: of `organizations/me` the id, of any other the header. */
export interface Told {
  readonly id?: string | undefined;
  readonly header?: string | undefined;
}

/**
 * Holds a run to one organization: the one that its first answer was for. A credential may be read or refreshed in the middle (a
 * profile that another login rewrites), and a base URL may come to lead elsewhere.
 */
export interface OrganizationGuard {
  /** Whether `organizations/me` has to be asked before this is sent: a write before anything is known, or another credential. */
  readonly mustAsk: (authorization: string, isWrite: boolean) => boolean;
  /** Takes what an answer to this credential says. Throws Failure `wrong-organization`, and from then on whatever is asked. */
  readonly learn: (authorization: string, told: Told) => void;
  /** Throws the same Failure where another organization has answered before. */
  readonly check: () => void;
}

/** A guard that knows nothing yet. */
export function createOrganizationGuard(): OrganizationGuard {
  const known: { id?: string; header?: string } = {};
  const belonging = new Set<string>();
  let refusal: Failure | undefined;
  const check = () => {
    if (refusal) throw refusal;
  };
  return {
    check,
    mustAsk: (authorization, isWrite) => {
      if (known.id === undefined) return isWrite || (known.header !== undefined && !belonging.has(authorization));
      return !belonging.has(authorization);
    },
    learn: (authorization, told) => {
      for (const field of ["id", "header"] as const) {
        const said = told[field]?.toLowerCase();
        if (said === undefined) continue;
        known[field] ??= said;
        const expected = known[field];
        if (expected !== said) refusal ??= anotherOrganization(expected, said);
      }
      check();
      if (told.id !== undefined || told.header !== undefined) belonging.add(authorization);
    },
  };
}

/** What an answer says of its organization. */
export function toldBy(headers: Headers, body: Buffer | undefined): Told {
  const me = body && parseJson(body.toString());
  const id = isObject(me) && typeof me.id === "string" ? me.id : undefined;
  return { id, header: headers.get("anthropic-organization-id")?.trim() || undefined };
}

function anotherOrganization(first: string, now: string): Failure {
  return new Failure("wrong-organization", {
    message: `the API answered for the organization ${first} at the beginning, and now answers for ${now}: nothing more is sent`,
    fix: "see with anth-rbac audit show what was done; find out what changed the credential or the host meanwhile, then run again",
  });
}
