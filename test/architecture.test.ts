import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Bundle, bundlePackage, LIBRARY, packageFolder, packageFolders, packageName } from "../scripts/bundle.ts";
import { eagerFiles } from "../scripts/chunks.ts";
import { VERSION } from "../src/core/model/version.ts";
import { importsOf, packageOf, sourceFiles } from "./support/import-scan.ts";
import { circles, lazyStart, oneImporterEach, publishable, roomOrder, tidyFile } from "./support/laws.ts";

const source = sourceFiles("src");
const imports = [...source].flatMap(([file, text]) => importsOf(file, text));
const manifest = JSON.parse(readFileSync("package.json", "utf8"));

const scan = (file: string, text: string) =>
  importsOf(file, text).map(({ specifier, lazy, typeOnly }) => [specifier, lazy ? "lazy" : "static", typeOnly]);

describe("the import scan", () => {
  test("reads every form of import", () => {
    expect(
      scan(
        "src/a.ts",
        [
          'import "side-effect";',
          'import one from "one";',
          'import * as two from "two";',
          'import {\n  three,\n  type Four,\n} from "three";',
          'import { type Five } from "five";',
          'import type { Six } from "six";',
          'import type from "seven";',
          'export * from "eight";',
          'export { nine } from "nine";',
          'export type { Ten } from "ten";',
          '  const eleven = await import("eleven");',
          "    import(\n      'twelve'\n    ),",
          '  let thirteen: typeof import("thirteen");',
          '// import "comment";',
          ' * import("comment")',
          'export const text = "none";',
        ].join("\n"),
      ),
    ).toEqual([
      ["side-effect", "static", false],
      ["one", "static", false],
      ["two", "static", false],
      ["three", "static", false],
      ["five", "static", false],
      ["six", "static", true],
      ["seven", "static", false],
      ["eight", "static", false],
      ["nine", "static", false],
      ["ten", "static", true],
      ["eleven", "lazy", false],
      ["twelve", "lazy", false],
      ["thirteen", "lazy", true],
    ]);
    expect(importsOf("src/core/rules/a.ts", 'import "../b.ts";')[0]?.target).toBe("src/core/b.ts");
  });
});

describe("imports", () => {
  test("each package that runs has one importer, in its own folder", () => {
    expect(oneImporterEach(imports)).toEqual([]);
  });

  test("and a second importer, a stranger and a homeless package are seen", () => {
    const written = [
      ...importsOf("src/adapters/a.ts", 'import { parse } from "yaml";\nimport "left-pad";'),
      ...importsOf("src/adapters/b.ts", 'const yaml = await import("yaml");'),
      ...importsOf(
        "src/report/c.ts",
        'import chalk from "chalk";\nimport type { Model } from "@anthropic-ai/sdk/resources/models";',
      ),
      ...importsOf("src/sandbox/d.ts", 'import type { Model } from "@anthropic-ai/sdk/resources/models";'),
    ];
    expect(oneImporterEach(written)).toEqual([
      "src/adapters/a.ts imports left-pad, which has no home",
      "src/report/c.ts imports chalk, which is not at home there",
      "src/report/c.ts uses the types of @anthropic-ai/sdk",
      "yaml has 2 importers: src/adapters/a.ts,src/adapters/b.ts",
    ]);
  });

  test("what every run loads takes commands, adapters, report and sandbox only lazily", () => {
    expect(lazyStart(imports)).toEqual([]);
  });

  test("and a static import there is seen", () => {
    const written = [
      ...importsOf(
        "src/cli/program.ts",
        'import { drift } from "../commands/drift.ts";\nimport { VERSION } from "../core/model/version.ts";',
      ),
      ...importsOf(
        "src/context.ts",
        'export * from "./adapters/config-file.ts";\nimport { sleep } from "./adapters/machine/machine.ts";\nimport type { A } from "./adapters/a.ts";',
      ),
      ...importsOf("src/main.ts", 'import { Failure } from "./core/failure.ts";\nawait import("./report/render.ts");'),
      ...importsOf("src/commands/a.ts", 'import { createContext } from "../context.ts";'),
    ];
    expect(lazyStart(written)).toEqual([
      "src/cli/program.ts loads src/commands/drift.ts at start",
      "src/context.ts loads src/adapters/config-file.ts at start",
      "src/commands/a.ts imports more than types of src/context.ts",
    ]);
  });
});

