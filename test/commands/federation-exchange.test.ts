import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { MACHINES } from "../support/federation.ts";
import { type Stage, stage } from "../support/stage.ts";

const RULE = MACHINES.federation.rules["deploy-main"];
const MAIN = { subject: RULE.subject, claims: RULE.claims } as const;

/** What a workload sends with its own token, and what comes back. */
async function exchange({ sandbox }: Stage, assertion: string, rule: string, workspace?: string) {
  const id = sandbox.state.federation_rules?.find(({ name }) => name === rule)?.id ?? rule;
  const answer = await fetch(`${sandbox.url}/v1/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion,
      federation_rule_id: id,
      organization_id: sandbox.state.organization.id,
      ...(workspace !== undefined && { workspace_id: workspace }),
    }),
  });
  const body = (await answer.json()) as { access_token?: string; expires_in?: number; error?: { message: string } };
  return { status: answer.status, ...body, message: body.error?.message ?? "" };
}

describe("a rule that this tool wrote", () => {
  const STAGING = "wrkspc_01sandboxStaging";

  /** A sandbox in which `apply` has made a rule of its own, for one branch. */
  async function written(): Promise<Stage> {
    const one = await stage({ seed: "machines" });
    const rules = { ...MACHINES.federation.rules, mine: { ...RULE, workspaces: ["stg"] } };
    one.declare({ ...MACHINES, federation: { ...MACHINES.federation, rules } });
    expect((await one.run(["apply", "--yes", "--json"])).exitCode).toBe(0);
    return one;
  }

  test("lets the branch in, and the access works where the rule says", async () => {
    const one = await written();
    const token = await one.sandbox.control.console.issueToken({ issuer: "github", ...MAIN });
    const given = await exchange(one, token, "mine");
    // Twice what is left of the token at most, and no longer than the rule says.
    expect([given.status, given.expires_in]).toEqual([200, 600]);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${one.sandbox.url}${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${given.access_token}`,
          "anthropic-version": "2026-10-21",
          "content-type": "application/json",
        },
      });
    const body = { model: "claude-haiku-5-5", max_tokens: 5, messages: [{ role: "user", content: "hello" }] };
    const answer = await call("/v1/messages", { method: "POST", body: JSON.stringify(body) });
    expect([answer.status, answer.headers.get("anthropic-workspace-id")]).toEqual([200, STAGING]);
    expect((await call("/v1/organizations/users")).status).toBe(403);
  });

  test("refuses a fork's token, another branch's, a pull request's, another audience's and a second use", async () => {
    const one = await written();
    const { issueToken } = one.sandbox.control.console;
    const refusals = [
      { ...MAIN, subject: "repo:mallory/app:ref:refs/heads/main" },
      { ...MAIN, subject: "repo:acme/app:ref:refs/heads/mine" },
      { ...MAIN, subject: "repo:acme/app:pull_request" },
      { ...MAIN, claims: { ...RULE.claims, repository_owner_id: "666" } },
      { ...MAIN, audience: "https://another.example" },
      { ...MAIN, expires_in: "2h" },
    ];
    for (const wanted of refusals) {
      const refused = await exchange(one, await issueToken({ issuer: "github", ...wanted }), "mine");
      expect([refused.status, refused.access_token], JSON.stringify(wanted)).toEqual([401, undefined]);
    }
    const token = await issueToken({ issuer: "github", ...MAIN });
    expect((await exchange(one, token, "mine")).status).toBe(200);
    expect((await exchange(one, token, "mine")).message).toContain("exchanged before");
  });

  test("refuses a token that somebody else signed, whatever it says", async () => {
    const one = await written();
    const { privateKey } = await generateKeyPair("ES256");
    const forged = await new SignJWT({ ...RULE.claims })
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer(MACHINES.federation.issuers.github.url)
      .setSubject(RULE.subject)
      .setAudience(RULE.audience)
      .setIssuedAt(Math.floor(one.sandbox.control.clock.now() / 1000))
      .setExpirationTime(Math.floor(one.sandbox.control.clock.now() / 1000) + 300)
      .sign(privateKey);
    expect((await exchange(one, forged, "mine")).message).toContain("signature");
  });

  test("takes what the given key of an issuer has signed, once its rule is there, and nothing once it is archived", async () => {
    const one = await stage({ seed: "machines" });
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const issuers = {
      ...MACHINES.federation.issuers,
      own: { url: "https://ci.acme.example", jwks: { keys: [await exportJWK(publicKey)] } },
    };
    const rules = {
      ...MACHINES.federation.rules,
      own: {
        ...RULE,
        issuer: "own",
        subject: null,
        claims: null,
        condition: "claims.job == 'deploy'",
        workspaces: ["stg"],
      },
    };
    one.declare({ ...MACHINES, federation: { issuers, rules } });
    expect((await one.run(["apply", "--yes", "--json"])).exitCode).toBe(0);
    const now = Math.floor(one.sandbox.control.clock.now() / 1000);
    const signed = (job: string) =>
      new SignJWT({ job })
        .setProtectedHeader({ alg: "ES256" })
        .setIssuer("https://ci.acme.example")
        .setSubject("runner")
        .setAudience(RULE.audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 300)
        .sign(privateKey);
    expect((await exchange(one, await signed("deploy"), "own")).status).toBe(200);
    expect((await exchange(one, await signed("lint"), "own")).status).toBe(401);
    one.declare({
      ...MACHINES,
      manage: { federation: "full" },
      federation: { issuers, rules: MACHINES.federation.rules },
    });
    const names = ["own", "fdrl_01sandboxIndexer", "indexer", "nightly"].flatMap((name) => ["--confirm", name]);
    const ran = await one.run(["apply", "--yes", "--json", ...names, "--allow", "max_removals=a test"]);
    expect(ran.exitCode).toBe(0);
    expect((await exchange(one, await signed("deploy"), "fdrl_01sandbox00001")).status).toBe(401);
  });
});
