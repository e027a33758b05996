import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTarget, target } from "../../../src/core/model/target.ts";

const handle = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const email = fc.stringMatching(/^[a-z.]{1,5}@[a-z]{1,5}\.[a-z]{2,3}$/);
const name = fc.stringMatching(/^[a-z][a-z0-9.@-]{0,10}$/);

test("every target is read back as itself", () => {
  const any = fc.oneof(
    email.map((one) => [target.member(one), undefined] as const),
    email.map((one) => [target.invite(one), undefined] as const),
    name.map((one) => [target.organizationKey(one), undefined] as const),
    name.map((one) => [target.serviceAccount(one), undefined] as const),
    fc.tuple(handle, name).map(([one, other]) => [target.workspaceServiceAccount(one, other), one] as const),
    handle.map((one) => [target.workspace(one), one] as const),
    handle.map((one) => [target.spendLimit(one), one] as const),
    email.map((one) => [target.memberSpendLimit(one), undefined] as const),
    fc.tuple(handle, email).map(([one, other]) => [target.workspaceMember(one, other), one] as const),
    fc.tuple(handle, name).map(([one, other]) => [target.key(one, other), one] as const),
    fc.tuple(handle, name).map(([one, other]) => [target.rateLimit(one, other), one] as const),
  );
  fc.assert(
    fc.property(any, ([text, workspace]) => {
      expect(parseTarget(text)?.target).toBe(text);
      expect(parseTarget(text)?.workspace).toBe(workspace);
    }),
  );
});

test("addresses are folded, and what is no target is none", () => {
  expect(parseTarget("workspaces.prod.members.Ada@ACME.example")?.target).toBe(
    "workspaces.prod.members.ada@acme.example",
  );
  for (const text of [
    "",
    "members",
    "members.",
    "people.ada@acme.example",
    "workspaces",
    "workspaces.",
    "workspaces..keys.a",
    "workspaces.prod.keys",
    "workspaces.prod.keys.",
    "workspaces.prod.spend_limit.x",
    "workspaces.prod.kyes.a",
    "organization.members.a",
  ]) {
    expect(parseTarget(text), text).toBeUndefined();
  }
});
