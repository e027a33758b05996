import { escapeXml } from "../escape.ts";

/** One test case: passed unless `failure` says why not. */
export interface JunitCase {
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string };
  /** Said of a case that passed. */
  readonly note?: string;
}

/** Test cases as JUnit XML, the form that every CI reads. */
export function junit(suite: string, cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="anth-rbac" ${counts}>`,
    `  <testsuite name="${escapeXml(suite)}" ${counts}>`,
    ...cases.map((one) => caseXml(suite, one)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseXml(suite: string, { name, failure, note }: JunitCase): string {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`;
  if (failure) {
    const message = escapeXml(failure.message);
    return `${open}><failure type="${escapeXml(failure.type)}" message="${message}">${message}</failure></testcase>`;
  }
  return note === undefined ? `${open}/>` : `${open}><system-out>${escapeXml(note)}</system-out></testcase>`;
}
