/** Names that reach an object's prototype where a program is careless; no field or entry of a file needs them. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The key with which older YAML merges mappings; here it is refused, quoted or not. */
export const MERGE_KEY = "<<";
