/** The system's word for what went wrong (`ENOENT`), or whatever else an error has for a code; undefined where it has none. */
export function systemCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
