import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stateDirectory } from "../../../src/adapters/state/state-directory.ts";
import { stateDirectoryPath } from "../../../src/adapters/state/state-path.ts";

const root = mkdtempSync(join(tmpdir(), "anth-rbac-state-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const posix = process.platform !== "win32";
const within = (name: string) => ({ ANTH_RBAC_STATE_DIR: join(root, name) });
const refused = (message: RegExp) => ({ code: "state-unusable", details: { message: expect.stringMatching(message) } });

describe("where the state is", () => {
  test.each([
    [{ ANTH_RBAC_STATE_DIR: "/a", XDG_STATE_HOME: "/b", HOME: "/c" }, "/a"],
    [{ ANTH_RBAC_STATE_DIR: "", XDG_STATE_HOME: "/b", HOME: "/c" }, "/b/anth-rbac"],
    [{ XDG_STATE_HOME: "relative", HOME: "/c" }, "/c/.local/state/anth-rbac"],
    [{ HOME: "/c" }, "/c/.local/state/anth-rbac"],
    [{ HOME: "relative" }, join(homedir(), ".local/state/anth-rbac")],
    [{ HOME: "" }, join(homedir(), ".local/state/anth-rbac")],
    [{}, join(homedir(), ".local/state/anth-rbac")],
  ])("%j is %s", (env, path) => {
    expect(stateDirectoryPath(env)).toBe(path);
  });

  test("is never relative", () => {
    expect(() => stateDirectoryPath({ ANTH_RBAC_STATE_DIR: "state" })).toThrow(/absolute/);
  });
});

describe.runIf(posix)("the state directory", () => {
  test("is made for its user alone, with what is above it", async () => {
    const path = await stateDirectory(within("new/er/est"));
    for (const folder of ["new", "new/er", "new/er/est"]) expect(statSync(join(root, folder)).mode & 0o777).toBe(0o700);
    expect(await stateDirectory(within("new/er/est"))).toBe(path);
  });

  test.each([0o770, 0o702, 0o777])("is refused where others can write to it (%o)", async (mode) => {
    const folder = join(root, `open-${mode}`);
    mkdirSync(folder);
    chmodSync(folder, mode);
    await expect(stateDirectory(within(`open-${mode}`))).rejects.toMatchObject(refused(/can be written to by others/));
  });

  test("may be a link of one's own, and not to an open directory", async () => {
    mkdirSync(join(root, "real"), { mode: 0o700 });
    mkdirSync(join(root, "shared"));
    chmodSync(join(root, "shared"), 0o777);
    symlinkSync(join(root, "real"), join(root, "link"));
    symlinkSync(join(root, "shared"), join(root, "trap"));
    expect(await stateDirectory(within("link"))).toBe(join(root, "link"));
    await expect(stateDirectory(within("trap"))).rejects.toMatchObject(refused(/written to by others/));
  });

  test("is refused where it is a file, and where it cannot be made", async () => {
    writeFileSync(join(root, "file"), "");
    symlinkSync("ring", join(root, "ring"));
    for (const [name, why] of [
      ["file", "a file is there, and no folder"],
      ["file/below", "a part of its path is a file, and no folder"],
      ["ring", "its symbolic links go round in a circle"],
      ["n".repeat(300), "the name is too long"],
    ] as const) {
      await expect(stateDirectory(within(name))).rejects.toMatchObject(refused(new RegExp(` cannot be used: ${why}$`)));
    }
    expect(existsSync(join(root, "file/below"))).toBe(false);
  });

  // Node's own way to make folders goes round for ever there, in a process that no signal ends.
  test.runIf(existsSync("/proc/self"))("is refused at once where the file system takes no folders", async () => {
    for (const path of ["/proc/anth-rbac", "/proc/anth-rbac/below"]) {
      const made = stateDirectory({ ANTH_RBAC_STATE_DIR: path });
      await expect(made).rejects.toMatchObject(refused(/ cannot be used: no folder can be made there$/));
    }
  });

  // Only root can give a directory away.
  test.runIf(process.getuid?.() === 0)("is refused where it, or a link to it, belongs to another user", async () => {
    const { chownSync, lchownSync } = await import("node:fs");
    mkdirSync(join(root, "theirs"), { mode: 0o700 });
    chownSync(join(root, "theirs"), 12_345, 12_345);
    await expect(stateDirectory(within("theirs"))).rejects.toMatchObject(refused(/belongs to another user/));
    mkdirSync(join(root, "ours"), { mode: 0o700 });
    symlinkSync(join(root, "ours"), join(root, "laid"));
    lchownSync(join(root, "laid"), 12_345, 12_345);
    await expect(stateDirectory(within("laid"))).rejects.toMatchObject(
      refused(/symbolic link that belongs to another/),
    );
  });
});
