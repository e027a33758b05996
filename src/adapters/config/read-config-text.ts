import { type Finding, type FindingCode, finding, type Position } from "../../core/model/finding.ts";
import { decodeConfig, lineIndex, textFindings } from "./bounded-file.ts";
import type { ConfigText } from "./config-text.ts";
import { readPlainYaml } from "./plain-yaml.ts";

/** Bytes as plain data, with everything that is wrong with their form. Never throws, whatever the bytes. */
export async function readConfigText(bytes: Uint8Array): Promise<ConfigText> {
  const plain = plainConfigText(bytes);
  if (plain) return plain;
  const { parseConfigText } = await import("./config-text.ts");
  return parseConfigText(bytes);
}

/**
 * The same for plain YAML, in a tenth of the time; undefined for every other text, and for what has an error in its structure.
 * @internal
 */
export function plainConfigText(bytes: Uint8Array): ConfigText | undefined {
  const decoded = decodeConfig(bytes);
  if ("problem" in decoded) return { value: undefined, findings: [decoded.problem], locate: () => undefined };
  const { text } = decoded;
  const document = readPlainYaml(text);
  if (!document) return undefined;
  const { value, offsetOf } = document;
  const positionOf = lineIndex(text);
  const findings = textFindings(text, positionOf);
  const locate: ConfigText["locate"] = (path, atKey) => {
    const offset = offsetOf(path, atKey);
    return offset === undefined ? undefined : positionOf(offset);
  };
  if (value === null) return { value: undefined, findings: [...findings, finding("empty-file", {})], locate };
  return { value, findings, locate };
}

/** Whether a finding about the meaning says more than those about the text: nothing at their places, nothing in doubt. */
export function isNotDuplicate({
  findings,
  locate,
  brokenFrom,
}: Omit<ConfigText, "value">): (item: Finding) => boolean {
  const said = new Set(findings.map(({ position }) => `${position?.line}:${position?.column}`));
  return (item: Finding): boolean => {
    if (findings.length === 0) return true;
    const position = item.path && locate(item.path, item.atKey ?? false);
    if (position && said.has(`${position.line}:${position.column}`)) return false;
    if (position && item.code === "hidden-character" && findings.some((one) => isWithin(one, item, position)))
      return false;
    return brokenFrom === undefined || (LOCAL.has(item.code) && position !== undefined && position.line < brokenFrom);
  };
}

/** Whether a finding is about the very character for which a value of its line is found fault with. */
function isWithin(one: Finding, { args }: Finding, { line, column }: Position): boolean {
  return (
    one.code === "hidden-character" &&
    one.position?.line === line &&
    one.position.column >= column &&
    JSON.stringify(one.args) === JSON.stringify(args)
  );
}

/** What one place says by itself: true even where the rest of the file cannot be understood. */
const LOCAL: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "unknown-field",
  "wrong-type",
  "invalid-value",
  "invalid-format",
  "out-of-range",
]);
