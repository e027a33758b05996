import path from "node:path";
import type { Readable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";
import { type Finding, finding, isError, type Locate } from "../../core/model/finding.ts";
import { dayOf } from "../../core/model/time.ts";
import { type ConfigReading, parseConfig } from "../../core/validate/parse.ts";
import { type Content, readStream } from "../files/bounded-read.ts";
import { sha256 } from "../files/sha256.ts";
import { fileTooLarge, readNamed, SIZE_LIMIT, shownPath } from "./bounded-file.ts";
import { parseConfigText } from "./config-text.ts";
import { findConfig, rivalsOf, SEARCHED, whyDistrusted } from "./find-config.ts";
import { isNotDuplicate } from "./yaml-text.ts";

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
  if (file === "-")
    return readingOf("<stdin>", await readStream(stdin ?? process.stdin, { limit: SIZE_LIMIT, signal }), now);
  if (file !== undefined) {
    const location = path.resolve(cwd, file);
    return readingOf(shownPath(location, cwd), await contentOf(location, file, signal), now);
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
  const reading = readingOf(shownPath(location, cwd), await contentOf(location, shownPath(location, cwd), signal), now);
  const others = rivalsOf(location).map((place) => shownPath(place, cwd));
  const distrusted = whyDistrusted(location);
  const several = others.length === 0 ? [] : [finding("several-files", { file: reading.file, others })];
  return Object.defineProperties(
    {
      ...reading,
      findings: [...several, ...reading.findings],
      findingsAt: (other: number) => [...several, ...reading.findingsAt(other)],
      ...(distrusted !== undefined && { distrusted }),
    },
    { digest: Object.getOwnPropertyDescriptor(reading, "digest") ?? {} },
  );
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** The failure of a search that found nothing. */
function notFound(cwd: string): never {
  throw new Failure("config-not-found", {
    message: `no rbac.yaml was found from "${cwd}" upwards (looked for ${SEARCHED.join(", ")})`,
    fix: "name the file with --config FILE, or write a first one: anth-rbac init",
  });
}

function contentOf(location: string, written: string, signal: () => AbortSignal): Promise<Content> {
  const fix = "check the name of the file and the folder that it is in";
  return readNamed(location, { shown: written, code: "config-unreadable", fix }, signal);
}

/** A text as the rbac.yaml that it is to become. `now` is epoch ms. */
export function checkText(text: string, file: string, now: number): ConfigReading {
  return readingOf(file, { bytes: new TextEncoder().encode(text) }, now);
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
  return sameAnyDay([fileTooLarge(bytes)], () => undefined);
}

/** What is wrong with the text is so whatever the time. */
function sameAnyDay(findings: readonly Finding[], locate: Locate): Understood {
  return { findings, findingsAt: () => findings, locate };
}

type Understood = Omit<ConfigReading, "file" | "digest">;

function understand(bytes: Uint8Array, now: number): Understood {
  const text = parseConfigText(bytes);
  const { value, findings: ofText, locate } = text;
  if (value === undefined) return sameAnyDay(ofText, locate);
  const judge = (time: number) => {
    const { config, findings } = parseConfig(value, time);
    return { config, findings: [...ofText, ...findings.filter(isNotDuplicate(text))] };
  };
  const { config, findings } = judge(now);
  // All that the file says of time, it says in days.
  const findingsAt = (time: number) => (dayOf(time) === dayOf(now) ? findings : judge(time).findings);
  return { findings, findingsAt, locate, ...(config && !findings.some(isError) && { config }) };
}
