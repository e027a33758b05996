import path from "node:path";
import type { Readable } from "node:stream";
import { accepts } from "../../core/config/accepts.ts";
import { Failure } from "../../core/model/failure.ts";
import { type Finding, finding, isError, type Locate } from "../../core/model/finding.ts";
import { dayOf } from "../../core/model/time.ts";
import { quotedPath } from "../../core/text/text.ts";
import { type ConfigReading, judgeAccepted, type ParsedConfig } from "../../core/validate/judge.ts";
import { type Content, readStream } from "../files/bounded-read.ts";
import { sha256 } from "../files/sha256.ts";
import { fileTooLarge, readNamed, SIZE_LIMIT, shownPath } from "./bounded-file.ts";
import { findConfig, rivalsOf, SEARCHED, whyDistrusted } from "./find-config.ts";
import { isNotDuplicate, readConfigText } from "./read-config-text.ts";

export interface ConfigSource {
  /** The file to read; `-` is stdin. Absent: the nearest one is looked for. */
  readonly file?: string;
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly stdin?: Readable;
  /** Ends the wait for a file or a stream that does not end; asked for where there is something to wait for. */
  readonly signal?: () => AbortSignal;
}

/**
 * Reads an rbac.yaml: what it means, and everything that is wrong with it. Throws Failure `config-not-found` or
 * `config-unreadable`; whatever the bytes of a file that can be read, the answer is findings.
 */
export async function readConfig({ file, cwd, now, stdin, signal = never }: ConfigSource): Promise<ConfigReading> {
  if (file === "-") {
    const content = await readStream(stdin ?? process.stdin, { limit: SIZE_LIMIT, signal });
    return readingOf({ file: "<stdin>", content, now });
  }
  if (file !== undefined) {
    const location = path.resolve(cwd, file);
    return readingOf({ file: shownPath(location, cwd, file), content: await contentOf(location, file, signal), now });
  }
  return readFound((await findConfig(cwd)) ?? notFound(cwd), cwd, now, signal);
}

/** What was found and not named: with what speaks against obeying it. */
async function readFound(
  location: string,
  cwd: string,
  now: number,
  signal: () => AbortSignal,
): Promise<ConfigReading> {
  const file = shownPath(location, cwd);
  const others = rivalsOf(location).map((place) => shownPath(place, cwd));
  const distrusted = whyDistrusted(location);
  const several = others.length === 0 ? [] : [finding("several-files", { file, others })];
  const content = await contentOf(location, file, signal);
  return readingOf({ file, content, now, several, ...(distrusted !== undefined && { distrusted }) });
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** The failure of a search that found nothing. */
function notFound(cwd: string): never {
  throw new Failure("config-not-found", {
    message: `no rbac.yaml was found from ${quotedPath(cwd)} upwards (looked for ${SEARCHED.join(", ")})`,
    fix: "name the file with --config FILE, or write a first one: anth-rbac init",
  });
}

function contentOf(location: string, written: string, signal: () => AbortSignal): Promise<Content> {
  const fix = "check the name of the file and the folder that it is in";
  return readNamed(location, { shown: written, code: "config-unreadable", fix }, signal);
}

/** A text as the rbac.yaml that it is to become. `now` is epoch ms. */
export function checkText(text: string, file: string, now: number): Promise<ConfigReading> {
  return readingOf({ file, content: { bytes: new TextEncoder().encode(text) }, now });
}

/** A file whose content is there, and what is known of it beside that. */
interface ReadFile extends Pick<ConfigReading, "file" | "distrusted"> {
  readonly content: Content;
  readonly now: number;
  readonly several?: readonly Finding[];
}

async function readingOf({ file, content, now, several = [], distrusted }: ReadFile): Promise<ConfigReading> {
  const bytes = "bytes" in content ? content.bytes : new Uint8Array();
  const read = "bytes" in content ? await understand(bytes, now) : tooLarge(content.tooLarge);
  let digest: string | undefined;
  return {
    file,
    ...read,
    findings: [...several, ...read.findings],
    findingsAt: (time) => [...several, ...read.findingsAt(time)],
    ...(distrusted !== undefined && { distrusted }),
    // Made when it is asked for: `validate` never does.
    get digest() {
      digest ??= sha256(bytes);
      return digest;
    },
  };
}

function tooLarge(bytes: number): Understood {
  return sameAnyDay([fileTooLarge(bytes)], () => undefined);
}

/** What is wrong with the text is so whatever the time. */
function sameAnyDay(findings: readonly Finding[], locate: Locate): Understood {
  return { findings, findingsAt: () => findings, locate };
}

type Understood = Omit<ConfigReading, "file" | "digest">;

async function understand(bytes: Uint8Array, now: number): Promise<Understood> {
  const text = await readConfigText(bytes);
  const { value, findings: ofText, locate } = text;
  if (value === undefined) return sameAnyDay(ofText, locate);
  const meaning = await meaningOf(value);
  const judge = (time: number) => {
    const { config, findings } = meaning(time);
    return { config, findings: [...ofText, ...findings.filter(isNotDuplicate(text))] };
  };
  const { config, findings } = judge(now);
  // All that the file says of time, it says in days.
  const findingsAt = (time: number) => (dayOf(time) === dayOf(now) ? findings : judge(time).findings);
  return { findings, findingsAt, locate, ...(config && !findings.some(isError) && { config }) };
}

/** What a value means at a time. A value that the schema accepts has no need of it. */
async function meaningOf(value: unknown): Promise<(time: number) => ParsedConfig> {
  if (accepts(value)) return (time) => judgeAccepted(value, time);
  const { parseConfig } = await import("../../core/validate/parse.ts");
  return (time) => parseConfig(value, time);
}
