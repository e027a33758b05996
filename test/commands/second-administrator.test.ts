/**
 * A second administrator, who does something at the Console between any two requests of a run: nothing of theirs is undone, and nothing
 * is done twice, without a word. They come before a request that reads; what happens between a look and its write nobody can tell, for
 * the API knows no condition for a write. `npm run reliability -- --kills 100 --seed 7` tries as many as one likes.
 */
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed } from "../support/every-write.ts";
import { MACHINES } from "../support/federation.ts";
import { type JsonResult, openStage, type Stage } from "../support/stage.ts";

const TRIALS = Number(process.env.ANTH_RBAC_RELIABILITY_KILLS ?? 15);
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);

const KEY = "prod-auth-service";
const BOB = ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes", "--json", "--api-rpm", "0"];

/** What somebody does meanwhile, and whether it stands. */
interface Deed {
  readonly name: string;
  readonly run: Run;
  /** Throws where there is nothing left to do it to. */
  readonly act: (one: Stage) => void;
  /** Nothing of it was undone, and nothing doubled. */
  readonly stands: (one: Stage) => boolean;
  /** What the plan says where it was made with the deed in sight. */
  readonly word: string;
}

interface Run {
  readonly words: readonly string[];
  readonly open: () => Promise<Stage>;
  /** What is piped in. */
  readonly stdin?: (one: Stage) => string;
}

const apply: Run = {
  words: APPLY_EVERY_WRITE,
  open: async () => {
    const one = await openStage({ seed: everyWriteSeed() });
    one.declare(EVERY_WRITE);
    return one;
  },
};
const revoke: Run = { words: BOB, open: () => openStage() };
const rotate: Run = {
  words: ["rotate", "--key", KEY, "--leaked", "--yes", "--json", "--api-rpm", "0"],
  open: async () => {
    const one = await openStage();
    one.declare({ workspaces: { prod: { name: "Production", keys: { [KEY]: {} } } } });
    return one;
  },
};

const RULE = MACHINES.federation.rules["deploy-main"];
/** On an issuer that everybody shares, whatever differs of a rule, its whole match goes along. */
const federate: Run = {
  words: ["apply", "--yes", "--json", "--api-rpm", "0"],
  open: async () => {
    const one = await openStage({ seed: "machines" });
    const rules = { "deploy-main": { ...RULE, description: "deploys the app" } };
    one.declare({ ...MACHINES, federation: { ...MACHINES.federation, rules } });
    return one;
  },
};
const NARROWER = { ...RULE.claims, environment: "production" };
const rule = ({ sandbox }: Stage) => sandbox.state.federation_rules?.find(({ name }) => name === "deploy-main");
const disband: Run = {
  words: ["apply", "--yes", "--confirm", "Finance", "--json", "--api-rpm", "0"],
  open: async () => {
    const one = await openStage({ seed: "enterprise" });
    one.declare({ manage: { groups: "full" }, groups: { Engineering: {}, "All staff": {}, Owners: {} } });
    return one;
  },
};

/** The secret of the replacement that waits on a stage. */
const replacements = new WeakMap<Stage, string>();
const cutOver: Run = {
  words: ["rotate", "--key", KEY, "--secret-stdin", "--force", "--yes", "--json", "--api-rpm", "0"],
  open: async () => {
    const one = await rotate.open();
    const { secret } = person(one).createKey({ name: `${KEY}@next`, workspace: "Production" });
    replacements.set(one, secret);
    return one;
  },
  stdin: (one) => replacements.get(one) ?? "",
};

const person = ({ sandbox }: Stage) => sandbox.control.console;
const key = ({ sandbox }: Stage, name: string) => sandbox.state.api_keys.find((one) => one.name === name);
const workspaces = ({ sandbox }: Stage, name: string) =>
  sandbox.state.workspaces.filter((one) => one.name === name && one.archived_at === null);
const roleOf = ({ sandbox: { state } }: Stage, workspace: string, email: string) => {
  const [user, place] = [
    state.users.find((one) => one.email === email),
    state.workspaces.find(({ name }) => name === workspace),
  ];
  return state.workspace_members.find(({ user_id, workspace_id }) => user_id === user?.id && workspace_id === place?.id)
    ?.workspace_role;
};

