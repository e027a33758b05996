import { existsSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";
import type { Finding } from "../../core/model/finding.ts";
import type { Subjects } from "../../core/policy-test/parse.ts";
import { parsePolicyTests } from "../../core/policy-test/parse.ts";
import type { PolicyTestFile } from "../../core/policy-test/report.ts";
import { firstTests } from "../../core/policy-test/report.ts";
import { quotedPath } from "../../core/text/text.ts";
import { type Content, readStream } from "../files/bounded-read.ts";
import { fileTooLarge, readNamed, SIZE_LIMIT, shownPath } from "./bounded-file.ts";
import { isNotDuplicate, readConfigText } from "./read-config-text.ts";

/** What is looked for where no file is named; whatever is found is run, in this order. */
const NAMES = ["rbac.test.yaml", "rbac.test.yml", "rbac.test.json"] as const;

export interface PolicyTestSource {
  /** The files named; `-` is stdin. None: those beside the rbac.yaml. */
  readonly names: readonly string[];
  /** The rbac.yaml as it is shown; `<stdin>` is beside everything in the working directory. */
  readonly config: string;
  readonly subjects: Subjects;
}

interface Surroundings {
  readonly cwd: string;
  readonly stdin: Readable;
  readonly signal: () => AbortSignal;
}

/** Reads files of policy tests, each once. Throws Failure `no-tests`, `file-unreadable`, `usage`; whatever they hold is findings. */
export async function readPolicyTests(
  source: PolicyTestSource,
  surroundings: Surroundings,
): Promise<readonly PolicyTestFile[]> {
  const { names, config, subjects } = source;
  const { cwd, signal } = surroundings;
  if (names.includes("-") && config === "<stdin>") {
    throw new Failure("usage", {
      message: "stdin cannot be both the rbac.yaml and the tests",
      fix: "name one of the two files",
    });
  }
  // Each once, by the first of its names.
  const places = new Map<string, string>();
  for (const name of names.length > 0 ? names : defaultFiles(source, cwd)) {
    const location = locationOf(name, cwd);
    if (!places.has(location)) places.set(location, name === "-" ? "<stdin>" : shownPath(location, cwd, name));
  }
  const files: PolicyTestFile[] = [];
  for (const [location, shown] of places) {
    const content =
      location === "-"
        ? await readStream(surroundings.stdin, { limit: SIZE_LIMIT, signal })
        : await contentOf(location, shown, signal);
    files.push(await fileOf(shown, content, subjects));
  }
  return files;
}

function locationOf(name: string, cwd: string): string {
  return name === "-" ? name : path.resolve(cwd, name);
}

/** Every file of tests beside the rbac.yaml: one that is not run would pass unseen. */
function defaultFiles({ config, subjects }: PolicyTestSource, cwd: string): readonly string[] {
  const folder = config === "<stdin>" ? "." : path.dirname(config);
  const found = NAMES.map((name) => path.join(folder, name)).filter((place) => existsSync(path.resolve(cwd, place)));
  if (found.length > 0) return found;
  throw new Failure("no-tests", {
    message: `no policy tests were found: ${folder === "." ? "this folder" : `${quotedPath(folder)}`} has no ${NAMES[0]} (or .yml, .json)`,
    fix: `name the files, or begin with an ${NAMES[0]} that holds: ${firstTests(subjects.policy)}`,
  });
}

function contentOf(location: string, shown: string, signal: Surroundings["signal"]): Promise<Content> {
  const fix = "name a file of policy tests, such as rbac.test.yaml";
  return readNamed(location, { shown, code: "file-unreadable", fix }, signal);
}

async function fileOf(file: string, content: Content, subjects: Subjects): Promise<PolicyTestFile> {
  if ("tooLarge" in content) return nothing(file, [fileTooLarge(content.tooLarge)]);
  const text = await readConfigText(content.bytes);
  const { value, findings, locate, brokenFrom } = text;
  if (findings.some(({ code }) => code === "empty-file")) {
    return nothing(file, parsePolicyTests(null, subjects, locate).findings);
  }
  if (value === undefined) return nothing(file, findings);
  const parsed = parsePolicyTests(value, subjects, locate);
  // Where the structure is in doubt, so is what any test in it says.
  const tests = brokenFrom === undefined ? parsed.tests : [];
  return { file, tests, findings: [...findings, ...parsed.findings.filter(isNotDuplicate(text))], locate };
}

function nothing(file: string, findings: readonly Finding[]): PolicyTestFile {
  return { file, tests: [], findings, locate: () => undefined };
}
