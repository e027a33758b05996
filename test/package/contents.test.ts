import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { makeDist } from "../../scripts/dist.ts";
import { wholeProgram } from "../../src/cli/program.ts";

/**
 * What the package may weigh. A new dependency that breaks this needs a reason. A third of it is the client for Redis, which loads where
 * rate_store names a server: all its commands are one table, and the command line and the library each have their own, as each has the
 * two readers of YAML.
 */
const BUDGET = { packed: 1_500_000, unpacked: 6_000_000 } as const;

const { package: folder, folder: project, tarball } = inject("installed");
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  .sort();
/** Debian's man-db; others have no such flags. */
const hasMan = String(spawnSync("man", ["--version"]).stdout).startsWith("man ");
const read = (file: string) => readFileSync(join(folder, file), "utf8");

test("the package holds the program, its papers, the example and the schema, and nothing else", () => {
  const chunk = /^dist\/(?:library\/)?[\w.-]+-[A-Z0-9]{8}\.js$/;
  const answer = /^dist\/pages\/.+\.txt$/;
  const type = /^dist\/types\/.+\.d\.ts$/;
  const page = /^docs\/[\w-]+\.md$/;
  const workflow = /^examples\/github\/[\w-]+\.yml$/;
  const kinds = files.map((file) =>
    file
      .replace(chunk, "dist/<chunk>.js")
      .replace(answer, "dist/pages/<page>.txt")
      .replace(type, "dist/types/<module>.d.ts")
      .replace(page, "docs/<page>.md")
      .replace(/^docs\/[\w-]+\.svg$/, "docs/<picture>.svg")
      .replace(workflow, "examples/github/<workflow>.yml"),
  );
  expect([...new Set(kinds)].sort()).toEqual([
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "bin/anth-rbac.js",
    "dist/<chunk>.js",
    "dist/THIRD_PARTY_NOTICES.txt",
    "dist/anth-rbac.1",
    "dist/library/index.js",
    "dist/main.js",
    "dist/pages/<page>.txt",
    "dist/sbom.json",
    "dist/types/<module>.d.ts",
    "dist/words.js",
    "docs/<page>.md",
    "docs/<picture>.svg",
    "examples/broken.yaml",
    "examples/github/<workflow>.yml",
    "examples/gitlab-ci.yml",
    "examples/guarded-service.js",
    "examples/review/people.csv",
    "examples/review/rbac.yaml",
    "examples/small.yaml",
    "package.json",
    "rbac.example.yaml",
    "rbac.schema.json",
    "rbac.test.schema.json",
    "rbac.test.yaml",
  ]);
});

test("every link of the README and of the pages leads to a file of the package", () => {
  const pages = ["README.md", ...files.filter((file) => file.startsWith("docs/"))];
  const local = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^https?:/.test(link))
      .map((link) => join(dirname(page), link)),
  );
  expect(local.length).toBeGreaterThan(20);
  expect(local.filter((link) => !files.includes(link))).toEqual([]);
});

