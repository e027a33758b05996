import { readFile, readlink, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { cut, quotedPath } from "../../core/text/text.ts";
import { whyUnwritable, writeAtomically } from "../files/atomic-write.ts";
import { systemCode } from "../files/system-error.ts";

/** A file that holds a secret is nobody else's to read. */
const OWNER_ONLY = 0o600;

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/**
 * The built-in delivery `[dotenv, FILE, NAME]`: writes `NAME=secret` into a dotenv file and leaves everything else in it as
 * it is. Answers with what is wrong, or undefined. Never throws.
 */
export async function deliverToDotenv(
  words: readonly string[],
  secret: string,
  cwd: string,
): Promise<string | undefined> {
  const [file, name] = words;
  if (words.length !== 2 || !file || !name) return "dotenv takes two arguments: the file and the variable's name";
  if (!isVariableName(name)) return `"${cut(name)}" is no name of a variable`;
  const value = quoted(secret);
  if (value === undefined) return "the secret holds characters that a dotenv file cannot";
  const named = resolve(cwd, file);
  try {
    const path = await destinationOf(named);
    // Byte for byte: what the file's other lines are encoded in is not ours to know.
    const text = Buffer.from(assign(await textOf(path), name, value), "latin1");
    await writeAtomically(path, text, OWNER_ONLY);
    return undefined;
  } catch (error) {
    return `${quotedPath(file)} cannot be written: ${whyUnwritable(error, file, named)}`;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
}

/** Where a link leads, also one to a file that is yet to be made: a link is not to be replaced by a file. */
async function destinationOf(path: string, links = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || links > MOST_LINKS) throw error;
  }
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : destinationOf(resolve(dirname(path), target), links + 1);
}

/**
 * One assignment, as dotenv and the shell both read it: what comes before the name, the name, `=`, the value, a comment after
 * it. Quoted values may have several lines, so a line inside one is never taken for an assignment.
 */
const ASSIGNMENT =
  /^((?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?)([A-Za-z_][\w.-]*)([ \t]*=[ \t]*)('[^']*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|[^\r\n]*?)([ \t]+#[^\r\n]*|[ \t]*)$/gm;

/** Needs no quotes, whoever reads it. */
const PLAIN = /^[\w./:@%+=,-]+$/;

/** Whether a dotenv file can have a variable of this name. */
function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** A value as it stands in a dotenv file, in quotes where it needs them; undefined where no quotes would do. */
function quoted(value: string): string | undefined {
  if (PLAIN.test(value)) return value;
  // Beyond ASCII, what a reader makes of it depends on the file's encoding.
  if (!/^[\x20-\x7e]+$/.test(value)) return undefined;
  if (!value.includes("'")) return `'${value}'`;
  return /["\\$`]/.test(value) ? undefined : `"${value}"`;
}

/**
 * The text with `name` set to `value`, in place wherever it is set already: readers differ in whether the first or the last
 * one counts. Otherwise it is appended. Nothing else changes.
 */
function assign(text: string, name: string, value: string): string {
  let found = false;
  const changed = text.replace(ASSIGNMENT, (whole: string, before, assigned, equals, _value, comment) => {
    if (assigned !== name) return whole;
    found = true;
    return `${before}${name}${equals}${value}${comment}`;
  });
  if (found) return changed;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = text === "" || text.endsWith("\n") ? "" : newline;
  return `${text}${gap}${name}=${value}${newline}`;
}
