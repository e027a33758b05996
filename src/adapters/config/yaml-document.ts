/** YAML, read by the `yaml` package: the one place that knows it. Nothing in a document can run, loop or reach a prototype. */
import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  Parser,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { FORBIDDEN_NAMES, MERGE_KEY } from "../../core/config/formats.ts";
import type { ConfigPath } from "../../core/model/finding.ts";

export { Document as YamlTree, isAlias, isMap, isScalar, isSeq, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

/** Deeper nesting is no rbac.yaml, and the composer is recursive. */
const DEPTH_LIMIT = 64;
/** What costs memory is not bytes but tokens; three times what the export of 20,000 keys has. */
const TOKEN_LIMIT = 1_000_000;
/** After so many errors the text is no YAML, and nobody reads on. */
const ERROR_LIMIT = 200;
/** How many nodes aliases may add to what is written: plenty for sharing, nothing for a bomb. */
const EXPANSION_LIMIT = 100_000;

type Problem =
  | { readonly code: "tab-indentation" | "several-documents" | "alias-bomb" | "merge-key" }
  | { readonly code: "too-deep" | "too-many-parts" | "too-many-errors"; readonly limit: number }
  | { readonly code: "yaml-syntax"; readonly message: string }
  | { readonly code: "unknown-tag"; readonly tag: string }
  | { readonly code: "duplicate-key"; readonly key: string; readonly firstOffset: number }
  | { readonly code: "forbidden-key"; readonly key: string }
  | { readonly code: "alias-cycle" | "unknown-alias"; readonly name: string }
  | { readonly code: "key-not-text"; readonly found: string };

/** What is wrong with a document, and where. */
export type YamlProblem = Problem & { readonly offset: number };

export interface YamlDocument {
  /** Plain data: objects without surprises in their prototypes, arrays, texts, numbers, booleans, null. */
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  /** Whether the structure is what was meant: no syntax errors. */
  readonly sound: boolean;
  /** The nodes with their places in the text, for whoever changes it there. */
  readonly root: ParsedNode | null;
  /** Where the value at a path (or its key) begins; for a path that leads nowhere, its last part that leads somewhere. */
  readonly offsetOf: (path: ConfigPath, atKey: boolean) => number | undefined;
}

/** Reads the first document of a text, of so many tokens at most. Never throws. */
export function readYaml(text: string, mostTokens = TOKEN_LIMIT): YamlDocument {
  const problems: YamlProblem[] = [];
  const document = withoutStackTraces(() => compose(text, problems, mostTokens));
  if (!document) return { value: undefined, problems, sound: false, root: null, offsetOf: () => undefined };
  for (const error of [...document.errors, ...document.warnings]) problems.push(problemOf(error));
  const sound = document.errors.length === 0;
  const targets = new Map<Alias, Node>();
  const value = plainValue(document.contents, problems, targets);
  const root = document.contents;
  return { value, problems, sound, root, offsetOf: (path, atKey) => offsetOf(root, targets, path, atKey) };
}

type Node = ParsedNode | null;

/** Feeds the tokens to the composer one by one, so that depth and a second document are seen before they cost anything. */
function compose(text: string, problems: YamlProblem[], mostTokens: number): Document.Parsed | undefined {
  const parser = new Parser();
  const composer = new Composer({ uniqueKeys: false, schema: "core", merge: false, resolveKnownTags: false });
  let document: Document.Parsed | undefined;
  let errors = 0;
  const take = (tokens: Iterable<CST.Token>): "go on" | "stop" => {
    for (const token of tokens) {
      for (const composed of composer.next(token)) document ??= composed as Document.Parsed;
      if (document && token.type === "document") {
        problems.push({ code: "several-documents", offset: token.offset });
        return "stop";
      }
      if (token.type === "error") errors += 1;
      if (errors > ERROR_LIMIT) {
        problems.push({ code: "too-many-errors", limit: ERROR_LIMIT, offset: token.offset });
        return "stop";
      }
    }
    return "go on";
  };
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > mostTokens) {
      problems.push({ code: "too-many-parts", limit: mostTokens, offset: parser.offset });
      return undefined;
    }
    if (take(parser.next(lexeme)) === "stop") break;
    if (parser.stack.length <= DEPTH_LIMIT) continue;
    problems.push({ code: "too-deep", limit: DEPTH_LIMIT, offset: parser.offset });
    return undefined;
  }
  if (document === undefined && errors <= ERROR_LIMIT) take(parser.end());
  for (const composed of composer.end(true, text.length)) document ??= composed as Document.Parsed;
  return document;
}

