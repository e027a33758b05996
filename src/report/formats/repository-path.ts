/** Where a run is, as absolute paths: its working directory, and the root of the repository around it. */
export interface Repository {
  readonly cwd: string;
  readonly root: string;
}

/**
 * A path as the readers of CI take it: relative to the root of the repository, wherever in it the command runs. `file` is as people
 * see it, relative to the working directory or absolute. What lies outside the repository stays as it is.
 */
export function pathInRepository(file: string, repository: Repository | undefined): string {
  const shown = slashes(file);
  if (repository === undefined || shown === "" || shown.startsWith("<")) return shown;
  const root = folder(repository.root);
  const cwd = folder(repository.cwd);
  const full = withoutDots(/^(?:[a-z]:)?\//i.test(shown) ? shown : `${cwd}${shown}`);
  return full.startsWith(root) ? full.slice(root.length) : shown;
}

/** An absolute path without `.` and `..`. */
function withoutDots(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function folder(path: string): string {
  return `${slashes(path).replace(/\/+$/, "")}/`;
}

function slashes(path: string): string {
  return /^[a-z]:\\/i.test(path) || path.startsWith("\\\\") ? path.replaceAll("\\", "/") : path;
}
