import { describe, expect, test } from "vitest";
import { reconcile } from "../../../../src/core/plan/reconcile.ts";
import { declared } from "../../../support/config.ts";
import { NOW, org, workspace } from "../../../support/org.ts";

const [COMPOSED, DECOMPOSED] = ["caf\u00e9", "cafe\u0301"];

/** What is changed of tags, where these are declared and those are live. */
function planned(tags: Record<string, string>, live: Record<string, string>, mode: "additive" | "full") {
  const config = declared({ manage: { workspaces: mode }, workspaces: { prod: { name: "Production", tags } } });
  const { changes } = reconcile({
    now: NOW,
    file: { path: "rbac.yaml", digest: "0" },
    digest: (pieces: Iterable<string>) => [...pieces].join(""),
    config,
    live: org({ workspaces: [workspace("Production", { tags: live })] }),
  });
  return changes.map(({ before, after }) => ({ before, after }));
}

describe.each(["additive", "full"] as const)("tags under %s", (mode) => {
  test("whose names differ in their Unicode form alone are one tag, which keeps its spelling", () => {
    expect(planned({ [COMPOSED]: "a" }, { [DECOMPOSED]: "a" }, mode)).toEqual([]);
    expect(planned({ [COMPOSED]: "b" }, { [DECOMPOSED]: "a" }, mode)).toEqual([
      { before: { tags: { [DECOMPOSED]: "a" } }, after: { tags: { [DECOMPOSED]: "b" } } },
    ]);
  });

  test("of the spelling that is declared come before others of the name", () => {
    const live = { [COMPOSED]: "a", [DECOMPOSED]: "b" };
    const [change] = planned({ [COMPOSED]: "c" }, live, mode);
    expect(change?.after).toEqual({ tags: mode === "full" ? { [COMPOSED]: "c" } : { ...live, [COMPOSED]: "c" } });
  });
});