describe("the manual page", () => {
  const page = read("dist/anth-rbac.1");

  test.skipIf(!hasMan)("is clean for man, and shows what help shows", () => {
    const { stdout, stderr, status } = spawnSync(
      "man",
      ["--warnings", "--encoding=UTF-8", "--local-file", join(folder, "dist/anth-rbac.1")],
      {
        encoding: "utf8",
        env: { ...process.env, MANWIDTH: "80", MANPAGER: "cat", LC_ALL: "C.UTF-8" },
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const text = stripVTControlCharacters(stdout);
    for (const heading of ["NAME", "SYNOPSIS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES"]) {
      expect(text).toMatch(new RegExp(`^${heading}$`, "m"));
    }
    expect(text).toContain("anth-rbac audit show [options]");
    expect(text).toContain("--ignore-unmanaged");
    expect(text).toContain("anth-rbac prompt --dry-run --user bob@acme.example --model claude-opus-5-5");
  });

  test("has each command and each of its flags, and nothing of this machine or day", () => {
    const sections = new Map(
      page
        .replaceAll("\\-", "-")
        .split(/^\.S[SH] /m)
        .map((section) => [/^anth-rbac ((?:[a-z]+ ?)*)/.exec(section)?.[1]?.trim(), section] as const),
    );
    const help = (command: Command, parent = ""): void => {
      const name = `${parent}${command.name()}`;
      const own = command.createHelp();
      const flags = own.visibleOptions(command).flatMap(({ long }) => (long && long !== "--help" ? long : []));
      for (const flag of flags) expect(sections.get(name), name).toContain(flag);
      for (const each of own.visibleCommands(command)) if (each.name() !== "help") help(each, `${name} `);
    };
    const program = wholeProgram();
    for (const command of program.createHelp().visibleCommands(program)) if (command.name() !== "help") help(command);
    expect(page).not.toMatch(/__complete|\b20\d\d\b-\d\d-\d\d \d/);
  });

  test.skipIf(!hasMan).each([64, 80])("fits %i columns", (columns) => {
    const env = { ...process.env, MANWIDTH: String(columns), MANPAGER: "cat", LC_ALL: "C.UTF-8" };
    const file = join(folder, "dist/anth-rbac.1");
    const { stdout } = spawnSync("man", ["--encoding=UTF-8", "--local-file", file], { encoding: "utf8", env });
    const lines = stripVTControlCharacters(stdout).split("\n");
    expect(lines.length).toBeGreaterThan(500);
    // A command stays in one piece to be copied.
    const broken = lines.filter((line) => [...line].length > columns && !/^ {7}(?:\S.* )?anth-rbac /.test(line));
    expect(broken).toEqual([]);
  });

  test("is where man finds it after npm install --global", () => {
    const prefix = mkdtempSync(join(tmpdir(), "anth-rbac-global-"));
    onTestFinished(() => rmSync(prefix, { recursive: true, force: true }));
    const words = ["install", "--global", "--offline", "--no-audit", "--no-fund", "--prefix", prefix, tarball];
    expect(spawnSync("npm", words, { encoding: "utf8" })).toMatchObject({ status: 0 });
    expect(readFileSync(join(prefix, "share/man/man1/anth-rbac.1"), "utf8")).toBe(page);
  });
});

test("it stays within its budget", () => {
  expect(statSync(tarball).size).toBeLessThan(BUDGET.packed);
  expect(files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)).toBeLessThan(BUDGET.unpacked);
});

test("a second build has the same bytes, and so has a second tarball", async () => {
  const { files: made } = await makeDist();
  const shipped = files.filter((file) => file.startsWith("dist/"));
  expect([...made.keys()].map((path) => `dist/${path}`).sort()).toEqual(shipped);
  expect([...made].filter(([path, text]) => read(`dist/${path}`) !== text).map(([path]) => path)).toEqual([]);
  const again = mkdtempSync(join(tmpdir(), "anth-rbac-again-"));
  onTestFinished(() => rmSync(again, { recursive: true, force: true }));
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", again];
  const [packed] = JSON.parse(spawnSync("npm", pack, { encoding: "utf8" }).stdout);
  expect(readFileSync(join(again, packed.filename)).equals(readFileSync(tarball))).toBe(true);
});

test("it brings nothing along: no dependencies, no install scripts", () => {
  const manifest = JSON.parse(read("package.json"));
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("optionalDependencies");
  expect(manifest).not.toHaveProperty("peerDependencies");
  expect(Object.keys(manifest.scripts ?? {}).filter((name) => /install|^prepare$/.test(name))).toEqual([]);
  const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
  expect(installed).toEqual(["anth-rbac"]);
});

test("no source map and no source path is in the program", () => {
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    expect(read(file), file).not.toMatch(/\/\/# sourceMappingURL|(?<![\w.])\/(?:home|root|Users)\/\w/);
  }
});

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

describe("the bill of materials", () => {
  const sbom = JSON.parse(read("dist/sbom.json"));
  const components: readonly Component[] = sbom.components;
  const names = components.map(({ name }) => name);

  test("is CycloneDX, of this version", () => {
    expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    expect(sbom.metadata.component.version).toBe(JSON.parse(read("package.json")).version);
  });

  test("lists what is bundled, and not what only builds and tests", () => {
    expect(names).toEqual(expect.arrayContaining(["@anthropic-ai/sdk", "commander", "yaml", "zod"]));
    for (const tool of ["esbuild", "vitest", "typescript", "knip", "publint", "@biomejs/biome"]) {
      expect(names).not.toContain(tool);
    }
  });

  test("pins each one by version, hash and licence", () => {
    for (const { name, version, purl, licenses, hashes } of components) {
      expect(purl).toBe(`pkg:npm/${name.replace("@", "%40")}@${version}`);
      expect(licenses, name).toHaveLength(1);
      expect(hashes?.[0]?.content, name).toMatch(/^[0-9a-f]{128}$/);
    }
  });

  test("refers only to what it lists", () => {
    const known = new Set([sbom.metadata.component["bom-ref"], ...components.map(({ purl }) => purl)]);
    const named = sbom.dependencies.flatMap(({ ref, dependsOn }: { ref: string; dependsOn: string[] }) => [
      ref,
      ...dependsOn,
    ]);
    expect(named.filter((reference: string) => !known.has(reference))).toEqual([]);
  });

  test("and the notices name the same packages", () => {
    const notices = read("dist/THIRD_PARTY_NOTICES.txt");
    for (const { name, version } of components) expect(notices).toContain(`\n${name} ${version}\nLicence: `);
    expect(notices.match(/^Licence: /gm)).toHaveLength(components.length);
  });
});
