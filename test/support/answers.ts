/** The answers of a simulated organization, kept in memory, so that any of them can be changed and read again many times. */
import Anthropic from "@anthropic-ai/sdk";
import { onTestFinished } from "vitest";
import { startDeadline } from "../../src/adapters/api/deadline.ts";
import { createOrgReader } from "../../src/adapters/api/reader.ts";
import type { OrgReader } from "../../src/core/model/org.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { EVERYTHING, scope } from "./http-server.ts";
import { NOW } from "./org.ts";

/** The organizations whose answers are kept: between them they have every list. */
export type Organization = "small" | "keys" | "machines" | "enterprise";

/** What is tried of the organization `keys`: an external key of its own that does not work, and one that is not there. */
export const EXTERNAL_KEYS = { broken: "ekey_01sandbox00001", missing: "ekey_01sandbox00009" } as const;

const ALL = scope({
  ...EVERYTHING,
  serviceAccounts: true,
  serviceAccountsOf: EVERYTHING.membersOf,
  federationIssuers: true,
  federationRules: true,
  groups: true,
  groupMembersOf: (groups) => groups.map(({ id }) => id),
  groupRoles: true,
  memberSpendLimits: true,
  externalKeys: true,
  externalKeyIds: Object.values(EXTERNAL_KEYS),
});

/** One answer, by the path and query that asked for it. */
export interface RecordedAnswer {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer in place of the recorded one. */
export interface AlteredAnswer {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** Every answer that reading a whole organization, and the use of its last day, brings. */
export async function recordAnswers(seed: Organization): Promise<readonly RecordedAnswer[]> {
  const sandbox = await startSandbox({ clock: NOW, seed: seed === "keys" ? "small" : seed });
  onTestFinished(() => sandbox.close());
  if (seed === "keys") {
    const { id } = sandbox.control.console.addExternalKey({ type: "aws", kms_arn: "arn:aws:kms:us-east-1:1:key/a" });
    if (id !== EXTERNAL_KEYS.broken) throw new Error(`the key is ${id}`);
    sandbox.control.console.edit("external_keys", id, { broken: "AccessDeniedException" });
  }
  const answers = new Map<string, RecordedAnswer["body"]>();
  const client = (credential: { readonly apiKey: string | null; readonly authToken: string | null }) =>
    new Anthropic({
      ...credential,
      baseURL: sandbox.url,
      logLevel: "off",
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const body = (await response.clone().json()) as RecordedAnswer["body"];
        if (response.status === 200) answers.set(String(input).slice(sandbox.url.length), body);
        return response;
      },
    });
  const admin = client({ apiKey: sandbox.enterpriseKey ?? sandbox.adminKey, authToken: null });
  await readAll(readerOf(seed, admin, client({ apiKey: null, authToken: sandbox.oauthToken })));
  return [...answers].map(([url, body]) => ({ url, body }));
}

/** A reader of the recorded answers, one of them altered. Whoever is asked for alone is found in the list of users. */
export function readerOfAnswers(
  seed: Organization,
  answers: readonly RecordedAnswer[],
  altered?: AlteredAnswer,
): OrgReader {
  const byUrl = new Map(answers.map(({ url, body }) => [url, JSON.stringify(body)]));
  const users = answers.find(({ url }) => url.startsWith("/v1/organizations/users?"))?.body.data;
  const answer = (url: string): Response => {
    if (altered?.url === url) return new Response(altered.text, { status: altered.status });
    const id = /^\/v1\/organizations\/users\/([^/?]+)$/.exec(url)?.[1];
    const user = id !== undefined && Array.isArray(users) ? users.find((row) => row.id === id) : undefined;
    const text = byUrl.get(url) ?? (user && JSON.stringify(user));
    return text === undefined
      ? new Response(JSON.stringify({ type: "error", error: { type: "not_found_error", message: "no" } }), {
          status: 404,
        })
      : new Response(text);
  };
  const base = "http://answers.example";
  const client = new Anthropic({
    apiKey: "sk-ant-admin01-test-0123456789",
    authToken: null,
    baseURL: base,
    maxRetries: 0,
    logLevel: "off",
    fetch: async (input) => answer(String(input).slice(base.length)),
  });
  return readerOf(seed, client, client);
}

function readerOf(seed: Organization, client: Anthropic, oauth: Anthropic): OrgReader {
  const deadline = startDeadline({ milliseconds: 60_000 });
  return createOrgReader({ client, oauth, isEnterprise: seed === "enterprise", deadline, now: () => NOW });
}

/** All that can be read: the snapshot, and the use of the last day. */
export async function readAll(reader: OrgReader) {
  const live = await reader.read(ALL);
  const usage = await reader.usage({ from: NOW - 86_400_000, to: NOW }).catch(() => undefined);
  return { live, usage };
}
