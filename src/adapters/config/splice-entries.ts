/** Entries cut out of a YAML text by their places in it; nothing is written anew, so what stays is what it was. */
import type { ParsedNode } from "yaml";
import type { ConfigPath } from "../../core/model/finding.ts";
import { isAlias, isMap, isScalar, isSeq } from "./yaml-document.ts";

/** What replaces a range of the text. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

type Node = ParsedNode | null;

interface Entry {
  readonly start: number;
  /** After the value, before a comma or comment. */
  readonly end: number;
}

/** One mapping or list, with the entries that leave it. */
interface Holder {
  readonly path: ConfigPath;
  readonly node: ParsedNode;
  /** Where an empty collection is written when no entry of a block is left: after the colon of its key. */
  readonly colon: number | undefined;
  readonly leaving: Set<number>;
}

/** The cuts that take the entries at some paths out of a text, or the first path that cannot be cut for certain. */
export function entryCuts(
  text: string,
  root: Node,
  paths: readonly ConfigPath[],
): readonly Cut[] | { readonly stuckAt: ConfigPath } {
  const holders = new Map<ParsedNode, Holder>();
  for (const path of paths) {
    const found = holderOf(text, root, path);
    if (found === undefined) return { stuckAt: path };
    const holder = holders.get(found.holder.node) ?? found.holder;
    holder.leaving.add(found.index);
    holders.set(holder.node, holder);
  }
  const cuts: Cut[] = [];
  for (const holder of holders.values()) {
    const made = isFlow(holder.node) ? flowCuts(text, holder) : blockCuts(text, holder);
    if (made === undefined) return { stuckAt: holder.path };
    cuts.push(...made);
  }
  return cuts;
}

/** The text after the cuts. A file without a last line break gets none. */
export function spliced(text: string, cuts: readonly Cut[]): string {
  let result = "";
  let from = 0;
  for (const { start, end, put } of [...cuts].sort((left, right) => left.start - right.start)) {
    result += text.slice(from, Math.max(from, start)) + put;
    from = Math.max(from, end);
  }
  result += text.slice(from);
  return text.endsWith("\n") ? result : result.replace(/\r?\n$/, "");
}

/** The collection that holds the last part of a path. None where an alias or anchor is on the way: others share that. */
function holderOf(text: string, root: Node, path: ConfigPath): { holder: Holder; index: number } | undefined {
  let node = root;
  let colon: number | undefined;
  for (const [depth, part] of path.entries()) {
    if (node === null || isAlias(node)) return undefined;
    const index = indexIn(node, part);
    const [key, value] = partsOf(node)[index] ?? [];
    if (value === undefined) return undefined;
    if (depth === path.length - 1) {
      const own = key ?? value;
      if (own !== null && !isAlias(own) && own.anchor !== undefined) return undefined;
      return { holder: { path, node, colon, leaving: new Set() }, index };
    }
    colon = key && colonAfter(text, key);
    node = value;
  }
  return undefined;
}

function indexIn(node: ParsedNode, part: string | number): number {
  if (isSeq(node)) return Number(part);
  return partsOf(node).findIndex(([key]) => isScalar(key) && key.value === part);
}

/** Keys and values; an item of a list has no key. */
function partsOf(node: ParsedNode): readonly (readonly [ParsedNode | undefined, Node])[] {
  if (isMap(node)) return node.items.map(({ key, value }) => [key as ParsedNode, value as Node]);
  return isSeq(node) ? node.items.map((item) => [undefined, item as Node]) : [];
}

function isFlow(node: ParsedNode): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

/** The offset behind the colon of a key. */
function colonAfter(text: string, key: ParsedNode): number {
  const at = text.indexOf(":", key.range[1]);
  return text.slice(key.range[1], at).trim() === "" ? at + 1 : key.range[1];
}

function entriesOf(text: string, node: ParsedNode): readonly Entry[] {
  return partsOf(node).map(([key, value]) => {
    const start = (key ?? value)?.range[0] ?? 0;
    const end = Math.max(start, key ? colonAfter(text, key) : 0, value ? endOf(text, value) : 0);
    return { start, end: start + text.slice(start, end).trimEnd().length };
  });
}

/** Where a value ends. The range of a block goes on over the comments and blank lines that follow it. */
function endOf(text: string, node: ParsedNode): number {
  if (isFlow(node) || !(isMap(node) || isSeq(node))) return node.range[1];
  const last = entriesOf(text, node).at(-1);
  return last?.end ?? node.range[1];
}

