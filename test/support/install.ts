import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildDist } from "../../scripts/dist.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly installed: Installed;
  }
}

/** The package as its users get it. */
export interface Installed {
  readonly tarball: string;
  /** The empty folder that it was installed in. */
  readonly folder: string;
  /** The command that npm linked. */
  readonly command: string;
  /** The installed package's own folder. */
  readonly package: string;
}

/** Vitest's global set-up: builds dist, packs it and installs the tarball in an empty folder, once for all test files. */
export async function setup(project: TestProject): Promise<() => void> {
  await buildDist();
  const root = realpathSync(mkdtempSync(join(tmpdir(), "anth-rbac-installed-")));
  const folder = join(root, "project");
  mkdirSync(folder);
  const packed = npm(["pack", "--ignore-scripts", "--json", "--pack-destination", root]);
  const tarball = join(root, JSON.parse(packed)[0].filename);
  npm(["install", "--offline", "--no-audit", "--no-fund", "--prefix", folder, tarball]);
  project.provide("installed", {
    tarball,
    folder,
    command: join(folder, "node_modules", ".bin", "anth-rbac"),
    package: join(folder, "node_modules", "anth-rbac"),
  });
  return () => rmSync(root, { recursive: true, force: true });
}

function npm(words: readonly string[]): string {
  return execFileSync("npm", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
