/** The keys of the customer's own that the file names: what is wrong with one is said before it is attached for good. */
import { expect, test } from "vitest";
import { type Stage, stage } from "../support/stage.ts";

const APPLY = ["apply", "--yes", "--json", "--api-rpm", "0"];
const AWS = { type: "aws", kms_arn: "arn:aws:kms:us-east-1:111122223333:key/sandbox" } as const;
const KEYS = "/v1/organizations/external_keys";
const DENIED = "AccessDeniedException: kms:Encrypt";

const external = ({ sandbox }: Stage) =>
  sandbox.requests.filter(({ path }) => path.startsWith(KEYS)).map(({ method, path }) => `${method} ${path}`);

/** A stage with a key, and Staging declared with `id`, or with that key. */
async function staging(id?: string) {
  const one = await stage();
  const key = one.sandbox.control.console.addExternalKey(AWS).id;
  const declare = (external_key_id: string, more: object = {}) =>
    one.declare({ workspaces: { staging: { name: "Staging", external_key_id, ...more } } });
  declare(id ?? key);
  const attach = (workspace: string) =>
    one.sandbox.control.console.edit("workspaces", workspace, { external_key_id: key });
  const broken = (why: string | null) => one.sandbox.control.console.edit("external_keys", key, { broken: why });
  return { one, key, declare, attach, broken };
}

test("a key that is there, is free and works is attached, named by its workspace, and then nothing differs", async () => {
  const { one } = await staging();
  const drift = (await one.run(["drift", "--json"])).json();
  expect(drift.findings.filter(({ code }) => code.includes("external"))).toEqual([]);
  expect(drift.changes).toMatchObject([{ target: "workspaces.staging", risk: "irreversible" }]);
  const ran = await one.run([...APPLY, "--confirm", "Staging"]);
  expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
  expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
});

test("one list, and one trial for each key that the file names; none where it names none, or of another workspace", async () => {
  const { one, key, declare } = await staging();
  await one.run(["drift"]);
  expect(external(one)).toEqual([`GET ${KEYS}`, `POST ${KEYS}/${key}/validate`]);
  one.sandbox.control.clearRequests();
  await one.run(["drift", "--only", "members"]);
  await one.run(["drift", "--workspace", "Production"]).catch(() => undefined);
  expect(external(one)).toEqual([]);
  declare("ekey_unknown");
  await one.run(["drift"]);
  // Its own 404 says that it is not there.
  expect(external(one)).toEqual([`GET ${KEYS}`, `GET ${KEYS}/ekey_unknown`]);
  one.sandbox.control.clearRequests();
  one.declare({ workspaces: { staging: { name: "Staging", external_key_id: null } } });
  await one.run(["drift"]);
  expect(external(one)).toEqual([]);
});

test("a key that does not exist is an error with its line, and nothing is planned with it", async () => {
  const { one, key, declare } = await staging("ekey_01sandbox00002");
  const drift = await one.run(["drift"]);
  expect(drift.exitCode).toBe(2);
  expect(drift.stdout).toContain(`the organization has no external key "ekey_01sandbox00002", so it is not attached`);
  expect(drift.stdout).toContain(`did you mean "${key}"?`);
  expect((await one.run(["drift", "--json"])).json()).toMatchObject({
    changes: [],
    findings: [
      { code: "unknown-external-key", severity: "error", path: "workspaces.staging.external_key_id", line: 1 },
    ],
  });
  declare("ekey_other", { tags: { team: "core" } });
  const ran = (await one.run(APPLY)).json();
  expect(ran.changes).toMatchObject([{ target: "workspaces.staging", after: { tags: { team: "core" } } }]);
  expect(ran.results.map(({ status }) => status)).toEqual(["done"]);
});

