import { describe, expect, test } from "vitest";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { ApiCall } from "../../../src/core/model/call.ts";
import type { Change, Risk } from "../../../src/core/model/change.ts";
import { Failure, type FailureCode } from "../../../src/core/model/failure.ts";
import type { ChangeResult } from "../../../src/core/model/plan.ts";
import { applyChanges } from "../../../src/core/plan/apply-changes.ts";
import { blockerOf } from "../../../src/core/plan/blocker.ts";
import { selectTargets } from "../../../src/core/plan/selection.ts";
import { verify } from "../../../src/core/plan/verify.ts";
import { changeWith } from "../../support/change.ts";
import { declared } from "../../support/config.ts";
import { NOW, org, user, workspace } from "../../support/org.ts";

const KINDS: Readonly<Record<string, Change["kind"]>> = {
  members: "workspace_member",
  keys: "key",
  rate_limits: "rate_limit",
};

const FIELDS: Readonly<Partial<Record<Change["kind"], readonly [object, object]>>> = {
  workspace: [{ name: "Lab" }, { name: "Lab" }],
  key: [{ status: "active" }, { status: "inactive" }],
  rate_limit: [{ tokens_per_day: 1 }, { tokens_per_day: 2 }],
};

/** A change in a word: its action, its target and, where it is no plain one, its risk. */
function change(action: Change["action"], target: string, risk?: Risk): Change {
  const [root = "", , inner] = target.split(".");
  const kind =
    root === "workspaces" ? (inner ? (KINDS[inner] ?? "key") : "workspace") : root === "members" ? "member" : "invite";
  const [before, after] = FIELDS[kind] ?? [{ role: "user" }, { role: "developer" }];
  return changeWith({
    action,
    kind,
    target,
    id: action === "create" ? null : "id",
    before: action === "create" ? null : before,
    after: action === "remove" ? null : after,
    risk: risk ?? (action === "remove" ? "removal" : "widening"),
  });
}

describe("what a change that failed takes with it", () => {
  const lab = change("create", "workspaces.lab", "safe");
  const addAda = change("create", "workspaces.prod.members.ada@acme.example");
  const inviteEve = change("create", "invites.eve@acme.example");
  const dropBob = change("remove", "workspaces.prod.members.bob@acme.example");

  test("everything inside a workspace that could not be created", () => {
    expect(blockerOf(change("create", "workspaces.lab.members.ada@acme.example"), [lab])).toMatchObject({
      rule: "inside",
    });
    expect(blockerOf(addAda, [lab])).toBeUndefined();
  });

  test("removals and reductions in the same scope: the workspace, or for people the organization", () => {
    expect(blockerOf(dropBob, [addAda])).toEqual({ rule: "added-first", target: addAda.target });
    expect(blockerOf(change("update", dropBob.target, "removal"), [addAda])).toBeDefined();
    expect(blockerOf(change("remove", "workspaces.stg.members.bob@acme.example"), [addAda])).toBeUndefined();
    expect(blockerOf(dropBob, [inviteEve])).toBeUndefined();
    expect(blockerOf(change("remove", "members.bob@acme.example"), [inviteEve])).toBeDefined();
    expect(blockerOf(change("remove", "members.bob@acme.example"), [addAda])).toBeUndefined();
  });

  test("in groups, removals in the same one", () => {
    const member = (action: "create" | "remove", group: string, name: string) => {
      const email = `${name}@acme.example`;
      const fields = action === "create" ? { after: { email } } : { id: "id", before: { email } };
      const risk = action === "create" ? "widening" : "removal";
      return changeWith({ action, kind: "group_member", target: `groups.${group}.members.${email}`, risk, ...fields });
    };
    const addDora = member("create", "R. and D.", "dora");
    expect(blockerOf(member("remove", "R. and D.", "bob"), [addDora])).toEqual({
      rule: "added-first",
      target: addDora.target,
    });
    expect(blockerOf(member("remove", "Finance", "bob"), [addDora])).toBeUndefined();
    expect(blockerOf(member("remove", "Finance", "bob"), [inviteEve])).toBeUndefined();
    expect(blockerOf(change("remove", "members.bob@acme.example"), [addDora])).toBeUndefined();
    const gone = { action: "remove", kind: "group", target: "groups.Old", id: "id", before: { name: "Old" } };
    const drop = changeWith({ ...gone, risk: "irreversible" });
    expect(blockerOf(drop, [addDora])).toBeDefined();
  });

  test("an archive waits for every addition; a failed removal holds nothing up", () => {
    expect(blockerOf(change("remove", "workspaces.wrkspc_old", "irreversible"), [addAda])).toBeDefined();
    expect(blockerOf(dropBob, [change("remove", "workspaces.prod.members.cas@acme.example")])).toBeUndefined();
  });
});

