/** The package on each major of Node that it names. CI brings them (ANTH_RBAC_TEST_NODES); where there are none, these tests are skipped. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { environmentOf, startSandbox } from "../../src/sandbox/sandbox.ts";

const { package: folder } = inject("installed");
const nodes = [20, 22, 24].map((major) => ({
  major,
  node: join(process.env.ANTH_RBAC_TEST_NODES ?? "/nonexistent", `node${major}`, "bin", "node"),
}));

test.skipIf(!nodes.every(({ node }) => existsSync(node))).each(nodes)(
  "Node $major: the command, against the sandbox, and the library",
  async ({ major, node }) => {
    const sandbox = await startSandbox();
    const home = mkdtempSync(join(tmpdir(), "anth-rbac-nodes-"));
    onTestFinished(async () => {
      await sandbox.close();
      rmSync(home, { recursive: true, force: true });
    });
    copyFileSync(join(folder, "rbac.example.yaml"), join(home, "rbac.yaml"));
    const env = { PATH: process.env.PATH, HOME: home, ...environmentOf(sandbox) };
    const run = (words: readonly string[]) =>
      new Promise<{ exitCode: number; text: string }>((resolve) => {
        const child = execFile(node, [...words], { cwd: home, env }, (_error, stdout, stderr) =>
          resolve({ exitCode: child.exitCode ?? -1, text: `${stdout}${stderr}` }),
        );
      });
    const command = (...words: readonly string[]) => run([join(folder, "bin", "anth-rbac.js"), ...words, "--quiet"]);
    expect(await run(["--version"])).toMatchObject({ text: expect.stringMatching(new RegExp(`^v${major}\\.`)) });
    expect(await command("validate")).toMatchObject({ exitCode: 0 });
    expect(await command("drift")).toMatchObject({ exitCode: 2, text: expect.stringContaining("Workspace prod") });
    expect(await command("apply", "--yes")).toMatchObject({ exitCode: 7, text: expect.stringContaining("verified") });
    const library = `import { decide, loadPolicy } from ${JSON.stringify(join(folder, "dist/library/index.js"))};
    const { decision } = decide(await loadPolicy("rbac.yaml"), "viewer", { model: "claude-haiku-5-5" });
    console.log(decision);`;
    expect(await run(["--input-type=module", "--eval", library])).toMatchObject({ exitCode: 0, text: "deny\n" });
  },
);
