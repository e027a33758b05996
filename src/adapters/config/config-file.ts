import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import type { ConfigReading } from "../../core/config/config-reading.ts";
import { parseConfig } from "../../core/config/parse-config.ts";
import { Failure } from "../../core/failure.ts";
import { type Finding, type FindingCode, isError } from "../../core/finding.ts";
import type { Locate } from "../../core/outcome.ts";
import { sha256 } from "../digest.ts";
import { fileTooLarge, SIZE_LIMIT } from "./config-bytes.ts";
import { findConfig, SEARCHED } from "./config-search.ts";
import { parseConfigText } from "./config-text.ts";

export { findConfig };

export interface ConfigSource {
  /** The file to read; `-` is stdin. Absent: the nearest one is looked for. */
  readonly file?: string;
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly stdin?: Readable;
}

/**
 * Reads an rbac.yaml: what it means, and everything that is wrong with it. Throws Failure `config-not-found` or
 * `config-unreadable`; whatever the bytes of a file that can be read, the answer is findings.
 */
export async function readConfig({ file, cwd, now, stdin }: ConfigSource): Promise<ConfigReading> {
  if (file === "-") return readingOf("<stdin>", await readAll(stdin ?? process.stdin), now);
  const found = file ?? (await findConfig(cwd)) ?? notFound(cwd);
  const location = path.resolve(cwd, found);
  return readingOf(shownPath(location, cwd), await readBounded(location, found), now);
}

/** The failure of a search that found nothing. */
function notFound(cwd: string): never {
  throw new Failure("config-not-found", {
    message: `no rbac.yaml was found from "${cwd}" upwards (looked for ${SEARCHED.join(", ")})`,
    fix: "name the file with --config FILE, or begin with a copy of rbac.example.yaml",
  });
}

/** Relative to the working directory where the file is below it. */
function shownPath(location: string, cwd: string): string {
  const relative = path.relative(cwd, location);
  const below = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
  return below ? relative.replaceAll(path.sep, "/") : location;
}

type Content = { readonly bytes: Uint8Array } | { readonly tooLarge: number };

/** A whole file, unless it is larger than anything we would parse. */
async function readBounded(location: string, written: string): Promise<Content> {
  try {
    const handle = await open(location, "r");
    try {
      const { size } = await handle.stat();
      return size > SIZE_LIMIT ? { tooLarge: size } : await readOpen(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(written, error);
  }
}

/** Not `readFile`: a device or a growing file has no end. */
async function readOpen(handle: FileHandle): Promise<Content> {
  const buffer = Buffer.allocUnsafeSlow(SIZE_LIMIT + 1);
  for (let length = 0; length <= SIZE_LIMIT; ) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return { bytes: buffer.subarray(0, length) };
    length += bytesRead;
  }
  return { tooLarge: buffer.length };
}

async function readAll(stream: Readable): Promise<Content> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : (chunk as Uint8Array);
    chunks.push(bytes);
    length += bytes.length;
    if (length > SIZE_LIMIT) return { tooLarge: length };
  }
  return { bytes: Buffer.concat(chunks) };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ELOOP: "its symbolic links go round in a circle",
};

function unreadable(file: string, error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  const fix =
    code === "EACCES" || code === "EPERM" ? "make it readable for this user" : "name the file with --config FILE";
  return new Failure("config-unreadable", { message: `"${file}" cannot be read: ${reason}`, fix }, { cause: error });
}

function readingOf(file: string, content: Content, now: number): ConfigReading {
  const bytes = "bytes" in content ? content.bytes : new Uint8Array();
  const read = "bytes" in content ? understand(bytes, now) : tooLarge(content.tooLarge);
  let digest: string | undefined;
  return {
    file,
    ...read,
    // Made when it is asked for: `validate` never does.
    get digest() {
      digest ??= sha256(bytes);
      return digest;
    },
  };
}

function tooLarge(bytes: number): Understood {
  return { findings: [fileTooLarge(bytes)], locate: () => undefined };
}

type Understood = Omit<ConfigReading, "file" | "digest">;

function understand(bytes: Uint8Array, now: number): Understood {
  const { value, findings: ofText, locate, brokenFrom } = parseConfigText(bytes);
  if (value === undefined) return { findings: ofText, locate };
  const { config, findings: ofMeaning } = parseConfig(value, now);
  const findings = [...ofText, ...ofMeaning.filter(isNews(ofText, locate, brokenFrom))];
  return config && !findings.some(isError) ? { config, findings, locate } : { findings, locate };
}

/** Whether a finding about the meaning says more than those about the text: nothing at their places, nothing in doubt. */
function isNews(ofText: readonly Finding[], locate: Locate, brokenFrom: number | undefined) {
  const said = new Set(ofText.map(({ position }) => `${position?.line}:${position?.column}`));
  return (item: Finding): boolean => {
    if (ofText.length === 0) return true;
    const position = item.path && locate(item.path, item.atKey ?? false);
    if (position && said.has(`${position.line}:${position.column}`)) return false;
    return brokenFrom === undefined || (LOCAL.has(item.code) && position !== undefined && position.line < brokenFrom);
  };
}

/** What one place says by itself: true even where the rest of the file cannot be understood. */
const LOCAL: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "unknown-field",
  "wrong-type",
  "invalid-value",
  "invalid-format",
  "out-of-range",
]);
