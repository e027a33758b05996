/**
 * One assignment, as dotenv and the shell both read it: what comes before the name, the name, `=`, the value, a comment after
 * it. Quoted values may have several lines, so a line inside one is never taken for an assignment.
 */
const ASSIGNMENT =
  /^((?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?)([A-Za-z_][\w.-]*)([ \t]*=[ \t]*)('[^']*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|[^\r\n]*?)([ \t]+#[^\r\n]*|[ \t]*)$/gm;

/** Needs no quotes, whoever reads it. */
const PLAIN = /^[\w./:@%+=,-]+$/;

/** Whether a dotenv file can have a variable of this name. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** A value as it stands in a dotenv file, in quotes where it needs them; undefined where no quotes would do. */
export function quoted(value: string): string | undefined {
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
export function assign(text: string, name: string, value: string): string {
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
