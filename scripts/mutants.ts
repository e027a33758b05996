/**
 * `npm run mutants -- [ROOM or FILE]…`: makes small deliberate faults in what must never be wrong, one at a time, and tells how many of
 * them the tests notice; prints the rows of docs/mutation.md and whatever survived. Fails where a room is below 90 %. Each is tried with
 * its own direct tests alone: laws and commands notice more, so that a score is the least it can be, and a room takes minutes.
 */
import { readdirSync } from "node:fs";
import { dirname, relative } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";

/** What is mutated in each room, and the tests that have to notice. */
const ROOMS: Readonly<Record<string, { readonly files: string; readonly tests: readonly string[] }>> = {
  plan: {
    files: "src/core/plan/{guardrails,taken,selection,saved-plan}.ts",
    tests: ["guardrails-clauses", "taken", "selection", "saved-plan"].map((name) => `test/core/plan/${name}.test.ts`),
  },
  match: { files: "src/core/match/*.ts", tests: testsIn("test/core/match") },
  model: { files: "src/core/model/time.ts", tests: ["test/core/model/time.test.ts"] },
  keys: { files: "src/core/keys/key-phase.ts", tests: ["test/core/keys/key-phase.test.ts"] },
  rotation: { files: "src/core/rotation/*.ts", tests: testsIn("test/core/rotation") },
  offboarding: { files: "src/core/offboarding/*.ts", tests: testsIn("test/core/offboarding") },
  policy: {
    files: "src/core/policy/{decide,compiled-policy}.ts",
    tests: testsIn("test/core/policy"),
  },
  audit: { files: "src/core/audit/chain.ts", tests: ["test/core/audit/chain.test.ts"] },
  api: { files: "src/adapters/api/retry-class.ts", tests: ["test/adapters/api/retry-class.test.ts"] },
};

/** The direct tests of a folder: laws, and what counts steps, take too long to be run for each fault. */
function testsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter(
    (name) => name.endsWith(".test.ts") && !/-laws|^growth|^pattern-index/.test(name),
  );
  return names.map((name) => `${folder}/${name}`);
}

const LEAST = 90;
const CACHE = "node_modules/.cache/anth-rbac";

const { positionals } = parseArgs({ allowPositionals: true });
const rows: string[] = [];
const survivors: string[] = [];
for (const [room, { files, tests }] of Object.entries(ROOMS)) {
  const isWhole = positionals.length === 0 || positionals.includes(room);
  const mutate = isWhole ? [files] : positionals.filter((file) => dirname(file) === dirname(files));
  if (mutate.length === 0) continue;
  process.env.MUTANTS_TESTS = tests.join(",");
  const stryker = new Stryker({
    configFile: "test/mutants/stryker.config.json",
    mutate,
    tempDirName: `${CACHE}/mutants-${room}-${process.pid}`,
  });
  const mutants = await stryker.runMutationTest();
  const named = mutants.map((mutant) => ({ ...mutant, file: relative(process.cwd(), mutant.fileName) }));
  const noticed = named.filter(({ status }) => status === "Killed" || status === "Timeout").length;
  const judged = noticed + named.filter(({ status }) => status === "Survived" || status === "NoCoverage").length;
  if (100 * noticed < LEAST * judged) process.exitCode = 1;
  for (const file of new Set(named.map((mutant) => mutant.file))) {
    const own = named.filter((mutant) => mutant.file === file);
    const count = (...wanted: readonly string[]) => own.filter(({ status }) => wanted.includes(status)).length;
    const [killed, late, survived] = [count("Killed"), count("Timeout"), count("Survived", "NoCoverage")];
    const tried = killed + late + survived;
    const score = tried === 0 ? 100 : (100 * (killed + late)) / tried;
    rows.push(`| \`${file}\` | ${tried} | ${killed} | ${late} | ${survived} | ${score.toFixed(1)} % |`);
    for (const { status, location, mutatorName, replacement } of own) {
      if (status !== "Survived" && status !== "NoCoverage") continue;
      const { line, column } = location.start;
      survivors.push(`${file}:${line}:${column} ${mutatorName}: ${replacement.replaceAll(/\s+/g, " ")}`);
    }
  }
}
if (rows.length === 0) throw new Error(`no such room or file; rooms are ${Object.keys(ROOMS).join(", ")}`);
console.log(["", ...survivors, "", "| File | Mutants | Killed | Timed out | Survived | Score |", ...rows].join("\n"));