const LIVE = org({ users: [user("ada@acme.example")], workspaces: [workspace("Prod")] });

async function run(changes: readonly Change[], write: (call: ApiCall) => Failure | undefined, stopAfter = Infinity) {
  const calls: ApiCall[] = [];
  const results: ChangeResult[] = [];
  const said = await applyChanges({
    changes,
    live: LIVE,
    matches: matchLive(declared({ workspaces: { prod: { name: "Prod" } } }), LIVE),
    now: () => NOW + calls.length,
    stopped: () => (results.length >= stopAfter ? failure("interrupted") : undefined),
    writer: {
      look: async () => undefined,
      readBack: async () => undefined,
      write: async (call) => {
        calls.push(call);
        const failed = write(call);
        if (failed) throw failed;
        return { requestId: `req_${calls.length}`, ...(call.name.startsWith("create") && { id: "wrkspc_new" }) };
      },
    },
    onBegin: async () => {},
    onResult: async (result) => {
      results.push(result);
    },
  });
  expect(results).toEqual(said);
  return { calls, results: said.map(({ status, error }) => (error ? `${status} ${error.code}` : status)), said };
}

const failure = (code: FailureCode) => new Failure(code, { message: code });

describe("carrying out", () => {
  test("a new workspace gets its id before its members", async () => {
    const { calls, said } = await run(
      [change("create", "workspaces.lab"), change("create", "workspaces.lab.members.ada@acme.example")],
      () => undefined,
    );
    expect(calls).toMatchObject([
      { name: "create-workspace" },
      { name: "add-workspace-member", workspaceId: "wrkspc_new", userId: "user_ada" },
    ]);
    expect(said[0]).toMatchObject({ id: "wrkspc_new", requestId: "req_1" });
    expect(said.map(({ at }) => at)).toEqual([NOW + 1, NOW + 2]);
  });

  test("an invitation with another role is deleted and made again", async () => {
    const { calls } = await run([change("update", "invites.eve@acme.example")], () => undefined);
    expect(calls).toEqual([
      { name: "delete-invite", inviteId: "id" },
      { name: "create-invite", email: "eve@acme.example", role: "developer" },
    ]);
  });

  test("one failure does not stop what is independent of it; a fatal one stops the rest", async () => {
    const three = ["ada", "bob", "cas"].map((name) => change("update", `members.${name}@acme.example`));
    const second = (code: FailureCode) => {
      let count = 0;
      return () => (++count === 2 ? failure(code) : undefined);
    };
    expect((await run(three, second("api-error"))).results).toEqual(["done", "failed api-error", "done"]);
    const fatal = await run(three, second("credential-rejected"));
    expect(fatal.results).toEqual(["done", "failed credential-rejected", "skipped credential-rejected"]);
  });

  test("after an interrupt nothing is begun; what a person must do is manual all the same", async () => {
    const changes = [
      change("update", "members.ada@acme.example"),
      change("update", "members.bob@acme.example"),
      change("manual", "members.cas@acme.example"),
    ];
    expect((await run(changes, () => undefined, 1)).results).toEqual(["done", "skipped interrupted", "manual"]);
  });

  test("what the interrupt met before anything was sent is not begun; what was sent in part is failed", async () => {
    const unsent = () => new Failure("interrupted", { message: "interrupted", isUnsent: true });
    const { results, said } = await run([change("update", "members.ada@acme.example")], unsent);
    expect([results, said[0]?.error?.message]).toEqual([["skipped interrupted"], "not begun: interrupted"]);
    const invite = [change("update", "invites.eve@acme.example")];
    const second = (call: ApiCall) => (call.name === "create-invite" ? unsent() : undefined);
    expect((await run(invite, second)).results).toEqual(["failed interrupted"]);
    expect((await run(invite, () => failure("interrupted"))).results).toEqual(["failed interrupted"]);
  });

  test("what needs a workspace that nobody creates is skipped, and says so", async () => {
    const { results, calls } = await run(
      [change("create", "workspaces.gone.members.ada@acme.example")],
      () => undefined,
    );
    expect([results, calls]).toEqual([["skipped not-found"], []]);
  });
});

