import { describe, expect, onTestFinished, test } from "vitest";
import { connectAdmin } from "../../src/adapters/api/admin-client.ts";
import { startDeadline } from "../../src/adapters/api/deadline.ts";
import { createOrgReader } from "../../src/adapters/api/reader.ts";
import { type StatusOptions, status } from "../../src/commands/status.ts";
import type { Context } from "../../src/context.ts";
import { Failure } from "../../src/core/model/failure.ts";
import { finding } from "../../src/core/model/finding.ts";
import type { OrgReader, ReadScope } from "../../src/core/model/org.ts";
import type { Status } from "../../src/core/status/status.ts";
import type { ConfigReading } from "../../src/core/validate/judge.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { declared } from "../support/config.ts";
import { contextOf } from "../support/context.ts";
import { key, NOW, org, user, workspace } from "../support/org.ts";

const SECRET = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789";

interface Given {
  readonly reading?: ConfigReading;
  readonly reader?: Partial<OrgReader>;
  readonly stdin?: string;
}

/** As much of a Context as `status` may touch; the rest fails loudly. */
function contextWith({ reading, reader, stdin }: Given): Context {
  return contextOf({
    clock: { now: () => NOW },
    config: { readIfAny: async () => reading },
    api: {
      reader: async () => {
        if (!reader) throw new Error("the organization was asked for");
        return reader as OrgReader;
      },
    },
    prompt: {
      readSecret: async () => {
        if (stdin === undefined) throw new Error("stdin was read");
        return stdin;
      },
    },
  });
}

async function shown(options: StatusOptions, given: Given): Promise<Status> {
  const outcome = await status(contextWith(given), options);
  if (outcome.kind !== "status") throw new Error(`expected a status, got ${outcome.kind}`);
  return outcome.status;
}

async function failure(options: StatusOptions, given: Given = {}): Promise<Failure> {
  const error = await status(contextWith(given), options).catch((reason: unknown) => reason);
  if (error instanceof Failure) return error;
  throw new Error(`expected a Failure, got ${String(error)}`);
}

const live = org({
  users: [user("ada@acme.example")],
  workspaces: [workspace("Production")],
  keys: [key("prod-auth", "wrkspc_production", { hint: "sk-ant-api03-abc...6789" })],
});

describe("flags", () => {
  test.each<StatusOptions>([
    { workspace: "prod", user: "ada@acme.example" },
    { user: "ada@acme.example", key: "k" },
    { workspace: "prod", key: "k" },
    { user: "ada@acme.example", usage: 7 },
    { usage: 0 },
    { usage: 366 },
    { usage: 1.5 },
    { user: " " },
    { key: "" },
  ])("%o is wrong usage, before anything is read", async (options) => {
    expect((await failure(options)).code).toBe("usage");
  });

  test.each<StatusOptions>([
    { key: SECRET },
    { user: SECRET },
    { workspace: `Bearer ${SECRET}` },
    { key: `${SECRET}...` },
  ])("a secret among the arguments is refused and not repeated", async (options) => {
    const refused = await failure(options);
    expect(refused.code).toBe("usage");
    expect(refused.details.fix).toContain("history");
    expect(JSON.stringify([refused.message, refused.details])).not.toContain("abcdef");
  });
});

describe("rbac.yaml", () => {
  const broken: ConfigReading = {
    file: "rbac.yaml",
    digest: "",
    findings: [finding("empty-file", {})],
    findingsAt: () => [],
    locate: () => undefined,
  };

  test("with errors stops before the network", async () => {
    expect(await status(contextWith({ reading: broken }), {})).toMatchObject({ kind: "validation", file: "rbac.yaml" });
  });

  test("of another organization stops before anything is read", async () => {
    const reading = {
      ...broken,
      config: declared({ organization: { id: "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47" } }),
      findings: [],
    };
    const reader = { organization: async () => ({ id: "another", name: "Other" }) };
    expect((await failure({}, { reading, reader })).code).toBe("wrong-organization");
  });

  test("is not needed", async () => {
    expect(await shown({ workspace: "Production" }, { reader: { read: async () => live } })).toMatchObject({
      declared: false,
    });
  });
});

