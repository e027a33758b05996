/** Since when, and by whom: `review` by the activity feed of a sandbox, in every format, and what it costs. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type RunOptions, type Stage, stage } from "../support/stage.ts";

async function reviewStage(): Promise<{ one: Stage; feed: RunOptions }> {
  const one = await stage({ seed: "review" });
  for (const file of ["rbac.yaml", "people.csv"]) cpSync(join("examples/review", file), join(one.folder, file));
  return { one, feed: { env: { ANTH_RBAC_ACTIVITY_KEY: one.sandbox.activityKey } } };
}

const feedReads = ({ sandbox }: Stage) => sandbox.requests.filter(({ path }) => path === "/v1/compliance/activities");

interface Given {
  readonly since: string | null;
  readonly by: Readonly<Record<"type" | "id" | "email" | "name", string | null>> | null;
}

interface Shown {
  readonly who?: Readonly<Record<string, unknown>>;
  readonly grants: readonly ({
    readonly subject: { readonly name: string | null; readonly email: string | null };
    readonly on: { readonly target: string };
    readonly through: { readonly type: string };
  } & Given)[];
}

const grantIn = ({ grants }: Shown, name: string, target: string) =>
  grants.find(({ subject, on }) => subject.name === name && on.target === target);

test("each format says since when and by whom, and what the feed does not tell is not known", async () => {
  const { one, feed } = await reviewStage();
  const json = (await one.run(["review", "--json"], feed)).json() as unknown as Shown;
  const grace = { type: "user", id: "user_01sandboxGrace", email: "grace@acme.example", name: "Grace Example" };
  expect(grantIn(json, "Bob Example", "workspaces.staging")).toMatchObject({
    since: "2026-04-23T12:00:00.000Z",
    by: grace,
  });
  // The invitation was for another role, which was changed since.
  expect(grantIn(json, "Bob Example", "organization")).toMatchObject({
    since: "2026-08-15T12:00:00.000Z",
    by: { email: "alan@acme.example" },
  });
  expect(grantIn(json, "automation", "organization")).toMatchObject({ since: null, by: null });
  expect(grantIn(json, "Ada Example", "organization")).toMatchObject({ since: null, by: null });
  expect(json.who).toEqual({ known: true, since: "2025-11-08T12:00:00.000Z", stopped: "switched-on" });
  const text = (await one.run(["review"], feed)).stdout;
  expect(text).toContain(
    "who gave what: by the activity feed, back to 2025-11-08 12:00 UTC, when it was switched on\n",
  );
  expect(text).toMatch(/lower {3}ada@.*\n {10}since not known; no request/);
  expect(text).toMatch(/keep {4}bob@acme.example {4}not used {4}user\n {10}since 2026-04-23, by grace@acme.example/);
  const csv = (await one.run(["review", "--format", "csv"], feed)).stdout.split("\r\n");
  expect(csv.filter((line) => line.includes("2026-04-23T12:00:00.000Z,grace@acme.example,"))).toHaveLength(1);
  const markdown = (await one.run(["review", "--format", "markdown"], feed)).stdout;
  expect(markdown).toContain("| 2026-04-23, by grace&#64;acme.example |");
  expect(markdown).toContain("| not known |");
  const page = (await one.run(["review", "--format", "html"], feed)).stdout;
  expect(page).toContain("Who gave what: by the activity feed, back to 2025-11-08");
  const data = JSON.parse(/id="data">(.*?)<\/script>/.exec(page)?.[1] ?? "") as {
    readonly words: readonly string[];
    readonly columns: readonly string[];
    readonly rows: readonly (readonly number[])[];
  };
  const cells = data.rows.map((row) => data.columns.map((_, at) => data.words[row[at] ?? -1]));
  const given = cells.map((row) => [row[data.columns.indexOf("since")], row[data.columns.indexOf("by")]].join(" "));
  expect(given).toContain("2026-04-23 by grace@acme.example");
  expect(given).toContain("not known ");
});

test("the sheet has it as a comment: a feed that cannot be read later moves nothing", async () => {
  const { one, feed } = await reviewStage();
  expect((await one.run(["review", "start", "q4.yaml"], feed)).exitCode).toBe(0);
  const sheet = readFileSync(join(one.folder, "q4.yaml"), "utf8");
  expect(sheet).toMatch(/# since 2026-04-23, by grace@acme\.example; last used: .*\n.*\n.*"person Bob Example/);
  expect(sheet).toMatch(/# since not known; last used: .*\n.*\n.*"person Ada Example/);
  writeFileSync(join(one.folder, "q4.yaml"), sheet.replaceAll(/decision:$/gm, "decision: keep"));
  const asked = feedReads(one).length;
  one.sandbox.control.configure({ compliance: "disabled" });
  for (const options of [feed, {}]) {
    expect((await one.run(["review", "check", "q4.yaml"], options)).exitCode).toBe(0);
    // The same facts under the same digests, whatever the comments say.
    const again = await one.run(["review", "start", `again-${Object.keys(options).length}.yaml`], options);
    expect(again.exitCode).toBe(0);
  }
  const facts = (text: string) => text.split("\n").filter((line) => /facts:|grant:|digest:/.test(line));
  expect(facts(readFileSync(join(one.folder, "again-0.yaml"), "utf8"))).toEqual(facts(sheet));
  // Neither `check` nor a run without the key asked; one `start` did.
  expect(feedReads(one).length).toBe(asked + 1);
});

test("without a key for the feed no request is added; with one, a page of the types that tell of it", async () => {
  const { one, feed } = await reviewStage();
  const requestsOf = async (options: RunOptions, ...more: readonly string[]) => {
    const before = one.sandbox.requests.length;
    expect((await one.run(["review", "--json", ...more], options)).exitCode).toBe(0);
    return one.sandbox.requests.slice(before).map(({ path }) => path);
  };
  const without = await requestsOf({});
  expect(without.filter((path) => path.includes("compliance"))).toEqual([]);
  const withKey = await requestsOf(feed);
  expect(withKey.toSorted()).toEqual([...without, "/v1/compliance/activities"].toSorted());
  const [read] = feedReads(one);
  expect(read?.query).toContain("activity_types%5B%5D=platform_workspace_member_added");
  expect(read?.query).not.toContain("exclude_activity_types");
  expect(read?.query).toContain("limit=1000");
  // What use suggests has nothing to do with it.
  const suggested = await one.run(["review", "--suggest"], feed);
  expect([suggested.exitCode, feedReads(one).length]).toEqual([0, 1]);
});

test("a feed of more than ten pages is read no further, and says where that is", async () => {
  const { one, feed } = await reviewStage();
  const { activities = [] } = one.sandbox.state;
  const noise = Array.from({ length: 10_400 }, (_, index) => ({
    id: `activity_noise${index}`,
    created_at: new Date(Date.parse("2026-11-22T12:00:00Z") + index).toISOString(),
    organization_id: null,
    organization_uuid: null,
    actor: { type: "user_actor", user_id: "user_somebody", email_address: "noise@acme.example" },
    type: "claude_user_role_updated",
    user_id: `user_noise${index}`,
  }));
  const other = await stage({ seed: { ...one.sandbox.state, activities: [...activities, ...noise] } });
  const json = (await other.run(["review", "--json"], feed)).json() as unknown as Shown;
  expect(json.who).toEqual({ known: true, stopped: "limit", since: "2026-11-22T12:00:00.400Z" });
  expect(grantIn(json, "Bob Example", "workspaces.wrkspc_01sandboxStaging")).toMatchObject({ since: null, by: null });
  expect(feedReads(other)).toHaveLength(10);
});

test("a feed that cannot be read is said to be that, and the review is whole all the same", async () => {
  const { one, feed } = await reviewStage();
  const old = await one.run(["review", "--json"], { env: { ANTH_RBAC_ACTIVITY_KEY: one.sandbox.adminKey } });
  expect([old.exitCode, old.json()]).toMatchObject([0, { who: { known: false, reason: "feed-key-too-old" } }]);
  one.sandbox.control.configure({ compliance: "disabled" });
  const off = await one.run(["review"], feed);
  expect([off.exitCode, off.stdout]).toEqual([0, expect.stringContaining("the activity feed is off")]);
  expect(off.stdout).toContain("since 2026-10-24, by ada@acme.example");
  expect(off.stdout).not.toContain("since not known");
});
