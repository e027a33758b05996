import path from "node:path";
import type { Readable } from "node:stream";
import type { ConfigReading } from "../../core/config/config-reading.ts";
import { Failure } from "../../core/model/failure.ts";
import { isError } from "../../core/model/finding.ts";
import { parseConfig } from "../../core/validate/parse.ts";
import { sha256 } from "../digest.ts";
import { type Content, readAll, readNamed, shownPath } from "./bounded-file.ts";
import { fileTooLarge } from "./config-bytes.ts";
import { findConfig, SEARCHED } from "./config-search.ts";
import { parseConfigText } from "./config-text.ts";
import { isNews } from "./news.ts";

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
  return readingOf(shownPath(location, cwd), await contentOf(location, found), now);
}

/** The failure of a search that found nothing. */
function notFound(cwd: string): never {
  throw new Failure("config-not-found", {
    message: `no rbac.yaml was found from "${cwd}" upwards (looked for ${SEARCHED.join(", ")})`,
    fix: "name the file with --config FILE, or begin with a copy of rbac.example.yaml",
  });
}

function contentOf(location: string, written: string): Promise<Content> {
  return readNamed(location, { shown: written, code: "config-unreadable", fix: "name the file with --config FILE" });
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
  const text = parseConfigText(bytes);
  const { value, findings: ofText, locate } = text;
  if (value === undefined) return { findings: ofText, locate };
  const { config, findings: ofMeaning } = parseConfig(value, now);
  const findings = [...ofText, ...ofMeaning.filter(isNews(text))];
  return config && !findings.some(isError) ? { config, findings, locate } : { findings, locate };
}
