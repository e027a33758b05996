import type { Context } from "../context.ts";
import type { ManagedKind } from "../core/config/config.ts";
import { exportOrganization } from "../core/export/export.ts";
import { chosenWorkspaces, exportKinds, exportScope } from "../core/export/input.ts";
import { Failure, isLacking } from "../core/model/failure.ts";
import type { LiveWorkspace, ReadResult } from "../core/model/org.ts";
import { gapText, type UnknownKind } from "../core/model/plan.ts";
import { VERSION } from "../core/model/version.ts";
import type { DocumentOutcome } from "../core/outcome/outcome.ts";
import { shellWord } from "../core/text/printable.ts";
import { quotedPath } from "../core/text/text.ts";

export interface ExportOptions {
  /** Only these kinds; none: all. */
  readonly only: readonly ManagedKind[];
  /** Only these workspaces, each by handle, live name or id; none: all. */
  readonly workspaces: readonly string[];
  /** The file to write; absent or `-`: stdout. */
  readonly out?: string;
  /** The file may be there already. */
  readonly force: boolean;
}

/**
 * Makes sure, before anything is read, that a file can be written, and replaces none unless that is meant: nobody waits for minutes to
 * hear it. Throws Failure `file-exists`, `file-unreadable`.
 */
export async function checkOutput(
  context: Context,
  file: string | undefined,
  { force = false, fix }: { readonly force?: boolean; readonly fix?: string } = {},
): Promise<void> {
  if (file === undefined) return;
  // First, for to overwrite what cannot be written, a folder, would be no way out.
  await context.files.tryToWrite(file);
  if (!force) await checkNewFile(context, file, fix);
}

/** As `checkOutput`, for a run that reads an rbac.yaml: nothing else is ever written over that. Throws Failure `file-exists`. */
export async function checkOutputBesideConfig(
  context: Context,
  file: string | undefined,
  force: boolean,
): Promise<void> {
  const config = file === undefined ? undefined : await context.config.find();
  if (file !== undefined && config !== undefined && (await context.files.isSame(file, config))) {
    throw new Failure("file-exists", {
      message: `${quotedPath(file)} is the configuration that this run reads, and is never overwritten`,
      fix: "name another file",
    });
  }
  await checkOutput(context, file, { force });
}

/** Makes sure that a new file replaces nothing. Throws Failure `file-exists`. */
export async function checkNewFile(
  { files }: Context,
  file: string,
  fix = "name another file, or overwrite it with --force",
): Promise<void> {
  if (await files.exists(file))
    throw new Failure("file-exists", { message: `${quotedPath(file)} is there already`, fix });
}

/** Where an editor looks for the schema, if it lies beside the file. */
export const SCHEMA = "rbac.schema.json";

/** The live organization as an rbac.yaml, to stdout or to a file. Reads no rbac.yaml. Throws Failure. */
export async function exportConfig(context: Context, options: ExportOptions): Promise<DocumentOutcome> {
  const { terminal, files } = context;
  const out = options.out === "-" ? undefined : options.out;
  await checkOutput(context, out, options);
  const { text, unknown } = await exportedText(context, options);
  if (out === undefined) return { kind: "document", text, unknown };
  checkComplete(unknown, "name what is wanted: --only KIND");
  // Reading may have taken minutes.
  if (!options.force) await checkNewFile(context, out);
  const isKept = await files.write(out, text);
  terminal.notice(isKept ? `wrote ${out}: review it, then anth-rbac drift --config ${shellWord(out)}` : `wrote ${out}`);
  return { kind: "document", text: "", unknown };
}

/**
 * Makes sure that nothing could not be read just now: a file without it would soon be taken for the whole organization. What the credential
 * may not read stays so, and the file itself says it. `less` is how to do with less. Throws Failure `incomplete-answer`, `deadline-exceeded`.
 */
export function checkComplete(unknown: readonly UnknownKind[], less: string): void {
  const lost = unknown.filter(({ reason }) => !isLacking(reason));
  if (lost.length === 0) return;
  const isLate = lost.some(({ reason }) => reason === "deadline-exceeded");
  throw new Failure(isLate ? "deadline-exceeded" : "incomplete-answer", {
    message: `nothing was written, since not everything could be read: ${lost.map(gapText).join(", ")}`,
    fix: `${isLate ? "give more time with --timeout" : "run again"}, or ${less}`,
  });
}

/** An exported file before it is written. */
interface ExportedText {
  readonly text: string;
  /** What should be in it and could not be read. */
  readonly unknown: readonly UnknownKind[];
}

/** The live organization as the text of a file, JSON where that is asked for or the file is named so. Says what it leaves out. Throws Failure. */
export async function exportedText(
  context: Context,
  { only, workspaces: asked, out, json = context.options.json }: ExportOptions & { readonly json?: boolean },
): Promise<ExportedText> {
  const { api, clock, config, files, terminal } = context;
  const file = out === "-" ? undefined : out;
  const kinds = exportKinds(only, asked.length > 0);
  const org = await api.reader();
  const live = await org.read(exportScope(kinds, asked.length > 0 ? (all) => idsOf(all, asked) : undefined));
  const schema = file === undefined ? undefined : await files.beside(file, SCHEMA);
  const { document, notices, unknown } = exportOrganization({
    live,
    now: clock.now(),
    kinds,
    version: VERSION,
    ...(asked.length > 0 && { only: chosenWorkspaces(itemsOf(live.workspaces), asked) }),
    ...(schema !== undefined && { schema }),
  });
  const text = await config.text(document, json || file?.endsWith(".json") ? "json" : "yaml");
  for (const notice of notices) terminal.notice(notice);
  // What needs another credential, and nobody asked for by name, is said, and is no failure.
  return { text, unknown: unknown.filter(({ reason }) => only.length > 0 || reason !== "oauth-required") };
}

/** What is to be read while it is not yet sure that every workspace is found; what is not is said after the read. */
function idsOf(workspaces: readonly LiveWorkspace[], asked: readonly string[]): readonly string[] {
  try {
    return [...chosenWorkspaces(workspaces, asked)];
  } catch {
    return [];
  }
}

function itemsOf(workspaces: ReadResult<LiveWorkspace>): readonly LiveWorkspace[] {
  if (workspaces.known) return workspaces.items;
  const code = workspaces.reason === "not-read" ? "internal" : workspaces.reason;
  throw new Failure(code, { message: workspaces.message ?? "the workspaces could not be read" });
}