describe("a secret on stdin", () => {
  const reader = { read: async () => live };

  test.each([SECRET, `ANTHROPIC_API_KEY="${SECRET}"\n`, `export A=${SECRET} B=${SECRET}`])(
    "is found in %j",
    async (stdin) => {
      const { found } = await shown({ key: "-" }, { reader, stdin });
      expect(found?.map(({ key }) => key.name)).toEqual(["prod-auth"]);
      expect(JSON.stringify(found)).not.toContain("defghij");
    },
  );

  test.each([
    ["sk-ant-admin01-abcdefghijklm", "Admin"],
    ["sk-ant-oat01-abcdefghijklm", "OAuth"],
    ["sk-ant-ort01-abcdefghijklm", "OAuth"],
    ["sk-ant-api01-abcdefghijklm", "Enterprise"],
  ])("that the API does not list costs no request: %s", async (stdin, word) => {
    const missing = await failure({ key: "-" }, { stdin });
    expect([missing.code, missing.message.includes(word)]).toEqual(["not-found", true]);
    expect(JSON.stringify(missing.details)).not.toContain("defghij");
  });

  test("that is a token says which of the two ends by itself", async () => {
    const { details } = await failure({ key: "-" }, { stdin: "sk-ant-ort01-abcdefghijklm" });
    expect(details.fix).toContain("an access token ends by itself soon, a refresh token (sk-ant-ort…) does not");
  });

  test.each([
    ["sk-ant-api03-not-a-secret-zzzz", "another organization"],
    ["hunter2", "sk-ant-"],
  ])("that fits no hint says where to look: %s", async (stdin, word) => {
    const missing = await failure({ key: "-" }, { reader, stdin });
    expect([missing.code, missing.details.fix?.includes(word)]).toEqual(["not-found", true]);
    expect(JSON.stringify(missing.details)).not.toContain(stdin);
  });

  test("must be one", async () => {
    expect((await failure({ key: "-" }, { stdin: `${SECRET} ${SECRET}x` })).code).toBe("usage");
    expect((await failure({ key: "-" }, { stdin: " " })).code).toBe("input-needed");
  });
});

test("a person that nobody knows costs one read of the people, and no workspace's members", async () => {
  const scopes: ReadScope[] = [];
  const read = async (scope: ReadScope) => {
    scopes.push(scope);
    return live;
  };
  expect((await failure({ user: "Zoe@acme.example" }, { reader: { read } })).code).toBe("not-found");
  expect(scopes.flatMap((scope) => scope.membersOf([workspace("Production")]))).toEqual([]);
  const { user: ada } = await shown({ user: " ADA@acme.example " }, { reader: { read } });
  expect(ada?.email).toBe("ada@acme.example");
});

describe("against the simulated organization, through the real reader", () => {
  async function sandbox() {
    const running = await startSandbox({ clock: new Date(NOW).toISOString() });
    onTestFinished(() => running.close());
    const deadline = startDeadline({ milliseconds: 30_000, interrupt: new AbortController().signal });
    const { client } = connectAdmin({
      credential: { kind: "api-key", secret: running.adminKey, source: "the test" },
      baseUrl: running.url,
      env: {},
      deadline,
      perMinute: 0,
      debug: false,
      log: () => {},
    });
    return createOrgReader({ client, deadline, now: () => NOW });
  }

  test("the whole organization", async () => {
    const status = await shown({}, { reader: await sandbox() });
    expect(status).toMatchObject({ organization: { name: "Acme" }, unknown: [] });
    const names = status.workspaces.known ? status.workspaces.items.map(({ name }) => name) : [];
    expect(names).toEqual(["Development", "Production", "Staging", "Claude Code", "Default"]);
  });

  test("one workspace costs its own members and limits only", async () => {
    const status = await shown({ workspace: "Staging" }, { reader: await sandbox() });
    const [staging] = status.workspaces.known ? status.workspaces.items : [];
    expect(staging?.members.known && staging.members.items.map(({ email, how }) => `${email} ${how}`)).toEqual([
      "ada@acme.example direct",
      "bob@acme.example direct",
      "dora@acme.example direct",
      "alan@acme.example inherited",
      "bill@acme.example inherited",
      "grace@acme.example inherited",
    ]);
  });

  test("why can the new team member not get in?", async () => {
    const { user: bob } = await shown({ user: "Bob@Acme.example" }, { reader: await sandbox() });
    expect(bob?.notes[0]).toMatchObject({ code: "not-member", args: { workspaces: [{ name: "Production" }] } });
  });

  test("why does the key that works in dev fail in prod?", async () => {
    const { found } = await shown({ key: "dev-shared" }, { reader: await sandbox() });
    expect(found).toMatchObject([{ key: { status: "active", workspace: { name: "Development" } } }]);
  });

  test("where did the usage go?", async () => {
    const { usage } = await shown({ usage: 7 }, { reader: await sandbox() });
    expect(usage?.workspaces[0]?.workspace?.name).toBe("Production");
    const keyless = usage?.workspaces.flatMap(({ workspace, keys }) =>
      keys.flatMap(({ keyId }) => (keyId === undefined ? workspace?.name : [])),
    );
    expect(keyless?.toSorted()).toEqual(["Default", "Development"]);
  });
});
