#!/usr/bin/env node
/**
 * The command. What always has the same text (help, the version, the script for a shell) was written at build time by the program that
 * would print it, and is printed without loading that; so were the words that complete a line. Whatever is not exactly such a question goes to the program.
 */
const { fstatSync, readFileSync, statSync, writeSync } = process.getBuiltinModule("node:fs");

const argv = process.argv.slice(2);
const answer = answerTo(argv) ?? (await wordsFor(argv));
if (answer instanceof Uint8Array) print(answer);
else {
  const { main } = await import("../dist/main.js");
  process.exitCode = await main(argv, undefined, answer);
}

/** The bytes of the page that answers a command line; undefined where none does. */
function answerTo(words) {
  for (const page of pagesFor(words)) {
    try {
      const bytes = readFileSync(`${import.meta.dirname}/../dist/pages/${page}.txt`);
      return isWide() ? undefined : bytes;
    } catch {
      // There is no such page: the program says what is wrong with the words.
    }
  }
  return undefined;
}

/** What a completion script is answered, as bytes; what may stand there, where that are words of a file; undefined for every other question. */
async function wordsFor([first, second, ...words]) {
  if (first !== "__complete" || second !== "--") return undefined;
  const { answer } = await import("../dist/words.js");
  const found = answer(words);
  return typeof found === "string" ? new TextEncoder().encode(found) : found;
}

/** Where the answer to a command line would be. */
function pagesFor(words) {
  const [first, ...rest] = words;
  const last = words.at(-1);
  if (words.length === 1 && (last === "-V" || last === "--version")) return ["version"];
  if (words.length === 0) return ["help"];
  if (last === "-h" || last === "--help") return page("help", words.slice(0, -1));
  if (first === "help") return [...page("help", rest), ...(rest.length === 1 ? page("topic", rest) : [])];
  return first === "completion" && rest.length === 1 ? page("completion", rest) : [];
}

function page(kind, names) {
  return names.every((name) => /^[a-z][a-z-]*$/.test(name)) ? [[kind, ...names].join("/")] : [];
}

/** Whether a terminal has another width than the pages are made for. A pipe and a file have none. */
function isWide() {
  return isDevice() && process.stdout.columns !== undefined && process.stdout.columns !== 80;
}

/** A terminal, perhaps. Asked of the system: `process.stdout` takes longer to make than a page to print. */
function isDevice() {
  try {
    const out = fstatSync(1);
    return out.isCharacterDevice() && out.rdev !== statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
  } catch {
    return true;
  }
}

/** Writes all of it, or says why it could not, as the program does. A reader that went away early (`| head`) is no failure. */
function print(bytes) {
  let written = 0;
  try {
    if (!isDevice()) while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    // The pipe is full and does not wait, or its reader is gone: the stream knows what to do.
  }
  if (written < bytes.length) process.stdout.on("error", unwritten).write(bytes.subarray(written));
}

function unwritten({ code, message }) {
  if (code === "EPIPE") return;
  process.stderr.write(`error: the result cannot be written: ${message}\n  make room where it goes, and run again\n`);
  process.exitCode = 1;
}