function ifActive(one: Stage, name: string): void {
  if (key(one, name)?.status !== "active") throw new Error("too late");
}

const DEEDS: readonly Deed[] = [
  {
    name: "a key gets another name, and with it another service",
    run: apply,
    act: (one) => {
      ifActive(one, "prod-stray");
      person(one).edit("api_keys", "prod-stray", { name: "prod-live" });
    },
    stands: (one) => key(one, "prod-live")?.status === "active",
    word: "keys.prod-live",
  },
  {
    name: "a workspace gets another name",
    run: apply,
    act: (one) => {
      if (workspaces(one, "Old").length === 0) throw new Error("too late");
      person(one).edit("workspaces", "Old", { name: "Old LIVE" });
    },
    stands: (one) => workspaces(one, "Old LIVE").length === 1,
    word: "Old LIVE",
  },
  {
    name: "a limit is set beside the one that is about to be raised",
    run: apply,
    act: ({ sandbox }) => {
      const own = sandbox.state.workspace_rate_limits.find(({ rate_limit_id: id }) => id === "rl_opus");
      if (own?.limits.length !== 1) throw new Error("too late");
      Object.assign(own, { limits: [...own.limits, { type: "input_tokens_per_minute", value: 7 }] });
    },
    // Nothing declares it, so it stands; that somebody is at work on the same limit is said all the same.
    stands: ({ sandbox }) =>
      sandbox.state.workspace_rate_limits.some(
        ({ rate_limit_id: id, limits }) => id === "rl_opus" && limits.some(({ value }) => value === 7),
      ),
    word: "input_tokens_per_minute",
  },
  {
    name: "a tag gets another value",
    run: apply,
    act: (one) => person(one).edit("workspaces", "Prod", { tags: { old: "9", env: "x" } }),
    stands: (one) => workspaces(one, "Prod")[0]?.tags.old === "9",
    word: '"old":"9"',
  },
  {
    name: "a role in a workspace becomes another",
    run: apply,
    act: (one) => {
      if (roleOf(one, "Prod", "bob@acme.example") === undefined) throw new Error("too late");
      person(one).edit("workspace_members", "Prod/bob@acme.example", { workspace_role: "workspace_admin" });
    },
    stands: (one) => roleOf(one, "Prod", "bob@acme.example") === "workspace_admin",
    word: '"role":"admin"',
  },
  {
    name: "an invitation is accepted",
    run: apply,
    act: (one) => person(one).acceptInvite("gus@acme.example"),
    stands: ({ sandbox }) => sandbox.state.users.some(({ email }) => email === "gus@acme.example"),
    word: "members.gus@acme.example",
  },
  {
    name: "the invitation that is about to be changed is accepted",
    run: apply,
    act: (one) => person(one).acceptInvite("eve@acme.example"),
    stands: ({ sandbox }) =>
      sandbox.state.users.some(({ email }) => email === "eve@acme.example") &&
      !sandbox.state.invites.some(({ email, status }) => email === "eve@acme.example" && status === "pending"),
    word: "members.eve@acme.example",
  },
  {
    name: "a rule of federation lets fewer workloads in",
    run: federate,
    act: (one) =>
      person(one).edit("federation_rules", "deploy-main", { match: { ...rule(one)?.match, claims: NARROWER } }),
    stands: (one) => rule(one)?.match.claims?.environment === NARROWER.environment,
    word: "environment",
  },
  {
    name: "the group that is about to be deleted gets another name",
    run: disband,
    act: (one) => person(one).edit("rbac_groups", "Finance", { name: "Finance LIVE" }),
    stands: ({ sandbox }) => sandbox.state.rbac_groups?.some(({ name }) => name === "Finance LIVE") === true,
    word: "Finance LIVE",
  },
  {
    name: "the leaver becomes an administrator",
    run: revoke,
    act: (one) => person(one).setRole("bob@acme.example", "admin"),
    stands: ({ sandbox }) =>
      sandbox.state.users.some(({ email, role }) => email === "bob@acme.example" && role === "admin"),
    word: "admin",
  },
  {
    name: "a key that the leaver made becomes another service's",
    run: revoke,
    act: (one) => {
      ifActive(one, "dev-shared");
      person(one).edit("api_keys", "dev-shared", { name: "payments" });
    },
    stands: (one) => key(one, "payments")?.status === "active",
    word: "keys.payments",
  },
  {
    name: "a leaked key has been rotated by hand",
    run: rotate,
    act: (one) => {
      person(one).edit("api_keys", KEY, { name: `${KEY}@previous-20261123` });
      person(one).createKey({ name: KEY, workspace: "Production" });
    },
    stands: (one) => key(one, KEY)?.status === "active",
    word: "never",
  },
  {
    name: "the replacement is disabled while it is cut over to",
    run: cutOver,
    act: (one) => {
      ifActive(one, `${KEY}@next`);
      person(one).edit("api_keys", `${KEY}@next`, { status: "inactive" });
    },
    // Nobody enabled it again, and the key that the service has still works.
    stands: (one) => keysOf(one, "inactive") === 1 && keysOf(one, "active") === 1,
    word: "never",
  },
  {
    name: "the old key gets another name while it is cut over",
    run: cutOver,
    act: (one) => {
      if (!key(one, `${KEY}@next`)) throw new Error("too late");
      ifActive(one, KEY);
      person(one).edit("api_keys", KEY, { name: "prod-auth-legacy" });
    },
    stands: (one) => key(one, "prod-auth-legacy")?.status === "active",
    word: "prod-auth-legacy",
  },
];

