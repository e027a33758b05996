/** A person whom the list of members lacks: gone is who the API itself does not know. */
import { describe, expect, test } from "vitest";
import { passingOn } from "../../support/pass-on.ts";
import { type Stage, stage } from "../../support/stage.ts";

const BOB = "bob@acme.example";

/** The same API behind a proxy that leaves a person out of whatever list of members it passes on, but for what `shows` says. */
function behindGap(one: Stage, shows: (path: string) => boolean): Promise<string> {
  return passingOn(one, (path, body) => {
    if (shows(path)) return body;
    // What names a person in force gives the gap away by itself: here nothing does.
    if (/members|api_keys/.test(path)) return { ...body, data: [], has_more: false };
    if (!path.startsWith("/v1/organizations/users?")) return body;
    return { ...body, data: (body.data as { email: string }[]).filter(({ email }) => email !== BOB) };
  });
}

describe("revoke of whom a list of members lacks", () => {
  const words = ["revoke", "--user", BOB, "--keys", "disable", "--yes"];

  test.each([[[]], [["--if-exists"]]])(
    "is no end of it where the API knows them by e-mail: 1, and nothing is written %s",
    async (more) => {
      const one = await stage();
      one.declare({ members: { [BOB]: { role: "user" } } });
      const url = await behindGap(one, (path) => path.includes("email="));
      const { exitCode, stdout, stderr } = await one.run([...words, ...more, "--base-url", url]);
      expect([exitCode, one.writes()], stdout + stderr).toEqual([1, []]);
      expect(stdout + stderr).toContain(`the list of members lacks ${BOB}`);
      expect(stdout).not.toContain(": no member");
    },
  );

  test("is no end of it either where the list by e-mail lacks them, and their id is known here", async () => {
    const one = await stage();
    one.declare({ members: { [BOB]: { role: "user" } } });
    one.sandbox.control.fault({
      kind: "status",
      status: 400,
      match: { method: "DELETE", path: "/v1/organizations/users" },
      times: null,
    });
    // Their roles are taken and logged; the membership is not.
    let isWhole = true;
    // What another host said counts for nothing here: the log is of the same one.
    const url = await behindGap(one, () => isWhole);
    expect((await one.run([...words, "--base-url", url])).exitCode).toBe(5);
    isWhole = false;
    const { exitCode, stdout, stderr } = await one.run([...words, "--base-url", url]);
    expect([exitCode, stdout + stderr]).toEqual([1, expect.stringContaining(`the list of members lacks ${BOB}`)]);
  });

  test("is the end where the API does not know them: asked once by e-mail", async () => {
    const one = await stage();
    one.sandbox.control.clearRequests();
    const words = ["revoke", "--user", "nobody@acme.example", "--if-exists"];
    expect((await one.run(words)).exitCode).toBe(0);
    const asked = one.sandbox.requests.filter(
      ({ path, query }) => path === "/v1/organizations/users" && query.includes("email="),
    );
    expect(asked).toHaveLength(1);
  });
});
