import { type Finding, finding, type Locate, type Position } from "../../core/model/finding.ts";
import { FINDINGS_LIMIT } from "../../core/validate/judge.ts";
import { decodeConfig, lineIndex, textFindings } from "./bounded-file.ts";
import { readYaml, type YamlDocument, type YamlProblem } from "./yaml-document.ts";

/** The text of an rbac.yaml taken apart. */
export interface ConfigText {
  /** Plain data; undefined where there is none to speak of. */
  readonly value: unknown;
  readonly findings: readonly Finding[];
  readonly locate: Locate;
  /** The first line whose structure is in doubt; what stands before it can be judged. Absent where all is sound. */
  readonly brokenFrom?: number;
}

const NOWHERE: Locate = () => undefined;

/** Bytes as plain data, with everything that is wrong with their form. Never throws, whatever the bytes. */
export function parseConfigText(bytes: Uint8Array): ConfigText {
  const decoded = decodeConfig(bytes);
  if ("problem" in decoded) return { value: undefined, findings: [decoded.problem], locate: NOWHERE };
  const { text } = decoded;
  const positionOf = lineIndex(text);
  const document = readYaml(text);
  const sound = document.sound ? document : withSpacesForTabs(text, document);
  const findings = [
    ...textFindings(text, positionOf),
    ...problemFindings([...document.problems, ...notIn(sound, document)], positionOf),
  ];
  const locate: Locate = (path, atKey) => {
    const offset = sound.offsetOf(path, atKey);
    return offset === undefined ? undefined : positionOf(offset);
  };
  if (sound.value === null || sound.value === undefined) {
    const empty = sound.problems.length === 0 ? [finding("empty-file", {})] : [];
    return { value: undefined, findings: [...findings, ...empty], locate };
  }
  if (sound.sound) return { value: sound.value, findings, locate };
  const brokenFrom =
    findings.find(({ code }) => code === "yaml-syntax" || code === "tab-indentation")?.position?.line ?? 1;
  return { value: sound.value, findings, locate, brokenFrom };
}

/**
 * Where tabs are all that is wrong, the document that was meant: each tab of an indentation read as one space, so that
 * offsets stay. Else the document as it is.
 */
function withSpacesForTabs(text: string, document: YamlDocument): YamlDocument {
  const syntax = document.problems.filter(({ code }) => code === "yaml-syntax" || code === "tab-indentation");
  if (!syntax.some(({ code }) => code === "tab-indentation")) return document;
  const meant = readYaml(text.replaceAll(/^[ \t]+/gm, (indentation) => indentation.replaceAll("\t", " ")));
  return meant.sound ? meant : document;
}

/** What only the document that was meant shows. */
function notIn(meant: YamlDocument, document: YamlDocument): readonly YamlProblem[] {
  if (meant === document) return [];
  const known = new Set(document.problems.map(({ offset }) => offset));
  return meant.problems.filter(({ offset }) => !known.has(offset));
}

/** One finding for each problem; of several syntax errors on a line, only the first: the rest follow from it. */
function problemFindings(problems: readonly YamlProblem[], positionOf: (offset: number) => Position): Finding[] {
  const lines = new Set<number>();
  const found: Finding[] = [];
  for (const problem of [...problems].sort((left, right) => left.offset - right.offset)) {
    const position = positionOf(problem.offset);
    if (problem.code === "yaml-syntax" || problem.code === "tab-indentation") {
      if (lines.has(position.line)) continue;
      lines.add(position.line);
    }
    found.push(findingOf(problem, position, positionOf));
    if (found.length < FINDINGS_LIMIT) continue;
    found.push(finding("too-many-errors", { limit: FINDINGS_LIMIT }, { position }));
    break;
  }
  return found;
}

function findingOf(problem: YamlProblem, position: Position, positionOf: (offset: number) => Position): Finding {
  switch (problem.code) {
    case "tab-indentation":
    case "several-documents":
    case "alias-bomb":
    case "merge-key":
      return finding(problem.code, {}, { position });
    case "too-deep":
    case "too-many-parts":
    case "too-many-errors":
      return finding(problem.code, { limit: problem.limit }, { position });
    case "yaml-syntax":
      return finding("yaml-syntax", { problem: problem.message }, { position });
    case "unknown-tag":
      return finding("unknown-tag", { tag: problem.tag }, { position });
    case "duplicate-key": {
      const firstLine = positionOf(problem.firstOffset).line;
      return finding("duplicate-key", { key: problem.key, firstLine }, { position });
    }
    case "forbidden-key":
      return finding("forbidden-key", { key: problem.key }, { position });
    case "alias-cycle":
    case "unknown-alias":
      return finding(problem.code, { name: problem.name }, { position });
    case "key-not-text":
      return finding("key-not-text", { found: problem.found }, { position });
  }
}