/** The library makes an Error for each problem; without their stacks a file of nothing but errors takes no minutes. */
function withoutStackTraces<Result>(work: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function problemOf({ code, message, pos: [offset] }: YAMLError): YamlProblem {
  if (code === "TAB_AS_INDENT") return { code: "tab-indentation", offset };
  if (code === "RESOURCE_EXHAUSTION") return { code: "too-deep", limit: DEPTH_LIMIT, offset };
  const tag = /^Unresolved tag: (.*)$/s.exec(message)?.[1];
  if (tag !== undefined) return { code: "unknown-tag", tag: tag.replace("tag:yaml.org,2002:", "!!"), offset };
  return { code: "yaml-syntax", message, offset };
}

/** A node as plain data. Aliases share what they stand for; what they would add when written out is counted. */
function plainValue(root: Node, problems: YamlProblem[], targets: Map<Alias, Node>): unknown {
  const anchors = new Map<string, { readonly node: Node; readonly value: unknown; readonly size: number } | "open">();
  let size = 0;
  let expanded = 0;

  function plain(node: Node): unknown {
    size += 1;
    if (node === null) return null;
    if (isAlias(node)) return aliased(node);
    const { anchor } = node;
    if (anchor === undefined) return contentOf(node);
    const before = size;
    anchors.set(anchor, "open");
    const value = contentOf(node);
    anchors.set(anchor, { node, value, size: size - before + 1 });
    return value;
  }

  function contentOf(node: Exclude<Node, Alias.Parsed | null>): unknown {
    if (isScalar(node)) return node.value;
    return isMap(node) ? mapped(node as YAMLMap<Node, Node>) : (node as YAMLSeq<Node>).items.map(plain);
  }

  function mapped(map: YAMLMap<Node, Node>): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? key.value : undefined;
      const offset = key?.range?.[0] ?? map.range?.[0] ?? 0;
      if (typeof name !== "string") problems.push({ code: "key-not-text", found: kindOf(key), offset });
      else if (FORBIDDEN_NAMES.has(name)) problems.push({ code: "forbidden-key", key: name, offset });
      else if (name === MERGE_KEY) problems.push({ code: "merge-key", offset });
      else if (Object.hasOwn(result, name)) {
        problems.push({ code: "duplicate-key", key: name, firstOffset: keyOffset(map, name), offset });
        // Its value is dropped, but not what is wrong with it.
        plain(value);
      } else {
        result[name] = plain(value);
      }
    }
    return result;
  }

  function aliased(alias: Alias.Parsed): unknown {
    const { source } = alias;
    const offset = alias.range[0];
    const anchor = anchors.get(source);
    if (anchor === undefined) problems.push({ code: "unknown-alias", name: source, offset });
    else if (anchor === "open") problems.push({ code: "alias-cycle", name: source, offset });
    else {
      expanded += anchor.size;
      size += anchor.size;
      targets.set(alias, anchor.node);
      if (expanded <= EXPANSION_LIMIT) return anchor.value;
      // Said once: every further alias would only repeat it.
      if (expanded - anchor.size <= EXPANSION_LIMIT) problems.push({ code: "alias-bomb", offset });
    }
    return null;
  }

  return plain(root);
}

/** The offset of the first key of that name: looked for only once there is a second. */
function keyOffset(map: YAMLMap<Node, Node>, name: string): number {
  const first = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return first?.key?.range?.[0] ?? 0;
}

function kindOf(key: unknown): string {
  if (isMap(key)) return "a mapping";
  if (isSeq(key)) return "a list";
  if (isAlias(key)) return "an alias";
  const value = isScalar(key) ? key.value : null;
  if (value === null) return "nothing";
  return typeof value === "number" ? `the number ${value}` : `the word ${String(value)}`;
}

const indexes = new WeakMap<YAMLMap<Node, Node>, Map<unknown, { readonly key: Node; readonly value: Node | null }>>();

/** Pairs by name, indexed when a map is first looked into: a thousand findings in one map take no million steps. */
function pairOf(map: YAMLMap<Node, Node>, name: string) {
  let index = indexes.get(map);
  if (!index) {
    index = new Map();
    for (const { key, value } of map.items) {
      const word = isScalar(key) ? key.value : undefined;
      if (!index.has(word)) index.set(word, { key, value });
    }
    indexes.set(map, index);
  }
  return index.get(name);
}

function offsetOf(root: Node, targets: ReadonlyMap<Alias, Node>, path: ConfigPath, atKey: boolean): number | undefined {
  let place = root?.range?.[0] ?? 0;
  let node: Node = root;
  for (const part of path) {
    const inner: Node = node !== null && isAlias(node) ? (targets.get(node) ?? null) : node;
    if (isMap(inner)) {
      const pair = pairOf(inner as YAMLMap<Node, Node>, String(part));
      if (!pair) return place;
      place = pair.key?.range?.[0] ?? place;
      node = pair.value;
    } else if (isSeq(inner) && inner.items[Number(part)]) {
      node = inner.items[Number(part)] as Node;
      place = node?.range?.[0] ?? place;
    } else {
      return place;
    }
  }
  const ownLine = node !== null && (isAlias(node) || isScalar(node) || node.flow === true);
  const [start = place, end = place] = node?.range ?? [];
  return !atKey && ownLine && end > start ? start : place;
}