test("a new workspace is not created with a key that cannot be used, and nothing in it is planned", async () => {
  const { one, broken } = await staging();
  broken(DENIED);
  const key = one.sandbox.state.external_keys?.[0]?.id;
  one.declare({
    workspaces: {
      lab: { name: "Lab", external_key_id: key, members: { "dora@acme.example": "developer" } },
      staging: { name: "Staging", tags: { team: "core" } },
    },
  });
  const ran = (await one.run(APPLY)).json();
  expect(ran.changes.map(({ target }) => target)).toEqual(["workspaces.staging"]);
  expect(ran.findings).toMatchObject([{ code: "external-key-not-valid", severity: "error" }]);
  expect(one.sandbox.state.workspaces.some(({ name }) => name === "Lab")).toBe(false);
});

test("of a key that is attached it is said that it stays, whether the file names another or none", async () => {
  const { one, key, declare, attach } = await staging();
  attach("Staging");
  const other = one.sandbox.control.console.addExternalKey({ ...AWS, kms_arn: `${AWS.kms_arn}-b` }).id;
  declare(other);
  const stays = "it is attached once, and stays";
  expect((await one.run(["drift"])).stdout.replace(/\s+/g, " ")).toContain(
    `"${key}" and cannot become "${other}": ${stays}`,
  );
  one.declare({ workspaces: { staging: { name: "Staging", external_key_id: null } } });
  expect((await one.run(["drift"])).stdout.replace(/\s+/g, " ")).toContain(
    `"${key}" and cannot become "none": ${stays}`,
  );
});

test("a key that has stopped working is an error in the workspace that has it, in the API's words", async () => {
  const { one, attach, broken } = await staging();
  attach("Staging");
  expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
  broken(DENIED);
  const drift = await one.run(["drift"]);
  expect(drift.exitCode).toBe(2);
  expect(drift.stdout).toContain(`does not work (${DENIED}), and the data of the workspace is encrypted with it`);
  broken(null);
  expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
});

test("a key that encrypts another workspace is a warning, unless the file says it of that one too", async () => {
  const { one, key, attach } = await staging();
  attach("Production");
  const first = await one.run(["drift"]);
  expect(first.stdout).toContain(`already encrypts "Production"; a key that was attached cannot be taken away again`);
  const shared = (name: string) => ({ name, external_key_id: key });
  one.declare({ workspaces: { staging: shared("Staging"), prod: shared("Production") } });
  const both = (await one.run(["drift", "--json"])).json();
  expect([both.findings, both.changes.map(({ target }) => target)]).toEqual([[], ["workspaces.staging"]]);
  one.sandbox.control.console.edit("workspaces", "Production", { external_key_id: null });
  attach("Prototype");
  const archived = (await one.run(["drift", "--json"])).json();
  expect(archived.findings).toMatchObject([
    { code: "external-key-elsewhere", severity: "warning", path: "workspaces.staging.external_key_id" },
    { code: "external-key-elsewhere", severity: "warning", path: "workspaces.prod.external_key_id" },
  ]);
});

test("what the credential may not read, or try, is unknown with the reason, and the rest is planned", async () => {
  for (const path of [KEYS, `${KEYS}/*/validate`]) {
    const { one, declare, key } = await staging();
    declare(key, { tags: { team: "core" } });
    one.sandbox.control.fault({ kind: "forbidden", match: { path }, times: null });
    const drift = await one.run(["drift", "--json"]);
    expect([drift.exitCode, drift.json()]).toMatchObject([
      4,
      { findings: [], unknown: [{ kind: "external_keys", reason: "permission-denied" }] },
    ]);
    // Without the key: what is attached stays, and nobody could say whether it works.
    expect(drift.json().changes).toMatchObject([{ target: "workspaces.staging", after: { tags: { team: "core" } } }]);
    expect(drift.json().changes[0]?.after).not.toHaveProperty("external_key_id");
    declare(key);
    expect((await one.run(["drift", "--json"])).json()).toMatchObject({ exit_code: 4, changes: [] });
  }
});
