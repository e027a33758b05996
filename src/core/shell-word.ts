/** A name as a POSIX shell takes it for one word: names are anybody's text, and the commands we print are there to be copied. */
export function shellWord(name: string): string {
  return /^[\w@.:/+][\w@.:/+-]*$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