function blockCuts(text: string, { node, colon, leaving }: Holder): readonly Cut[] | undefined {
  const entries = entriesOf(text, node);
  const ahead = isSeq(node) ? /^ *-[ \t]+$/ : /^ *$/;
  const cuts: Cut[] = [];
  for (const index of leaving) {
    const entry = entries[index];
    if (!entry || !ahead.test(text.slice(lineStart(text, entry.start), entry.start))) return undefined;
    cuts.push(lines(text, entry, index === 0));
  }
  if (leaving.size < entries.length) return cuts;
  if (colon === undefined) return undefined;
  return [...cuts, { start: colon, end: colon, put: isSeq(node) ? " []" : " {}" }];
}

/**
 * The lines of an entry: with the comment behind it, those below that are indented deeper, and those directly above at its
 * own indentation. What stands above the first entry heads the whole collection and stays.
 */
function lines(text: string, { start, end }: Entry, first: boolean): Cut {
  let from = lineStart(text, start);
  const indent = indentOf(text, from);
  let to = nextLine(text, end);
  while (to < text.length && isComment(text, to) && indentOf(text, to) > indent) to = nextLine(text, to);
  while (!first && from > 0) {
    const above = lineStart(text, from - 1);
    if (!isComment(text, above) || indentOf(text, above) !== indent) break;
    from = above;
  }
  return { start: from, end: to, put: "" };
}

function flowCuts(text: string, { node, leaving }: Holder): readonly Cut[] | undefined {
  const entries = entriesOf(text, node);
  const inner = { start: node.range[0] + 1, end: node.range[1] - 1 };
  const commas = entries.map(({ end }, index) => commaIn(text, end, entries[index + 1]?.start ?? inner.end));
  const gaps = (from: number, to: number) =>
    entries.slice(from, to + 1).map(({ end }, index) => text.slice(end, entries[from + index + 1]?.start ?? inner.end));
  if (leaving.size === entries.length) {
    const around = [text.slice(inner.start, entries[0]?.start), ...gaps(0, entries.length)];
    if (!around.some((gap) => gap.includes("#"))) return [{ ...inner, put: "" }];
  }
  const last = entries.length - 1;
  const kept = entries.findLastIndex((_, index) => !leaving.has(index));
  const cuts: Cut[] = [];
  let upTo = last;
  // Without a comma behind the last entry there shall be none behind the one that becomes the last.
  if (kept >= 0 && kept < last && commas[last] === undefined) {
    const comma = commas[kept] ?? inner.end;
    const tail = entries[last] ?? { start: inner.end, end: inner.end };
    if (gaps(kept, last - 1).some((gap) => gap.includes("#"))) cuts.push({ start: comma, end: comma + 1, put: "" });
    else {
      cuts.push({ start: entries[kept]?.end ?? comma, end: endWithComment(text, tail), put: "" });
      upTo = kept;
    }
  }
  for (const index of leaving) {
    const entry = entries[index];
    if (entry && index <= upTo) cuts.push(flowCut(text, entry, commas[index], index === 0));
  }
  return cuts;
}

/** One entry with its comma: its lines where it has them to itself, else as much white space as was there for it. */
function flowCut(text: string, entry: Entry, comma: number | undefined, first: boolean): Cut {
  const whole = { start: entry.start, end: comma === undefined ? entry.end : comma + 1 };
  const before = text.slice(lineStart(text, entry.start), entry.start);
  const behind = text.slice(whole.end, nextLine(text, whole.end));
  const alone = /^\s*(?:#.*)?\s*$/.test(behind);
  if (before.trim() === "" && alone) return lines(text, whole, first);
  if (first && alone) return { ...whole, put: "" };
  if (alone) return { start: entry.start - (before.length - before.trimEnd().length), end: whole.end, put: "" };
  const space = behind.length - behind.trimStart().length;
  return { start: entry.start, end: comma === undefined ? whole.end : whole.end + space, put: "" };
}

/** The end of the last entry: behind its comment, where it has the line to itself. */
function endWithComment(text: string, { start, end }: Entry): number {
  if (text.slice(lineStart(text, start), start).trim() !== "") return end;
  return end + (/^[ \t]+#[^\r\n]*/.exec(text.slice(end, nextLine(text, end)))?.[0].length ?? 0);
}

/** The comma between two offsets, past comments. */
function commaIn(text: string, from: number, to: number): number | undefined {
  const gap = text.slice(from, to).replaceAll(/(?<=^|\s|,)#[^\n]*/g, (comment) => " ".repeat(comment.length));
  const at = gap.indexOf(",");
  return at === -1 ? undefined : from + at;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function nextLine(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at === -1 ? text.length : at + 1;
}

function indentOf(text: string, line: number): number {
  let at = line;
  while (text[at] === " ") at += 1;
  return at - line;
}

function isComment(text: string, line: number): boolean {
  return text[line + indentOf(text, line)] === "#";
}
