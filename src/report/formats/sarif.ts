import { VERSION } from "../../core/model/version.ts";
import { escapeTerminal } from "./escape.ts";

/** One result for a code scanner. */
export interface SarifResult {
  readonly ruleId: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** Relative to the root of the repository, or absolute. */
  readonly file?: string;
  /** 1-based; without it a result stands at the top of its file, for scanners show no others. */
  readonly line?: number;
  /** 1-based, in UTF-16 units. */
  readonly column?: number;
  /** What it is about where that is no place in a file: a live object, a config path. */
  readonly logicalLocation?: string;
}

/** Results as SARIF 2.1.0 (OASIS), as GitHub's code scanning takes it. */
export function sarif(results: readonly SarifResult[]): string {
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "anth-rbac",
            version: VERSION,
            rules: rules.map((id) => ({ id, shortDescription: { text: id.replaceAll("-", " ") } })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: results.map((result) => ({
          ruleId: result.ruleId,
          ruleIndex: rules.indexOf(result.ruleId),
          level: result.level,
          message: { text: plainText(result.message) },
          locations: locationsOf(result),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** A message that stays text: what hides is shown, and nothing in a name becomes a link (SARIF 3.11.6). */
function plainText(message: string): string {
  return escapeTerminal(message).replaceAll("](", "] (");
}

function locationsOf({ file, line = 1, column, logicalLocation }: SarifResult): readonly object[] {
  if (file === undefined && logicalLocation === undefined) return [];
  return [
    {
      ...(file !== undefined && {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, ...(column !== undefined && { startColumn: column }) },
        },
      }),
      ...(logicalLocation !== undefined && { logicalLocations: [{ fullyQualifiedName: logicalLocation }] }),
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
