import { describe, expect, test } from "vitest";
import { WRITES } from "../../../src/adapters/api/kinds/kinds.ts";
import { RETRY_CLASSES, retryClassOf } from "../../../src/adapters/api/retry-class.ts";
import type { FailureCode } from "../../../src/core/model/failure.ts";

const classOf = (status: number, errorCode?: string, call: keyof typeof WRITES = "update-user", code?: FailureCode) => {
  const details = { message: "no", status, ...(errorCode !== undefined && { errorCode }) };
  return retryClassOf({ code: code ?? "api-error", details }, WRITES[call].refusals);
};

// Source: admin-api-1.14.md 1.5. Each row is a decision about a request that may have an effect.
describe("retry classes", () => {
  test.each([
    [409, undefined, "conflict"],
    [409, "concurrent_membership_change", "conflict"],
    [409, "external_key_changed", "conflict"],
    [409, "storage_changed_concurrently", "moved"],
    [409, "workspace_changed_concurrently", "moved"],
    [409, "storage_already_registered", "refused"],
    [409, "storage_in_use", "refused"],
    [409, "gcp_project_controlled_by_another_organization", "final"],
    [503, undefined, "uncertain"],
    [503, "authorization_check_unavailable", "again"],
    [503, "registration_pending", "again"],
    [503, "cmek_provider_unavailable", "again"],
    [400, "cmek_key_unreachable", "again"],
    [400, "not_cmek_key_unreachable", "refused"],
    [400, "cmek_key_unreachable_for_good", "refused"],
    [500, "internal_server_error", "uncertain"],
    [529, undefined, "uncertain"],
    [429, undefined, "again"],
    [429, "enforced_spend_limit_reached", "final"],
    [429, "contract_spend_limit_reached", "final"],
    [400, "already_member", "refused"],
    [404, undefined, "refused"],
    [401, undefined, "final"],
    [403, "sandbox_egress_restricted", "final"],
    [413, undefined, "final"],
    // A name that every object of the language has is no code of the table.
    [409, "constructor", "conflict"],
    // A code says more than the status that it comes with.
    [400, "concurrent_membership_change", "conflict"],
    [503, "external_key_changed", "conflict"],
    [409, "change_outcome_unknown", "uncertain"],
    [409, "plugin_name_taken", "refused"],
    [409, "skill_name_taken", "refused"],
    [499, undefined, "final"],
  ] as const)("%i %s is %s", (status, code, expected) => {
    expect(classOf(status, code)).toBe(expected);
  });

  test("an answer that did not come, or that nobody understands, may have been carried out", () => {
    expect(classOf(0, undefined, "update-user", "unreachable")).toBe("uncertain");
    expect(classOf(0, undefined, "update-user", "incomplete-answer")).toBe("uncertain");
  });

  test("a code that belongs to one call means that for no other", () => {
    expect(classOf(503, "workspace_created_incomplete", "create-workspace")).toBe("created-incomplete");
    expect(classOf(409, "storage_attached_during_archive", "archive-workspace")).toBe("archived-with-storage");
    expect(classOf(503, "change_outcome_unknown", "update-workspace")).toBe("uncertain");
    expect(classOf(503, "workspace_created_incomplete", "update-workspace")).toBe("uncertain");
  });

  test("a status that belongs to one call means that only where there is no code", () => {
    expect(classOf(409, undefined, "create-service-account")).toBe("refused");
    expect(classOf(409, "", "create-service-account")).toBe("refused");
    expect(classOf(409, "something_new", "create-service-account")).toBe("conflict");
    expect(retryClassOf({ code: "api-error", details: { message: "no", status: 409 } })).toBe("conflict");
    expect(retryClassOf({ code: "api-error", details: { message: "no" } })).toBe("final");
  });

  test("what may have had an effect is never sent again unread, and what is made already never again", () => {
    const that = (does: "readBack" | "again") =>
      Object.entries(RETRY_CLASSES).flatMap(([name, done]) => (done[does] ? name : []));
    expect(that("again")).toEqual(["again", "uncertain", "conflict"]);
    expect(that("readBack")).toEqual(["uncertain", "conflict", "refused", "moved"]);
  });
});
