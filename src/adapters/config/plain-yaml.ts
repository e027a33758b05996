/**
 * The plain part of YAML, read by js-yaml's events: the one place that knows it. It takes a tenth of the time that `yaml` takes, and
 * loads in a quarter. Whatever is not plain is not read here: `yaml` says what it means, and what is wrong with it (yaml-document.ts).
 */
import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
} from "js-yaml";
import { FORBIDDEN_NAMES, MERGE_KEY } from "../../core/config/formats.ts";
import type { ConfigPath } from "../../core/model/finding.ts";
import type { YamlDocument } from "./yaml-document.ts";

/** A text in which nothing is wrong, and nothing unusual. */
export type PlainYaml = Pick<YamlDocument, "value" | "offsetOf">;

/** What the two packages may read in different ways: markers and directives, tabs, marks of byte order, old line ends. */
const UNUSUAL = /^(?:---|\.\.\.|%)|[\t\ufeff]|\r(?!\n)/m;
/** No rbac.yaml is half as deep. */
const DEPTH_LIMIT = 20;
/** `yaml` refuses keys of more than 1024 characters in some places. */
const LONGEST_KEY = 1000;
/** Lines and entries of lines. What has more is not worth the time to find out whether it is plain. */
const PARTS_LIMIT = 250_000;
/** As in yaml-document.ts; of the tokens there, so many at most are of one event or of one line here. */
const TOKEN_LIMIT = 1_000_000;
const TOKENS_OF_EVENT = 5;
const TOKENS_OF_LINE = 4;

/** Reads a text that is one plain document; undefined for every other. Never throws. */
export function readPlainYaml(text: string): PlainYaml | undefined {
  const lines = count(text, "\n") + 1;
  if (lines + count(text, ",") > PARTS_LIMIT || UNUSUAL.test(text)) return undefined;
  try {
    const events = parseEvents(text, { maxDepth: DEPTH_LIMIT });
    if (events.length * TOKENS_OF_EVENT + lines * TOKENS_OF_LINE > TOKEN_LIMIT) return undefined;
    return { value: plainValue(text, events), offsetOf: findOffsets(text, events) };
  } catch {
    return undefined;
  }
}

/** Finds places among events, which are let go once their places are made. */
function findOffsets(text: string, events: readonly Event[]): PlainYaml["offsetOf"] {
  let left: readonly Event[] = events;
  let places: Place | undefined;
  return (path, atKey) => {
    places ??= placesOf(text, left);
    left = [];
    return offsetIn(places, path, atKey);
  };
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

/** Events, one after the other, of a text that holds nothing but one document of plain mappings, lists and scalars. */
function reader(events: readonly Event[]) {
  let at = 0;
  return {
    next: (): Event => events[at++] ?? refuse(),
    /** Whether the collection that is open ends here, which passes its end. */
    ends: (): boolean => {
      const isEnd = (events[at] ?? refuse()).type === EVENT_ID.POP;
      if (isEnd) at += 1;
      return isEnd;
    },
    isOver: (): boolean => at === events.length,
  };
}

function refuse(): never {
  throw new Error("this is no plain YAML");
}

function plainValue(text: string, events: readonly Event[]): unknown {
  const { next, ends, isOver } = reader(events);

  function read(event: Event): unknown {
    if (event.type === EVENT_ID.SCALAR) return scalarOf(text, event);
    if (event.type === EVENT_ID.MAPPING) return mapped();
    if (event.type !== EVENT_ID.SEQUENCE) return refuse();
    const items: unknown[] = [];
    while (!ends()) {
      const item = plain(next());
      // Where nothing stands behind a dash, the two packages put it at different places.
      if (item.type === EVENT_ID.SCALAR && item.valueStart === -1) refuse();
      items.push(read(item));
    }
    return items;
  }

  function mapped(): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    while (!ends()) {
      const name = keyOf(text, plain(next()));
      if (FORBIDDEN_NAMES.has(name) || name === MERGE_KEY || Object.hasOwn(result, name)) refuse();
      result[name] = read(plain(next()));
    }
    return result;
  }

  const document = next();
  if (document.type !== EVENT_ID.DOCUMENT || document.explicitStart || document.explicitEnd) return refuse();
  const root = plain(next());
  // How far the lines of a block go in that is the whole document, the two packages count from different places.
  if (root.type === EVENT_ID.SCALAR && BLOCK.has(root.style)) refuse();
  const value = read(root);
  if (!ends() || !isOver()) refuse();
  return value;
}

