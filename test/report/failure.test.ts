import { expect, test } from "vitest";
import { Failure } from "../../src/core/model/failure.ts";
import { failureForms } from "../../src/report/failure.ts";
import { PLAIN } from "../../src/report/formats/style.ts";

test("the status of an answer is said once, in the sentence or behind it", () => {
  const text = (message: string) =>
    failureForms.text(
      { kind: "failure", failure: new Failure("api-error", { message, status: 529, requestId: "req_1", fix: "wait" }) },
      PLAIN,
    );
  expect(text("members: overloaded (529)")).toBe("error: members: overloaded (529) (request req_1)\n  wait\n");
  expect(text("members: overloaded")).toBe("error: members: overloaded (HTTP 529, request req_1)\n  wait\n");
});