describe("the rooms of core and of the sandbox", () => {
  test("import only those below them", () => {
    expect(roomOrder(imports)).toEqual([]);
  });

  test("and one that reaches up is seen", () => {
    expect(roomOrder(importsOf("src/core/model/a.ts", 'import { b } from "../plan/b.ts";'))).toHaveLength(1);
    expect(roomOrder(importsOf("src/core/plan/a.ts", 'import { b } from "../model/b.ts";'))).toEqual([]);
    expect(roomOrder(importsOf("src/core/attic/a.ts", 'import { b } from "../model/b.ts";'))).toHaveLength(1);
    expect(roomOrder(importsOf("src/sandbox/http/a.ts", 'import type { B } from "../state/b.ts";'))).toHaveLength(1);
  });
});

describe("files", () => {
  test("do not import each other in a circle", () => {
    expect(circles(imports)).toEqual([]);
  });

  test("and a circle is seen", () => {
    const written = [
      ...importsOf("src/core/a.ts", 'import { b } from "./b.ts";'),
      ...importsOf("src/core/b.ts", 'import { c } from "./c.ts";'),
      ...importsOf("src/core/c.ts", 'import type { A } from "./a.ts";'),
    ];
    expect(circles(written)).toEqual([["src/core/a.ts", "src/core/b.ts", "src/core/c.ts"]]);
  });
});

