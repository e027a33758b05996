/** Keys of the customer's own: listed, tried, and attached where they work. */
import { expect, test } from "vitest";
import { open, refusal } from "../../support/open-sandbox.ts";

const AWS = { type: "aws", kms_arn: "arn:aws:kms:us-east-1:111122223333:key/sandbox" } as const;
const STAGING = "wrkspc_01sandboxStaging";

test("a key is unattached until a workspace has it, and stays attached when that is archived", async () => {
  const { admin, control } = await open();
  const made = control.console.addExternalKey(AWS, "Acme KMS");
  const keys = admin.organization.externalKeys;
  expect((await keys.list()).data).toMatchObject([
    { id: made.id, display_name: "Acme KMS", attachment: { type: "unattached" }, provider_config: AWS },
  ]);
  await admin.organization.workspaces.update(STAGING, { external_key_id: made.id });
  expect((await keys.retrieve(made.id)).attachment).toEqual({ type: "attached" });
  await admin.organization.workspaces.archive(STAGING);
  expect((await keys.retrieve(made.id)).attachment).toEqual({ type: "attached" });
  expect(await keys.retrieve(made.id)).not.toHaveProperty("broken");
});

test("a trial answers 200 for a key that does not work, too, and such a key is not attached", async () => {
  const { admin, control } = await open();
  const { id } = control.console.addExternalKey(AWS);
  const keys = admin.organization.externalKeys;
  expect(await keys.validate(id)).toMatchObject({ status: "success", error: null });
  control.console.edit("external_keys", id, { broken: "AccessDeniedException" });
  expect(await keys.validate(id)).toMatchObject({ status: "failure", error: "AccessDeniedException" });
  const refused = await refusal(admin.organization.workspaces.update(STAGING, { external_key_id: id }));
  expect([refused.status, refused.errorCode]).toEqual([400, "external_key_validation_failed"]);
});

test("a key that is not there is a 404, and no workspace is made with it", async () => {
  const { admin } = await open();
  expect((await refusal(admin.organization.externalKeys.retrieve("ekey_no"))).status).toBe(404);
  expect((await refusal(admin.organization.externalKeys.validate("ekey_no"))).status).toBe(404);
  const made = await refusal(admin.organization.workspaces.create({ name: "New", external_key_id: "ekey_no" }));
  expect([made.status, made.errorCode]).toEqual([400, "external_key_not_found"]);
});