describe("verifying", () => {
  const ada = change("update", "members.ada@acme.example");
  const cas = change("manual", "members.cas@acme.example");
  const result = (status: ChangeResult["status"], code?: FailureCode): ChangeResult => {
    return { change: ada, status, id: null, requestId: null, at: null, error: code ? { code, message: "" } : null };
  };

  test("only what a person must do is left, as it was planned", () => {
    const results = [result("done"), { ...result("manual"), change: cas }];
    expect(verify(results, { changes: [cas], unknown: [] })).toMatchObject({ verified: true, mayLag: false });
  });

  test("what is for a person now, and was not before, is not verified, unless it follows from what was done", () => {
    const after = { changes: [change("manual", ada.target)], unknown: [] };
    expect(verify([result("done")], after)).toMatchObject({ verified: false, remaining: after.changes });
    expect(verify([result("done")], { ...after, manualFollows: true })).toMatchObject({ verified: true });
    expect(verify([result("failed", "api-error")], { ...after, manualFollows: true })).toMatchObject({
      verified: false,
    });
  });

  test("what is done may lag, what failed does not", () => {
    expect(verify([result("done")], { changes: [ada], unknown: [] })).toMatchObject({ verified: false, mayLag: true });
    expect(verify([result("failed", "api-error")], { changes: [ada], unknown: [] })).toMatchObject({ mayLag: false });
    // No waiting teaches a word of the API.
    const unknown = [{ kind: "workspaces.prod.keys.odd", reason: "unknown-word" }];
    expect(verify([result("done")], { changes: [], unknown })).toMatchObject({ verified: false, mayLag: false });
  });

  test("a preview that is missing is no reason for doubt; what cannot be read again is", () => {
    const skipped = result("skipped", "preview-not-enabled");
    expect(verify([skipped], { changes: [ada], unknown: [] })).toMatchObject({ verified: true, remaining: [ada] });
    const unknown = [{ kind: "members", reason: "unreachable" }];
    expect(verify([result("failed", "api-error")], { changes: [], unknown })).toEqual({
      verified: false,
      remaining: [ada],
      mayLag: true,
    });
  });
});

describe("a selection", () => {
  const config = declared({ workspaces: { prod: { name: "Prod" }, lab: { name: "Lab" } } });
  const live = org({ workspaces: [workspace("Prod"), workspace("Old")] });

  test("by handle, live name or id, of what is declared, missing or undeclared", () => {
    const inside = (word: string) => {
      const isSelected = selectTargets({ removals: true, workspaces: [word] }, config, live, matchLive(config, live));
      const targets = [
        "members.ada@acme.example",
        "workspaces.prod",
        "workspaces.prod.keys.a",
        "workspaces.lab",
        "workspaces.wrkspc_old",
      ];
      return targets.filter(isSelected);
    };
    for (const word of ["prod", "Prod", "wrkspc_prod"])
      expect(inside(word)).toEqual(["workspaces.prod", "workspaces.prod.keys.a"]);
    expect(inside("lab")).toEqual(["workspaces.lab"]);
    for (const word of ["Old", "wrkspc_old"]) expect(inside(word)).toEqual(["workspaces.wrkspc_old"]);
    expect(() => inside("Pord")).toThrow(/no workspace .* "Pord"/);
  });
});