describe("the bundle", () => {
  let built: Bundle;
  beforeAll(async () => {
    built = await bundlePackage();
  });

  test("loads the reader of plain YAML and no other package at start", () => {
    const names = packageFolders(built.metafile, [...eagerFiles(built.metafile)]).map(packageName);
    expect(names).toEqual(["js-yaml"]);
  });

  test("opens a handful of files at start, not one for each module that something lazy shares", () => {
    expect(eagerFiles(built.metafile).length).toBeLessThanOrEqual(5);
  });

  test("of the library loads no package, and no command line, before or after something is asked of it", () => {
    const eager = eagerFiles(built.metafile, LIBRARY);
    expect(packageFolders(built.metafile, [...eager])).toEqual([]);
    expect(eager.length).toBeLessThanOrEqual(8);
    const files = new Set(eager);
    for (const file of files) for (const { path } of built.metafile.outputs[file]?.imports ?? []) files.add(path);
    const loaded = [...files].flatMap((file) => Object.keys(built.metafile.outputs[file]?.inputs ?? {}));
    expect(loaded).toContain("src/adapters/config/config-file.ts");
    expect(loaded.filter((file) => /^src\/(?:main|context)\.ts$|^src\/(?:cli|commands|sandbox)\//.test(file))).toEqual(
      [],
    );
  });

  test("completes from the file with what is there at start, and so without the SDK", () => {
    const { outputs } = built.metafile;
    const loaded = eagerFiles(built.metafile).flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
    expect(loaded).toEqual(
      expect.arrayContaining(["src/commands/completion/complete.ts", "src/adapters/config/config-words.ts"]),
    );
  });

  test("has every package that source imports, at start or in a lazy chunk", () => {
    const used = imports.filter(({ file, typeOnly }) => !typeOnly && built.metafile.inputs[file]);
    const imported = used.flatMap((item) => packageOf(item) ?? []);
    expect(packageFolders(built.metafile).map(packageName)).toEqual(expect.arrayContaining(imported));
    expect(imported).toEqual(expect.arrayContaining(["@anthropic-ai/sdk", "commander", "yaml", "zod"]));
  });

  test("was made of the imports that the scan sees, and of no others", () => {
    const scanned = new Set(
      imports.flatMap(({ file, target, typeOnly }) => (typeOnly || target === undefined ? [] : `${file} → ${target}`)),
    );
    const inputs = Object.entries(built.metafile.inputs).filter(([file]) => file.startsWith("src/"));
    const edges = (isOf: (path: string) => boolean) =>
      inputs.flatMap(([file, { imports: found }]) =>
        found.flatMap(({ path }) => (isOf(path) ? ([[file, path]] as const) : [])),
      );
    const bundled = edges((path) => path.startsWith("src/") && !packageFolder(path)).map((edge) => edge.join(" → "));
    const partsOf = (group: string) => built.metafile.inputs[group]?.imports.map(({ path }) => path) ?? [];
    const grouped = edges((path) => path.startsWith("group:")).flatMap(([file, group]) =>
      partsOf(group).map((part) => `${file} → ${part}`),
    );
    const files = new Set(inputs.map(([file]) => file));
    expect(bundled.filter((edge) => !scanned.has(edge))).toEqual([]);
    const made = new Set([...bundled, ...grouped]);
    expect([...scanned].filter((edge) => files.has(edge.split(" ")[0] ?? "") && !made.has(edge))).toEqual([]);
    expect(bundled.length).toBeGreaterThan(100);
  });

  test("and a static import of a lazy package is seen", () => {
    const outputs = {
      "dist/main.js": { imports: [{ path: "dist/a.js", kind: "import-statement" }] },
      "dist/a.js": {
        imports: [{ path: "dist/b.js", kind: "dynamic-import" }],
        inputs: of("node_modules/yaml/dist/index.js"),
      },
      "dist/b.js": { imports: [], inputs: of("node_modules/zod/v4/index.js") },
    };
    const metafile = { inputs: {}, outputs } as unknown as Bundle["metafile"];
    expect(packageFolders(metafile, [...eagerFiles(metafile)])).toEqual(["node_modules/yaml"]);
  });
});

const of = (path: string) => ({ [path]: { bytesInOutput: 1 } });

describe("source files", () => {
  test("are tidy", () => {
    expect([...source].flatMap(([file, text]) => tidyFile(file, text))).toEqual([]);
  });

  test("and an untidy one is seen", () => {
    const text = `${"// line\n".repeat(301)}export default 1;\n// ${"TO"}${"DO"}: later\n`;
    expect(tidyFile("src/core/string-utils.ts", text)).toEqual([
      "src/core/string-utils.ts has 303 lines: split it along a real seam",
      "src/core/string-utils.ts is not named for a thing",
      "src/core/string-utils.ts has a default export",
      "src/core/string-utils.ts says TODO",
    ]);
    expect(tidyFile("src/core/index.ts", "")).toHaveLength(1);
    expect(tidyFile("src/core/orgReader.ts", "")).toEqual(["src/core/orgReader.ts is not in kebab case"]);
    expect(tidyFile("src/index.ts", "")).toEqual([]);
  });

  test("the version is package.json's", () => {
    expect(VERSION).toBe(manifest.version);
  });

  test("the package has no dependencies to resolve", () => {
    expect(Object.keys(manifest)).not.toContain("dependencies");
    expect(Object.keys(manifest)).not.toContain("optionalDependencies");
    expect(Object.keys(manifest)).not.toContain("peerDependencies");
  });
});

describe("what is published", () => {
  test("holds no machine path, private host or secret", () => {
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      encoding: "utf8",
    });
    const files = listed.split("\0").filter((file) => file !== "");
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => publishable(file, readIfAny(file)))).toEqual([]);
  });

  test("and each of them is seen", () => {
    const bad = (text: string) => publishable("a.md", text);
    expect(bad(`see ${"/ro"}${"ot/notes"}`)).toEqual([`a.md names the machine path ${"/ro"}${"ot/notes"}`]);
    expect(bad(`https://${"registry"}.corp.example/x`)).toEqual([`a.md names the host ${"registry"}.corp.example`]);
    expect(bad(`${"sk-ant"}-api03-R2DzQ81mkPw4_x-9TTb`)).toEqual(["a.md holds what could be a secret: …9TTb"]);
    expect(bad("sk-ant-api03-sandbox-prod-4f2k9s8d7f6g https://registry.npmjs.org/yaml src/work/a")).toEqual([]);
  });
});

/** A file that git still lists may be gone from the working tree. */
function readIfAny(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
