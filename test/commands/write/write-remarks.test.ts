import { expect, test } from "vitest";
import { stage } from "../../support/stage.ts";

test("a workspace that was created incomplete is carried out in part: said, listed, and not made again", async () => {
  const one = await stage();
  one.declare({
    workspaces: { lab: { name: "Lab", tags: { team: "x" }, members: { "ada@acme.example": "developer" } } },
  });
  one.sandbox.control.fault({ kind: "workspace_created_incomplete" });
  const { exitCode, stdout } = await one.run(["apply", "--yes", "--json"]);
  expect(exitCode).toBe(5);
  const result = JSON.parse(stdout);
  expect(result.results).toMatchObject([
    { target: "workspaces.lab", status: "failed", error: { code: "workspace-incomplete" } },
    { target: "workspaces.lab.members.ada@acme.example", status: "done" },
  ]);
  expect(result.findings).toMatchObject([{ code: "workspace-incomplete", severity: "error" }]);
  expect(result.verified).toBe(false);
  expect(one.sandbox.state.workspaces.filter(({ name }) => name === "Lab")).toHaveLength(1);
  // The next run finishes it.
  expect((await one.run(["apply", "--yes"])).exitCode).toBe(0);
  expect(one.sandbox.state.workspaces.filter(({ name }) => name === "Lab")).toMatchObject([{ tags: { team: "x" } }]);
});
