/** A row and its place in creation order. A row is never changed in place: a write stores a new one under the same `seq`. */
interface Entry<Row> {
  readonly seq: number;
  readonly row: Row;
}

interface Index<Row> {
  readonly keyOf: (row: Row) => string | null;
  readonly lists: Map<string, Entry<Row>[]>;
}

/** Rows by id and in creation order, with secondary indexes, so that a page costs its own length and not the table's. */
export interface Table<Row> {
  readonly idOf: (row: Row) => string;
  readonly byId: Map<string, Entry<Row>>;
  readonly all: Entry<Row>[];
  readonly indexes: ReadonlyMap<string, Index<Row>>;
  readonly journal: Journal;
  readonly sequence: { next: number };
  /** Called with what each write replaces, and what it leaves. */
  onWrite?: (before: Row | undefined, after: Row | undefined) => void;
}

/** Recent writes, kept only while stale reads are switched on, so that lists can lag behind them. */
export interface Journal {
  hide: StaleReads | null;
  writes: Write[];
}

/** How long lists lag behind a write: `ms` of real time, or until that many lists of the kind have been `reads`. */
export interface StaleReads {
  readonly ms?: number;
  readonly reads?: number;
}

interface Write {
  readonly table: unknown;
  readonly id: string;
  readonly before: Entry<unknown> | undefined;
  readonly at: number;
  seen: number;
}

/** What a list asks for. `where` must hold for every row returned; `index` only narrows the search. */
export interface Selection<Row> {
  readonly index?: { readonly name: string; readonly key: string };
  readonly where?: (row: Row) => boolean;
  readonly after?: string;
  readonly before?: string;
  readonly limit: number;
  /** The list begins with the newest row. */
  readonly newestFirst?: boolean;
}

/** Makes an empty table. `indexes` names the secondary keys; a null key leaves the row out of that index. */
export function createTable<Row>(
  idOf: (row: Row) => string,
  journal: Journal,
  indexes: Readonly<Record<string, (row: Row) => string | null>> = {},
): Table<Row> {
  const made = Object.entries(indexes).map(([name, keyOf]) => [name, { keyOf, lists: new Map() }] as const);
  return { idOf, byId: new Map(), all: [], indexes: new Map(made), journal, sequence: { next: 0 } };
}

/** The row with this id, always the newest: reads by id never lag. */
export function getRow<Row>(table: Table<Row>, id: string): Row | undefined {
  return table.byId.get(id)?.row;
}

/** All rows in creation order. */
export function rowsOf<Row>(table: Table<Row>): Row[] {
  return table.all.map((entry) => entry.row);
}

/** The rows under one key of an index, in creation order. */
export function rowsBy<Row>(table: Table<Row>, index: string, key: string): Row[] {
  return (table.indexes.get(index)?.lists.get(key) ?? []).map((entry) => entry.row);
}

/** Stores a row: a new id goes to the end, a known one keeps its place. */
export function putRow<Row>(table: Table<Row>, row: NoInfer<Row>): void {
  const id = table.idOf(row);
  const before = table.byId.get(id);
  remember(table, id, before);
  const entry: Entry<Row> = { seq: before?.seq ?? table.sequence.next++, row };
  table.byId.set(id, entry);
  replaceIn(table.all, before, entry);
  for (const index of table.indexes.values()) {
    const oldKey = before === undefined ? null : index.keyOf(before.row);
    const newKey = index.keyOf(row);
    if (before !== undefined && oldKey !== null && oldKey !== newKey) dropFrom(index.lists.get(oldKey), before);
    if (newKey === null) continue;
    const list = index.lists.get(newKey) ?? [];
    if (list.length === 0) index.lists.set(newKey, list);
    replaceIn(list, before !== undefined && oldKey === newKey ? before : undefined, entry);
  }
  table.onWrite?.(before?.row, row);
}

