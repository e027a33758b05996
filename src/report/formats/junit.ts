import { escapeXml } from "./escape.ts";

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
  readonly name: string;
  readonly cases: readonly JunitCase[];
  readonly properties?: readonly (readonly [string, string])[];
}

/** Test cases as JUnit XML, the form that every CI reads. */
export function junit(suite: string, cases: readonly JunitCase[]): string {
  return junitSuites([{ name: suite, cases }]);
}

/** Several suites as JUnit XML. */
export function junitSuites(suites: readonly JunitSuite[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="anth-rbac" ${counts(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(suiteXml),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure).length;
  const errors = cases.filter(({ error }) => error).length;
  return `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0"`;
}

function suiteXml({ name, cases, properties = [] }: JunitSuite): readonly string[] {
  const lines = properties.map(
    ([key, value]) => `      <property name="${escapeXml(key)}" value="${escapeXml(value)}"/>`,
  );
  return [
    `  <testsuite name="${escapeXml(name)}" ${counts(cases)}>`,
    ...(lines.length > 0 ? ["    <properties>", ...lines, "    </properties>"] : []),
    ...cases.map((one) => caseXml(name, one)),
    "  </testsuite>",
  ];
}

function caseXml(suite: string, { name, failure, error, note, place }: JunitCase): string {
  const at = place ? ` file="${escapeXml(place.file)}" line="${place.line}"` : "";
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"${at}`;
  if (failure) return `${open}>${problemXml("failure", failure)}</testcase>`;
  if (error) return `${open}>${problemXml("error", error)}</testcase>`;
  return note === undefined ? `${open}/>` : `${open}><system-out>${escapeXml(note)}</system-out></testcase>`;
}

function problemXml(element: "failure" | "error", problem: JunitProblem): string {
  const message = escapeXml(problem.message);
  return `<${element} type="${escapeXml(problem.type)}" message="${message}">${message}</${element}>`;
}
