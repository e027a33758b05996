/** SHA-256 of a text, whole or in pieces, or of bytes; lower-case hex. */
export function sha256(content: string | Uint8Array | Iterable<string>): string {
  // Not imported: it takes longer to load than many a run, and not every run needs a digest.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256");
  if (typeof content === "string" || content instanceof Uint8Array) hash.update(content);
  else for (const piece of content) hash.update(piece);
  return hash.digest("hex");
}
