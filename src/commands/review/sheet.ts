import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Review } from "../../core/model/review.ts";
import type { Outcome, ValidationOutcome } from "../../core/outcome/outcome.ts";
import { unreadFailure } from "../../core/plan/unread.ts";
import { type JudgedSheet, judgeSheet } from "../../core/review/judge-sheet.ts";
import { assembleReview, type ReviewInput } from "../../core/review/review.ts";
import { checkSheetOf, newSheet, readSheet, type Sheet } from "../../core/review/sheet.ts";
import { quotedPath } from "../../core/text/text.ts";
import type { ValidConfig } from "../config.ts";
import { checkNewFile, checkOutput } from "../export.ts";
import { type ReadFile, type ReviewRequest, readGivers, readReview } from "./review.ts";

export interface StartOptions extends ReviewRequest {
  /** The sheet to write. */
  readonly file: string;
  /** An earlier sheet, whose decisions are carried over where nothing changed. */
  readonly from?: string;
}

const NAME_ANOTHER = "decisions are never overwritten: name another file, and keep what was decided with --from FILE";

/** Begins a review: a sheet with an entry for each grant. Throws Failure. */
export async function startReview(
  context: Context,
  { file, from, ...request }: StartOptions,
): Promise<Outcome | ValidationOutcome> {
  const { files } = context;
  await checkOutput(context, file, { fix: NAME_ANOTHER });
  const earlier = from === undefined ? undefined : await sheetIn(context, from);
  const read = await readReview(context, request);
  if (read.kind === "validation") return read;
  const input = { ...read.input, ...(await readGivers(context, read.input)) };
  const review = wholeReview(input);
  if (earlier && from !== undefined) checkSheetOf(earlier.sheet, review.organization, from);
  const sheet = newSheet(review, files.digest, earlier?.sheet);
  const text = await context.render({ kind: "review-sheet", sheet });
  // Reading may have taken minutes.
  await checkNewFile(context, file, NAME_ANOTHER);
  const isKept = await files.write(file, text);
  const entries = sheet.groups.flatMap((group) => group.entries);
  const carried = entries.filter(({ decision }) => decision !== null).length;
  const { unknown } = review;
  return { kind: "sheet", unknown, sheet: { step: "start", path: file, isKept, entries: entries.length, carried } };
}

/** What a sheet still needs, held against the organization as it is now. Reads only. Throws Failure. */
export async function checkReview(context: Context, { file, ...request }: StartOptions): Promise<Outcome> {
  const read = await readJudged(context, file, request);
  if (read.kind === "validation") return read;
  const { entries, decided, problems } = read.judged;
  const { unknown } = read.review;
  return { kind: "sheet", unknown, sheet: { step: "check", path: file, entries, decided: decided.length, problems } };
}

/** A sheet, and how it stands against the organization. */
export interface ReadJudged {
  readonly kind: "judged";
  readonly judged: JudgedSheet;
  readonly review: Review;
  readonly valid?: ValidConfig;
  /** The digest of the sheet as it is on the disk. */
  readonly digest: string;
}

/** Reads both. Throws Failure. */
export async function readJudged(
  context: Context,
  file: string,
  request: ReviewRequest,
  readFile?: ReadFile,
): Promise<ReadJudged | ValidationOutcome> {
  const { sheet, digest } = await sheetIn(context, file);
  const read = await readReview(context, request, readFile);
  if (read.kind === "validation") return read;
  const review = wholeReview(read.input, (live) => checkSheetOf(sheet, live, file));
  const judged = judgeSheet(sheet, review, context.files.digest);
  return { kind: "judged", judged, review, digest, ...(read.valid && { valid: read.valid }) };
}

/** How `review --format csv` begins, as it is or as a spreadsheet has saved it. */
const REPORT = /^"?subject_type"?[,;\t]/;

async function sheetIn({ files, config }: Context, file: string): Promise<{ sheet: Sheet; digest: string }> {
  const text = await files.read(file);
  if (REPORT.test(text)) {
    throw new Failure("sheet-unreadable", {
      message: `${quotedPath(file)} is the report as a table, and no sheet: no decision is read from it`,
      fix: "decide in a sheet: anth-rbac review start FILE",
    });
  }
  return { sheet: readSheet(await config.sheet(text, file), file, files.digest), digest: files.digest(text) };
}

/** The review of all that the file manages: of a part that was not read nobody may decide, and nothing in it is gone. Throws Failure. */
function wholeReview(input: ReviewInput, check: (organization: Review["organization"]) => void = () => {}): Review {
  const review = assembleReview(input);
  check(review.organization);
  const [first, ...gaps] = review.unknown.filter(({ counts }) => counts);
  if (first) throw unreadFailure("the review is not whole", [first, ...gaps]);
  return review;
}
