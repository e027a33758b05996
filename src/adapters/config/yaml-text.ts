import {
  type ExportDocument,
  type ExportEntry,
  type ExportList,
  type ExportMap,
  type ExportValue,
  plainValue,
} from "../../core/document/document.ts";
import { HIDDEN } from "../../core/text/hidden.ts";
import { printable } from "../../core/text/printable.ts";
import { Pair, Scalar, YAMLMap, YAMLSeq, YamlTree } from "./yaml-document.ts";

/** A mapping on one line may be so long; a longer one gets a line for each entry. */
const LONGEST_LINE = 100;
/** No text is folded: a value is one line, however long. */
const STYLE = { lineWidth: 0, nullStr: "", doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER } as const;

/** What older YAML reads as something else than text; ours does not, but other tools may read the file too. */
const OTHERWISE = /^(?:y|n|yes|no|on|off|[-+]?\d[\d_:.]*)$/i;
/** What would not be seen, and what the reader of rbac.yaml refuses unescaped; line breaks of the file itself are none. */
const UNSEEN = new RegExp(`(?!\\n)${HIDDEN}`, "gu");
const QUOTED = new RegExp(`${HIDDEN}|\\p{Surrogate}`, "u");

/**
 * The text of a file that is written for the first time, comments and all.
 * @internal
 */
export function yamlText({ head, root }: ExportDocument): string {
  const tree = new YamlTree(null, { schema: "core" });
  tree.commentBefore = commentOf(head);
  tree.contents = nodeOf(root) as never;
  // Only quoted texts hold any: comments are made printable, and what is not quoted has none.
  return tree.toString(STYLE).replaceAll(UNSEEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return character.length > 1 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/**
 * The same as JSON: what a reader could not see is escaped.
 * @internal
 */
export function jsonText(value: unknown): string {
  const escaped = (character: string) =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`);
  return `${JSON.stringify(value, null, 2).replaceAll(UNSEEN, (character) => escaped(character).join(""))}\n`;
}

function nodeOf(value: ExportValue): Scalar | YAMLMap | YAMLSeq {
  if (typeof value === "string") return textNode(value);
  if (typeof value !== "object" || value === null) return new Scalar(value);
  switch (value.kind) {
    case "word":
      return new Scalar(value.text);
    case "amount": {
      const node = new Scalar(value.amount);
      node.minFractionDigits = 2;
      return node;
    }
    case "list":
      return listNode(value);
    case "map":
      return mapNode(value);
  }
}

function listNode({ items }: ExportList): YAMLSeq {
  const node = new YAMLSeq();
  node.items = items.map(nodeOf);
  node.flow = items.every((item) => typeof item !== "object");
  // `[us]` beside `{ role: user }`: the library has one padding for both.
  const write = node.toString.bind(node);
  node.toString = (context, ...rest) => write(context && { ...context, flowCollectionPadding: "" }, ...rest);
  return node;
}

function mapNode(map: ExportMap): YAMLMap {
  const { entries, flow = false, below = [] } = map;
  const node = new YAMLMap();
  node.items = entries.map(pairOf);
  node.flow = flow && JSON.stringify(plainValue(map)).length <= LONGEST_LINE;
  if (below.length > 0) node.comment = commentOf(below);
  return node;
}

function pairOf({ key, value, comment, apart = false }: ExportEntry): Pair<Scalar, Scalar | YAMLMap | YAMLSeq> {
  const name = textNode(key);
  const node = nodeOf(value);
  name.spaceBefore = apart;
  if (comment !== undefined) {
    // After `key:` where the value takes lines of its own, else after the value.
    const holder = node instanceof Scalar || node.flow ? node : name;
    holder.comment = commentOf([comment]);
  }
  return new Pair(name, node);
}

function textNode(text: string): Scalar<string> {
  const node = new Scalar(text);
  if (QUOTED.test(text) || OTHERWISE.test(text)) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

function commentOf(lines: readonly string[]): string {
  return lines.map((text) => ` ${printable(text)}`).join("\n");
}

/** The text of a config that is written for the first time: YAML with its comments, or JSON without. */
export function configText(document: ExportDocument, format: "yaml" | "json"): string {
  return format === "yaml" ? yamlText(document) : jsonText(plainValue(document.root));
}