/** How many keys of the service have a status, whatever their labels. */
function keysOf({ sandbox }: Stage, status: string): number {
  return sandbox.state.api_keys.filter((one) => one.name.split("@")[0] === KEY && one.status === status).length;
}

/** A way to the sandbox on which `act` happens once, before the request with this number, or the next one that reads. */
async function between({ sandbox }: Stage, nth: number, act: () => void) {
  let count = 0;
  let tried = false;
  let acted = false;
  const server = createServer(async (request, response) => {
    count += 1;
    if (!tried && count >= nth && request.method === "GET") {
      tried = true;
      try {
        act();
        acted = true;
      } catch {
        // Whatever it was about is gone by then.
      }
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await fetch(`${sandbox.url}${request.url}`, {
      method: request.method ?? "GET",
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const { "content-encoding": ___, "transfer-encoding": ____, ...own } = Object.fromEntries(answer.headers);
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { ...own, "content-length": String(body.length) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    hasActed: () => acted,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether the run says that it undid the deed: in the plan that was agreed to, or by not ending well. */
function isSaid({ changes, exit_code: exit }: JsonResult, { word }: Deed): boolean {
  return exit !== 0 || JSON.stringify(changes).includes(word);
}

/** Numbers from 0 to 1, the same for the same seed (an LCG is good enough to choose by). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test(`${TRIALS} deeds of a second administrator, seed ${SEED}: none is undone or doubled without a word`, {
  timeout: 60_000 + TRIALS * 10_000,
}, async () => {
  const random = randomNumbers(SEED);
  const lengths = new Map<Run, number>();
  let standing = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const deed = DEEDS[trial % DEEDS.length];
    if (!deed) throw new Error("no deed");
    const one = await deed.run.open();
    // How many requests a run takes is known once one of its kind was made: the first comes early.
    const nth = 1 + Math.floor(random() * (lengths.get(deed.run) ?? 12));
    const way = await between(one, nth, () => deed.act(one));
    try {
      const ran = await one.run(deed.run.words, {
        env: { ANTHROPIC_BASE_URL: way.url, ANTHROPIC_ADMIN_KEY: one.sandbox.enterpriseKey ?? one.sandbox.adminKey },
        ...(deed.run.stdin && { stdin: deed.run.stdin(one) }),
      });
      lengths.set(deed.run, one.sandbox.requests.length);
      const at = `trial ${trial}: before request ${nth}, ${deed.name}`;
      const stands = !way.hasActed() || deed.stands(one);
      expect([at, stands || isSaid(ran.json(), deed)], ran.stdout).toEqual([at, true]);
      if (way.hasActed() && stands) standing += 1;
      expect(workspaces(one, "Lab").length, at).toBeLessThanOrEqual(1);
    } finally {
      await way.close();
      await one.close();
    }
  }
  expect(standing).toBeGreaterThan(0);
  console.log(`${TRIALS} deeds, ${standing} of them stand`);
});
