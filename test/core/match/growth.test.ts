import { expect, test } from "vitest";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { planRotation } from "../../../src/core/rotation/rotation.ts";
import { assembleStatus } from "../../../src/core/status/status.ts";
import { NOW } from "../../support/org.ts";
import { asked } from "../../support/rotation.ts";
import { SIZES, type Sized } from "../../support/sizes.ts";
import { countSteps } from "../../support/steps.ts";

const WORK: Readonly<Record<string, (sized: Sized) => unknown>> = {
  reconcile: ({ config, live }) =>
    reconcile({ config, live, now: NOW, file: { path: "rbac.yaml", digest: "" }, digest: () => "" }),
  rotation: ({ config, live }) => planRotation(asked(live, { config })),
  status: ({ config, live }) => assembleStatus({ config, live, now: NOW, selection: { view: "organization" } }),
  offboarding: ({ config, live }) =>
    planOffboarding({
      config,
      live,
      now: NOW,
      digest: () => "",
      people: ["p7@acme.example"],
      max: 1,
      formerIds: new Map([["p7@acme.example", ["user_p7"]]]),
    }),
};

const SMALL = 100;
/** To sort ten times as much takes 15 times as long; a product of two lists would take up to a hundred times. */
const MOST = 18;

for (const [what, sizeOf] of Object.entries(SIZES)) {
  test.each(Object.entries(WORK))(`${what}: the work of %s grows as the lists do`, (_, work) => {
    // What is made once for the process is made now; what is kept for an organization is not of the next.
    work(sizeOf(SMALL));
    const [small, large] = [sizeOf(SMALL), sizeOf(10 * SMALL)];
    const few = countSteps(() => work(small));
    expect(few).toBeGreaterThan(SMALL);
    expect(countSteps(() => work(large)) / few).toBeLessThan(MOST);
  });
}
