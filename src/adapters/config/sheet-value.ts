import { Failure } from "../../core/model/failure.ts";
import { quotedPath } from "../../core/text/text.ts";
import { readYaml } from "./yaml-document.ts";

/** A sheet may be 64 MB; an entry of 500 bytes has some fifty tokens. */
const SHEET_TOKENS = 8_000_000;

/** The plain value of a sheet; `file` is its path as it is shown. Throws Failure `sheet-unreadable`, naming the line. */
export function sheetValue(text: string, file: string): unknown {
  const { value, problems, sound } = readYaml(text, SHEET_TOKENS);
  const [problem] = problems;
  if (sound && !problem) return value;
  const line = text.slice(0, problem?.offset ?? 0).split("\n").length;
  throw new Failure("sheet-unreadable", {
    message: `${quotedPath(file)}, line ${line}: it cannot be read as YAML (${problem?.code ?? "yaml-syntax"})`,
    fix: "correct the line: only decisions and comments are to be edited",
  });
}