/** Takes a row away; nothing happens when it is not there. */
export function removeRow<Row>(table: Table<Row>, id: string): void {
  const before = table.byId.get(id);
  if (before === undefined) return;
  remember(table, id, before);
  table.byId.delete(id);
  dropFrom(table.all, before);
  for (const index of table.indexes.values()) {
    const key = index.keyOf(before.row);
    if (key !== null) dropFrom(index.lists.get(key), before);
  }
  table.onWrite?.(before.row, undefined);
}

/**
 * The rows of one page in creation order, or the other way round, and whether more follow in the direction asked.
 * Returns null when the cursor names no row of the table.
 */
export function selectRows<Row>(
  table: Table<Row>,
  selection: Selection<Row>,
): { readonly rows: Row[]; readonly hasMore: boolean } | null {
  const { index, where } = selection;
  const stale = staleView(table);
  const keyed = index === undefined ? undefined : table.indexes.get(index.name);
  const entries = stale ?? (index === undefined ? table.all : (keyed?.lists.get(index.key) ?? []));
  const fits = (row: Row): boolean =>
    (where === undefined || where(row)) && (stale === null || keyed?.keyOf(row) === index?.key);
  const cursor = selection.after ?? selection.before;
  const seq = cursor === undefined ? undefined : seqOf(table, stale, cursor);
  if (cursor !== undefined && seq === undefined) return null;
  const backwards = selection.before !== undefined;
  const newestFirst = selection.newestFirst === true;
  const down = backwards !== newestFirst;
  const step = down ? -1 : 1;
  const end = newestFirst ? Number.POSITIVE_INFINITY : -1;
  let at = down ? firstAtOrAfter(entries, seq ?? end) - 1 : firstAtOrAfter(entries, (seq ?? end) + 1);
  const rows: Row[] = [];
  for (; at >= 0 && at < entries.length; at += step) {
    const row = entries[at]?.row;
    if (row === undefined || !fits(row)) continue;
    if (rows.length === selection.limit) return { rows: backwards ? rows.reverse() : rows, hasMore: true };
    rows.push(row);
  }
  return { rows: backwards ? rows.reverse() : rows, hasMore: false };
}

function seqOf<Row>(table: Table<Row>, stale: readonly Entry<Row>[] | null, id: string): number | undefined {
  return (table.byId.get(id) ?? stale?.find((entry) => table.idOf(entry.row) === id))?.seq;
}

function firstAtOrAfter<Row>(entries: readonly Entry<Row>[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.seq ?? Number.POSITIVE_INFINITY) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function replaceIn<Row>(list: Entry<Row>[], before: Entry<Row> | undefined, entry: Entry<Row>): void {
  const at = firstAtOrAfter(list, entry.seq);
  list.splice(at, before === undefined ? 0 : 1, entry);
}

function dropFrom<Row>(list: Entry<Row>[] | undefined, entry: Entry<Row>): void {
  if (list === undefined) return;
  const at = firstAtOrAfter(list, entry.seq);
  if (list[at]?.seq === entry.seq) list.splice(at, 1);
}

function remember<Row>(table: Table<Row>, id: string, before: Entry<Row> | undefined): void {
  const { journal } = table;
  if (journal.hide === null) return;
  journal.writes.push({ table, id, before, at: performance.now(), seen: 0 });
}

/** The table as it was before the writes that lists must not show yet; null when there are none. */
function staleView<Row>(table: Table<Row>): Entry<Row>[] | null {
  const { journal } = table;
  const { hide } = journal;
  if (hide === null || journal.writes.length === 0) return null;
  journal.writes = journal.writes.filter((write) => isHidden(write, hide));
  const hidden = journal.writes.filter((write) => write.table === table);
  if (hidden.length === 0) return null;
  const view = new Map(table.byId);
  for (const write of hidden.reverse()) {
    write.seen += 1;
    if (write.before === undefined) view.delete(write.id);
    else view.set(write.id, write.before as Entry<Row>);
  }
  return [...view.values()].sort((a, b) => a.seq - b.seq);
}

function isHidden(write: Write, hide: StaleReads): boolean {
  if (hide.reads !== undefined && write.seen < hide.reads) return true;
  return hide.ms !== undefined && performance.now() - write.at < hide.ms;
}
