import { escapeXml } from "./escape.ts";
import type { Run } from "./forms.ts";
import { pathInRepository } from "./repository-path.ts";

/** One test case: passed unless `failure` or `error` says why not. */
export interface JunitCase {
  readonly name: string;
  readonly failure?: JunitProblem;
  /** Not that it failed, but that it could not be run. */
  readonly error?: JunitProblem;
  /** Said of a case that passed. */
  readonly note?: string;
  /** Where it is declared. */
  readonly place?: { readonly file: string; readonly line: number };
}

interface JunitProblem {
  readonly type: string;
  readonly message: string;
}

/** Some cases that belong together. */
export interface JunitSuite {
  /** A path in the repository, or another name. */
  readonly name: string;
  readonly cases: readonly JunitCase[];
  readonly properties?: readonly (readonly [string, string])[];
}

/** So many cases of a suite are written: readers of JUnit hold the whole file in memory, and a person reads none of it to the end. */
const MOST_CASES = 10_000;

/** Suites as JUnit XML, the form that every CI reads; what failed first where there are too many cases, and how many more. */
export function junit(suites: readonly JunitSuite[], { repository }: Run): string {
  const pathOf = (file: string) => pathInRepository(file, repository);
  const written = suites.map((suite) => ({ ...suite, cases: bounded(suite.cases) }));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="anth-rbac" ${counts(written.flatMap(({ cases }) => cases))}>`,
    ...written.flatMap((suite) => suiteXml(suite, pathOf)),
    "</testsuites>",
    "",
  ].join("\n");
}

function bounded(cases: readonly JunitCase[]): readonly JunitCase[] {
  if (cases.length <= MOST_CASES) return cases;
  const wrong = cases.filter((one) => one.failure || one.error);
  const fine = cases.filter((one) => !one.failure && !one.error);
  const shown = [...wrong, ...fine].slice(0, MOST_CASES - 1);
  const more = `${cases.length - shown.length} more cases are not written here (${cases.length} in all)`;
  const message = `${more}: --format json lists them all`;
  const last = wrong.length > shown.length ? { failure: { type: "cases-left-out", message } } : { note: message };
  return [...shown, { name: more, ...last }];
}

function counts(cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure).length;
  const errors = cases.filter(({ error }) => error).length;
  return `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0"`;
}

type PathOf = (file: string) => string;

function suiteXml({ name, cases, properties = [] }: JunitSuite, pathOf: PathOf): readonly string[] {
  const lines = properties.map(
    ([key, value]) => `      <property name="${escapeXml(key)}" value="${escapeXml(value)}"/>`,
  );
  return [
    `  <testsuite name="${escapeXml(name)}" ${counts(cases)}>`,
    ...(lines.length > 0 ? ["    <properties>", ...lines, "    </properties>"] : []),
    ...cases.map((one) => caseXml(name, one, pathOf)),
    "  </testsuite>",
  ];
}

function caseXml(suite: string, { name, failure, error, note, place }: JunitCase, pathOf: PathOf): string {
  const at = place ? ` file="${escapeXml(pathOf(place.file))}" line="${place.line}"` : "";
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"${at}`;
  if (failure) return `${open}>${problemXml("failure", failure)}</testcase>`;
  if (error) return `${open}>${problemXml("error", error)}</testcase>`;
  return note === undefined ? `${open}/>` : `${open}><system-out>${escapeXml(note)}</system-out></testcase>`;
}

function problemXml(element: "failure" | "error", problem: JunitProblem): string {
  const message = escapeXml(problem.message);
  return `<${element} type="${escapeXml(problem.type)}" message="${message}">${message}</${element}>`;
}
