import { describe, expect, test } from "vitest";
import { reconcile } from "../../../../src/core/plan/reconcile.ts";
import { declared } from "../../../support/config.ts";
import { NOW, org, workspace } from "../../../support/org.ts";

type Geos = readonly string[] | "unrestricted";

const ASKED = {
  now: NOW,
  file: { path: "rbac.yaml", digest: "0" },
  digest: (pieces: Iterable<string>) => [...pieces].join(""),
};

/** The one change that makes the allowed places `after`, where they were `before`. */
function placed(before: Geos, after: Geos) {
  const config = declared({
    workspaces: { prod: { name: "Production", data_residency: { allowed_inference_geos: after } } },
  });
  const live = org({ workspaces: [workspace("Production", { allowedInferenceGeos: before })] });
  return reconcile({ ...ASKED, config, live }).changes;
}

describe("the places where a workspace may run", () => {
  test("are widened by one more place, and by any place; narrowing is safe", () => {
    const risks = (before: Geos, after: Geos) => placed(before, after).map(({ risk }) => risk);
    expect(risks(["us"], ["us", "global"])).toEqual(["widening"]);
    expect(risks(["us"], ["global"])).toEqual(["widening"]);
    expect(risks(["us"], "unrestricted")).toEqual(["widening"]);
    expect(risks(["us", "global"], ["us"])).toEqual(["safe"]);
    expect(risks("unrestricted", ["us"])).toEqual(["safe"]);
  });

  test("that the API gave in no form that can be read are at least widened", () => {
    const live = org({ workspaces: [workspace("Production")] });
    const unknown = (residency: Record<string, unknown>) => {
      const config = declared({ workspaces: { prod: { name: "Production", data_residency: residency } } });
      return reconcile({ ...ASKED, config, live }).changes.map(({ risk }) => risk);
    };
    expect(unknown({ allowed_inference_geos: ["us"] })).toEqual(["widening"]);
    expect(unknown({ default_inference_geo: "us" })).toEqual(["widening"]);
  });

  test("are the same in any order", () => {
    expect(placed(["us", "global"], ["global", "us"])).toEqual([]);
    expect(placed("unrestricted", "unrestricted")).toEqual([]);
  });
});
