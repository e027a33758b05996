/** SHA-256 of a text or of bytes, lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  // Not imported: it takes longer to load than many a run, and not every run needs a digest.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(content).digest("hex");
}
