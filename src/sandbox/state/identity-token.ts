import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, type JWK, jwtVerify, SignJWT } from "jose";

/** Tokens (OIDC) of workloads: the sandbox plays every issuer whose keys would be fetched, and takes the keys that a file gives. */

/** A token whose signature was looked at: what it says, or why it is not believed. */
export type Proof = { readonly claims: Readonly<Record<string, unknown>> } | { readonly fault: string };

/** The keys that each issuer signs with, by its URL. */
export type SigningKeys = Map<string, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>;

/** A workload's token to be made. Times are milliseconds since 1970. */
export interface TokenRequest {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly from: number;
  readonly until: number;
  readonly id: string;
}

const ALGORITHM = "ES256";

/** A token as the issuer of that URL would sign it. */
export async function signToken(keys: SigningKeys, wanted: TokenRequest): Promise<string> {
  const { privateKey } = keysOf(keys, wanted.issuer);
  return new SignJWT({ ...wanted.claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: wanted.issuer })
    .setIssuer(wanted.issuer)
    .setSubject(wanted.subject)
    .setAudience(wanted.audience)
    .setIssuedAt(Math.floor(wanted.from / 1000))
    .setExpirationTime(Math.floor(wanted.until / 1000))
    .setJti(wanted.id)
    .sign(privateKey);
}

/** What a token says, if the issuer of that URL has signed it; `given`: the keys that the organization was given for it. */
export async function verifyToken(
  keys: SigningKeys,
  token: string,
  issuer: { readonly url: string; readonly given?: readonly Readonly<Record<string, unknown>>[] },
  now: number,
): Promise<Proof> {
  try {
    if (decodeJwt(token).iss !== issuer.url) return { fault: "the token's iss is not the issuer's URL" };
    const { kid } = decodeProtectedHeader(token);
    const own = await exportJWK(keysOf(keys, issuer.url).publicKey);
    const set: JWK[] = issuer.given ? issuer.given.map((key) => ({ ...key })) : [{ ...own, kid: kid ?? issuer.url }];
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: set }), { currentDate: new Date(now) });
    return { claims: payload };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function keysOf(keys: SigningKeys, url: string) {
  const known = keys.get(url) ?? generateKeyPairSync("ec", { namedCurve: "P-256" });
  keys.set(url, known);
  return known;
}
