/** Who runs the program, `user@machine`, as the system knows it; some containers have no name for their user. */
export function operator(): string {
  // Not imported: few runs ask.
  const { hostname, userInfo } = process.getBuiltinModule("node:os");
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}