/** An event without an anchor or a tag, which is no alias. */
function plain(event: Event): Event {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.type === EVENT_ID.ALIAS) return refuse();
  return event.anchorStart === -1 && event.tagStart === -1 ? event : refuse();
}

function keyOf(text: string, event: Event): string {
  if (event.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart > LONGEST_KEY) return refuse();
  const name = scalarOf(text, event);
  return typeof name === "string" ? name : refuse();
}

function scalarOf(text: string, event: ScalarEvent): unknown {
  const value = getScalarValue(text, event);
  return event.style === SCALAR_STYLE.PLAIN ? resolved(value) : value;
}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);
const INTEGER = /^[-+]?[0-9]+$/;
const OTHER_BASE = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;

/** What a text without quotes stands for by the core schema of YAML 1.2. Source: the specification, 10.3.2. */
function resolved(text: string): unknown {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  if (INTEGER.test(text)) return Number.parseInt(text, 10);
  if (FLOAT.test(text)) return Number.parseFloat(text);
  if (OTHER_BASE.test(text)) return Number(text);
  if (INFINITE.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return NOT_A_NUMBER.test(text) ? Number.NaN : text;
}

/** Where a node begins, and the places of what is in it. */
interface Place {
  readonly start: number;
  /** Whether a finding about the value points at the value: it stands on the line of its key, or is there at all. */
  readonly isOwn: boolean;
  readonly entries?: ReadonlyMap<string, { readonly key: number; readonly value: Place }>;
  readonly items?: readonly Place[];
}

const QUOTED: ReadonlySet<number> = new Set([SCALAR_STYLE.SINGLE_QUOTED, SCALAR_STYLE.DOUBLE_QUOTED]);
const BLOCK: ReadonlySet<number> = new Set([SCALAR_STYLE.LITERAL_BLOCK, SCALAR_STYLE.FOLDED_BLOCK]);

/** The places of events that `plainValue` accepts. */
function placesOf(text: string, events: readonly Event[]): Place {
  const { next, ends } = reader(events);
  let end = 0;

  function startOf({ valueStart, valueEnd, style }: ScalarEvent): number {
    // A block begins at its `|` or `>`, which stands somewhere behind what came last, and perhaps behind comments.
    const start = BLOCK.has(style) ? blockStart(text, end) : valueStart - (QUOTED.has(style) ? 1 : 0);
    end = Math.max(end, valueEnd + (QUOTED.has(style) ? 1 : 0));
    return start;
  }

  function read(event: Event): Place {
    if (event.type === EVENT_ID.SCALAR) return { start: startOf(event), isOwn: event.valueStart !== -1 };
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Place[] = [];
      while (!ends()) items.push(read(next()));
      return { start: event.start, isOwn: event.style === COLLECTION_STYLE.FLOW, items };
    }
    if (event.type !== EVENT_ID.MAPPING) return refuse();
    const entries = new Map<string, { readonly key: number; readonly value: Place }>();
    while (!ends()) {
      const key = next();
      const name = keyOf(text, key);
      const start = key.type === EVENT_ID.SCALAR ? startOf(key) : refuse();
      entries.set(name, { key: start, value: read(next()) });
    }
    return { start: event.start, isOwn: event.style === COLLECTION_STYLE.FLOW, entries };
  }

  next();
  return read(next());
}

function blockStart(text: string, from: number): number {
  const header = /(?:[^#|>]|#[^\n]*)*/y;
  header.lastIndex = from;
  header.test(text);
  return header.lastIndex;
}

function offsetIn(root: Place, path: ConfigPath, atKey: boolean): number {
  let place = root;
  let offset = root.start;
  for (const part of path) {
    const entry = place.entries?.get(String(part));
    const next = entry?.value ?? place.items?.[Number(part)];
    if (!next) return offset;
    offset = entry?.key ?? next.start;
    place = next;
  }
  return !atKey && place.isOwn ? place.start : offset;
}
