import { CsvError, parse } from "csv-parse/sync";
import { Failure } from "../../core/model/failure.ts";
import type { PeopleTable } from "../../core/review/people.ts";
import { shellPath } from "../../core/text/printable.ts";
import { isObject, parseJson, quoted, quotedPath } from "../../core/text/text.ts";

/**
 * The records of a file of people: CSV with a header (commas, semicolons or tabs), or a JSON object on each line. `file` is its path
 * as it is shown. Throws Failure `file-unreadable`, naming the line that cannot be read.
 */
export function peopleTable(text: string, file: string): PeopleTable {
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (/^\s*\[\s*[{\]]/.test(content)) {
    throw unreadable(
      file,
      1,
      "it is one JSON array, and an object on each line is read",
      `jq -c '.[]' ${shellPath(file)}`,
    );
  }
  return /^\s*\{/.test(content) ? fromJsonLines(content, file) : fromCsv(content, file);
}

function fromJsonLines(text: string, file: string): PeopleTable {
  const columns = new Set<string>();
  const records = text.split("\n").flatMap((written, index) => {
    if (written.trim() === "") return [];
    const value = parseJson(written);
    if (!isObject(value)) throw unreadable(file, index + 1, "it is no JSON object");
    const cells: Record<string, string> = Object.create(null);
    for (const [name, cell] of Object.entries(value)) {
      columns.add(name);
      if (typeof cell === "object" && cell !== null) continue;
      cells[name] = cell === null ? "" : String(cell);
    }
    return [{ line: index + 1, cells }];
  });
  return { columns: [...columns], records };
}

interface CsvRecord {
  readonly record: readonly string[];
  /** The line on which it ends. */
  readonly lines: number;
}

/** How Excel is told, and tells, what parts the cells: a line before the header. */
const SEPARATED = /^"?sep=(.)"?\r?\n/i;

function fromCsv(text: string, file: string): PeopleTable {
  const said = SEPARATED.exec(text);
  const start = said?.[0].length ?? 0;
  const [header = ""] = text.slice(start).split(/\r?\n/, 1);
  const delimiter =
    said?.[1] ??
    [",", ";", "\t"].toSorted((one, other) => header.split(other).length - header.split(one).length)[0] ??
    ",";
  try {
    const rows: CsvRecord[] = [];
    parse(text, {
      delimiter,
      // Counted from the first line of the file, which that line is.
      from_line: said ? 2 : 1,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
      on_record: (record, { lines }) => {
        rows.push({ record, lines });
        return null;
      },
    });
    const [head, ...records] = rows;
    const columns = (head?.record ?? []).map((name) => name.trim());
    const twice = columns.find((name, index) => columns.indexOf(name) !== index);
    if (twice !== undefined) throw unreadable(file, 1, `two columns are called ${quoted(twice)}`);
    return {
      columns,
      records: records.map(({ record, lines }) => {
        // A quoted cell may go on over several lines.
        const line = lines - (record.join("").match(/\n/g)?.length ?? 0);
        return { line, cells: Object.fromEntries(columns.map((name, index) => [name, record[index] ?? ""])) };
      }),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? error.lines : 1;
    throw unreadable(file, line, error.message.replace(/,? (?:at|on) line \d+/, ""), undefined, error);
  }
}

function unreadable(
  file: string,
  line: number,
  why: string,
  fix = "correct the line, or export the people again",
  cause?: unknown,
): Failure {
  return new Failure("file-unreadable", { message: `${quotedPath(file)}, line ${line}: ${why}`, fix }, { cause });
}
