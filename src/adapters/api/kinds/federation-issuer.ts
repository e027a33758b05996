import type { IssuerCreateParams, IssuerUpdateParams } from "@anthropic-ai/sdk/resources/organization/federation";
import * as z from "zod/mini";
import type { Fields } from "../../../core/model/change.ts";
import type { FederationIssuer } from "../../../core/model/federation.ts";
import { issuerFacts } from "../../../core/plan/facts.ts";
import { canonicalText } from "../../../core/text/text.ts";
import { byType, count, present, type RowSchema, readRow, row, text, timeOrNone } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";
import { MACHINE_PAGE } from "./service-account.ts";

const WHAT = "federation issuers";

interface ListedIssuer extends FederationIssuer {
  readonly archived: boolean;
}

/** Null is the same as left out. */
const said = z.optional(z.nullable(z.string()));

const jwks = byType({
  discovery: z.pipe(
    z.object({ type: z.literal("discovery"), discovery_base: said, ca_cert_pem: said }),
    z.transform(({ type, discovery_base, ca_cert_pem }) => {
      return { type, ...present("discovery_base", discovery_base), ...present("ca_cert_pem", ca_cert_pem) };
    }),
  ),
  explicit_url: z.pipe(
    z.object({ type: z.literal("explicit_url"), url: text, ca_cert_pem: said }),
    z.transform(({ type, url, ca_cert_pem }) => ({ type, url, ...present("ca_cert_pem", ca_cert_pem) })),
  ),
  inline: z.object({ type: z.literal("inline"), keys: z.array(z.record(z.string(), z.unknown())) }),
});

/** An issuer. */
const issuerRow: RowSchema<ListedIssuer> = row(
  {
    id: text,
    name: text,
    issuer_url: text,
    jwks,
    check_jti: z.boolean(),
    max_jwt_lifetime_seconds: count,
    jwks_polling_disabled_at: timeOrNone,
    archived_at: timeOrNone,
  },
  ({ issuer_url, check_jti, max_jwt_lifetime_seconds, jwks_polling_disabled_at, archived_at, ...same }) => ({
    ...same,
    url: issuer_url,
    checkJti: check_jti,
    maxJwtLifetime: max_jwt_lifetime_seconds,
    ...present("pollingStoppedAt", jwks_polling_disabled_at),
    archived: archived_at !== null,
  }),
);

async function listIssuers({ client, options, list }: ApiReader): Promise<readonly FederationIssuer[]> {
  const issuers = await list({
    what: WHAT,
    style: "cursor",
    most: MACHINE_PAGE,
    ask: (page) => client.organization.federation.issuers.list(page, options),
    row: issuerRow,
    idOf: ({ id }) => id,
  });
  return issuers.filter(({ archived }) => !archived).map(({ archived: _, ...issuer }) => issuer);
}

function retrieve({ client, options }: ApiReader, id: string) {
  return orGone(client.organization.federation.issuers.retrieve(id, options), issuerRow, WHAT);
}

/** The issuer with this id; undefined where the API calls it archived, or knows none. */
export async function findIssuer(api: ApiReader, id: string) {
  const found = await retrieve(api, id);
  return found && !found.archived ? found : undefined;
}

async function seenIssuer(api: ApiReader, { issuerId }: { readonly issuerId: string }) {
  const found = await findIssuer(api, issuerId);
  return found && issuerFacts(found);
}

/** Whether an issuer is as a call wants it: its keys as a whole, for they are replaced as a whole. */
function isAs({ name, url, jwks: keys, checkJti, maxJwtLifetime }: FederationIssuer, fields: Fields): boolean {
  const is: Fields = {
    name,
    issuer_url: url,
    jwks: keys,
    check_jti: checkJti,
    max_jwt_lifetime_seconds: maxJwtLifetime,
  };
  return Object.entries(fields).every(([field, wanted]) => canonicalText(is[field]) === canonicalText(wanted));
}

export const federation_issuer = {
  lists: { federationIssuers: { what: WHAT, oauth: true, only: "console", read: listIssuers } },
  workspaceLists: {},
  writes: {
    "create-federation-issuer": {
      oauth: true,
      creates: true,
      looks: 3,
      words: ({ fields }) => `creating the issuer ${fields.name}`,
      send: ({ organization: { federation } }, { fields }, options) =>
        federation.issuers.create(fields as Fields as IssuerCreateParams & Fields, options).withResponse(),
      readBack: async (api, { fields }) => {
        const found = (await listIssuers(api)).find(({ name }) => name === fields.name);
        return found && isAs(found, fields) ? { id: found.id } : undefined;
      },
      // A name that is taken has no code of its own.
      refusals: { 409: "refused" },
    },
    "update-federation-issuer": {
      oauth: true,
      words: ({ issuerId }) => `changing the issuer ${issuerId}`,
      send: ({ organization: { federation } }, { issuerId, fields }, options) =>
        federation.issuers.update(issuerId, fields as IssuerUpdateParams, options).withResponse(),
      readBack: async (api, { issuerId, fields }) => {
        const found = await retrieve(api, issuerId);
        return foundIf(found !== undefined && isAs(found, fields));
      },
      seen: seenIssuer,
      shows: (answer) => issuerFacts(readRow(issuerRow, answer, WHAT)),
    },
    "archive-federation-issuer": {
      oauth: true,
      words: ({ issuerId }) => `archiving the issuer ${issuerId}`,
      send: ({ organization: { federation } }, { issuerId }, options) =>
        federation.issuers.archive(issuerId, options).withResponse(),
      readBack: async (api, call) => foundIf((await seenIssuer(api, call)) === undefined),
      seen: seenIssuer,
    },
  },
} satisfies ApiKind;
