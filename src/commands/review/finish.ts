import type { Context } from "../../context.ts";
import type { AuditRecord } from "../../core/audit/audit.ts";
import { begunEdits, editsBegun, type WrittenEdit } from "../../core/audit/begun-edits.ts";
import { Failure } from "../../core/model/failure.ts";
import { NO_CONFIG } from "../../core/offboarding/input.ts";
import type { Outcome } from "../../core/outcome/outcome.ts";
import { endOfReview } from "../../core/review/finish.ts";
import { quotedPath } from "../../core/text/text.ts";
import { obeyed, validConfigIfAny } from "../config.ts";
import { refusing } from "../write/refuse.ts";
import { writeWitness } from "../write/witness.ts";
import { edited } from "./edited.ts";
import type { ReviewRequest } from "./review.ts";
import { readJudged } from "./sheet.ts";

export interface FinishOptions extends ReviewRequest {
  readonly file: string;
  /** Where the evidence goes; else beside the sheet. */
  readonly evidence?: string;
  /** Edits rbac.yaml, and leaves the evidence; else the edits are shown, and nothing is written. */
  readonly updateConfig: boolean;
}

/**
 * Ends a review: what was decided to be lowered or removed goes into rbac.yaml, so that `apply` carries it out, and what the file cannot
 * say is listed. Evidence and a line of the audit log say who decided what. Throws Failure.
 */
export async function finishReview(context: Context, options: FinishOptions): Promise<Outcome> {
  const { file, evidence: named, updateConfig, ...request } = options;
  const { files } = context;
  const read = await readJudged(context, file, request, async () => {
    const found = await validConfigIfAny(context);
    return found?.kind === "config" ? obeyed(context, found, !updateConfig) : found;
  });
  if (read.kind === "validation") return read;
  const { judged, review, digest, valid } = read;
  const { entries, decided, problems } = judged;
  const { unknown } = review;
  if (problems.length > 0) {
    return { kind: "sheet", unknown, sheet: { step: "check", path: file, entries, decided: decided.length, problems } };
  }
  const { edits, steps } = endOfReview(decided, valid?.config ?? NO_CONFIG, review.takenAt);
  const config = valid?.reading.file;
  const before = config === undefined || edits.length === 0 ? "" : await files.read(config);
  const after = edits.length === 0 ? before : await edited(context, before, edits);
  const evidence = named ?? `${file}.evidence.json`;
  if (updateConfig) {
    await refusing(async () => {
      await checkEvidence(context, evidence);
      if (after !== before && config !== undefined) await files.tryToWrite(config);
    });
    const log = await context.state.audit();
    const entry = { command: "review", organization: review.organization } as const;
    const to = { organizationId: review.organization.id ?? "", host: context.api.spokenTo()?.host };
    const begun = begunEdits(digest, to);
    const { verification } = await log.read(({ text }) => begun.visit(text));
    const head = verification.ok ? verification.head : undefined;
    const own = edits.map(({ action, path }) => ({ action, path: path.join(".") }));
    let started: AuditRecord | undefined;
    if (after !== before && config !== undefined) {
      const check = await context.config.check(after, config);
      if (!check.config)
        return { kind: "validation", file: config, findings: check.findings, locate: check.locate, strict: false };
      // First: a run that is killed after the edit leaves a file in which the next one finds nothing to edit.
      started = await log.append({ ...entry, ...editsBegun(digest, own), target: evidence });
      await files.rewrite(config, after);
    }
    const isOwn = (edit: WrittenEdit) => own.some(({ action, path }) => action === edit.action && path === edit.path);
    const text = await context.render({
      kind: "review-evidence",
      evidence: {
        organization: review.organization,
        takenAt: context.clock.now(),
        sheet: { path: file, digest },
        decided,
        edits: [...begun.found().filter((edit) => !isOwn(edit)), ...own],
        steps,
        unknown,
        api: context.api.spokenTo(),
        ...(head && { auditHead: { seq: head.seq, hash: head.hash } }),
      },
    });
    const ended = started && ({ phase: "ended", begun: started.seq } as const);
    await writeWitness(context, {
      file: evidence,
      text,
      isNamed: true,
      entry: { ...entry, outcome: "done", ...ended },
    });
  }
  return {
    kind: "sheet",
    unknown,
    sheet: {
      step: "finish",
      path: file,
      entries,
      decided,
      steps,
      before,
      after,
      ...(config !== undefined && { config }),
      ...(updateConfig && { evidence }),
      written: updateConfig && after !== before,
    },
  };
}

async function checkEvidence({ files }: Context, evidence: string): Promise<void> {
  if (await files.exists(evidence)) {
    throw new Failure("file-exists", {
      message: `nothing was changed: ${quotedPath(evidence)} is there already, and evidence is never overwritten`,
      fix: "name another file: --evidence FILE",
    });
  }
  await files.tryToWrite(evidence);
}
