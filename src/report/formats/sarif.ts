import type { Location, Log, Result, Run as SarifRun } from "sarif";
import { VERSION } from "../../core/model/version.ts";
import { escapeTerminal } from "./escape.ts";
import type { Run } from "./forms.ts";
import { jsonText } from "./json.ts";
import { pathInRepository } from "./repository-path.ts";

/** One result for a code scanner. */
export interface SarifResult {
  readonly ruleId: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** As people see it: relative to the working directory, or absolute. */
  readonly file?: string;
  /** 1-based; without it a result stands at the top of its file, for scanners show no others. */
  readonly line?: number;
  /** 1-based, in UTF-16 units. */
  readonly column?: number;
  /** What it is about where that is no place in a file: a live object, a config path. */
  readonly logicalLocation?: string;
}

/** So many results GitHub takes in one run. Source: GitHub's "SARIF support for code scanning", "Validating your SARIF file". */
const MOST_RESULTS = 25_000;
const LEVELS = ["error", "warning", "note"] as const;

/** Results as SARIF 2.1.0 (OASIS), as GitHub's code scanning takes it: the gravest where there are too many, and how many more. */
export function sarif(results: readonly SarifResult[], run: Run): string {
  const shown = results.length > MOST_RESULTS ? gravest(results) : results;
  const rules = [...new Set(shown.map(({ ruleId }) => ruleId))].sort();
  const index = new Map(rules.map((rule, at) => [rule, at]));
  const seen = new Map<string, number>();
  const scan: SarifRun = {
    tool: {
      driver: {
        name: "anth-rbac",
        version: VERSION,
        rules: rules.map((id) => ({ id, shortDescription: { text: id.replaceAll("-", " ") } })),
      },
    },
    columnKind: "utf16CodeUnits",
    results: shown.map((result) => {
      const about = `${result.ruleId} ${result.logicalLocation ?? pathInRepository(result.file ?? "", run.repository)}`;
      const nth = (seen.get(about) ?? 0) + 1;
      seen.set(about, nth);
      return resultOf(result, {
        ruleIndex: index.get(result.ruleId) ?? -1,
        fingerprint: nth === 1 ? about : `${about} ${nth}`,
        run,
      });
    }),
  };
  const log: Log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [scan] };
  return jsonText(log);
}

/** As many as are taken, the gravest, and a last one that says how many there are beside them. */
function gravest(results: readonly SarifResult[]): readonly SarifResult[] {
  const first = LEVELS.flatMap((level) => results.filter((result) => result.level === level)).slice(
    0,
    MOST_RESULTS - 1,
  );
  const more = results.length - first.length;
  const message = `${more} more results do not fit here (${results.length} in all): --format json lists them all`;
  const file = results[0]?.file;
  return [...first, { ruleId: "results-left-out", level: "note", message, ...(file !== undefined && { file }) }];
}

interface Place {
  readonly ruleIndex: number;
  /** The same finding on another line, or another day, is the same finding. */
  readonly fingerprint: string;
  readonly run: Run;
}

function resultOf(result: SarifResult, { ruleIndex, fingerprint, run }: Place): Result {
  const { ruleId, level, message } = result;
  return {
    ruleId,
    ruleIndex,
    level,
    message: { text: plainText(message) },
    locations: locationsOf(result, run),
    partialFingerprints: { "anthRbac/v1": escapeTerminal(fingerprint) },
  };
}

/** A message that stays text: what hides is shown, and nothing in a name becomes a link (SARIF 3.11.6). */
function plainText(message: string): string {
  return escapeTerminal(message).replaceAll("](", "] (");
}

function locationsOf({ file, line = 1, column, logicalLocation }: SarifResult, { repository }: Run): Location[] {
  if (file === undefined && logicalLocation === undefined) return [];
  return [
    {
      ...(file !== undefined && {
        physicalLocation: {
          artifactLocation: { uri: uriOf(pathInRepository(file, repository)) },
          region: { startLine: line, ...(column !== undefined && { startColumn: column }) },
        },
      }),
      ...(logicalLocation !== undefined && {
        logicalLocations: [{ fullyQualifiedName: escapeTerminal(logicalLocation) }],
      }),
    },
  ];
}

/** A path as the URI reference that SARIF wants: relative ones stay relative. */
function uriOf(file: string): string {
  const encoded = file
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => encodeURIComponent(part.replaceAll(/[\ud800-\udfff]/gu, "\ufffd")))
    .join("/");
  return file.startsWith("/") ? `file://${encoded}` : encoded;
}
