import type { Context } from "../context.ts";
import { type Answers, declaredIn, documentOfAnswers } from "../core/export/answers.ts";
import { Failure } from "../core/model/failure.ts";
import type { UnknownKind } from "../core/model/plan.ts";
import { VERSION } from "../core/model/version.ts";
import type { InitOutcome, ValidationOutcome } from "../core/outcome/outcome.ts";
import { parseEmail } from "../core/text/identity.ts";
import { quoted, quotedPath } from "../core/text/text.ts";
import { checkComplete, checkNewFile, checkOutput, exportedText, SCHEMA } from "./export.ts";

export interface InitOptions extends Partial<Pick<Answers, "organization">>, Omit<Answers, "organization"> {
  /** The file to write; absent: rbac.yaml here. */
  readonly file?: string;
}

const FILE = "rbac.yaml";

/**
 * Writes a first rbac.yaml: from flags where there are any, else from the live organization where there is a credential, else from
 * questions. What is there already stays. Throws Failure.
 */
export async function init(context: Context, options: InitOptions): Promise<InitOutcome | ValidationOutcome> {
  const path = await newFile(context, options.file);
  const answers = isAnswered(options) ? given(options) : undefined;
  const isLive = !answers && (await context.api.credential()) !== undefined;
  const { text, unknown } = isLive ? await fromLive(context, path) : await fromAnswers(context, path, answers);
  const { config, findings, locate } = await context.config.check(text, path);
  // Nothing is written that no command would take.
  if (!config) return { kind: "validation", file: path, findings, locate, strict: false };
  // Reading, or answering, may have taken minutes.
  await checkNewFile(context, path, NAME_ANOTHER);
  const isKept = await context.files.write(path, text);
  const from = isLive ? "live" : "answers";
  return { kind: "init", path, isKept, from, summary: declaredIn(config), findings, locate, unknown };
}

const NAME_ANOTHER = "it was left as it is; name another file: anth-rbac init FILE";

/** Where to write. Throws Failure `file-exists`, also for a file that the new one would stand in front of. */
async function newFile(context: Context, named: string | undefined): Promise<string> {
  if (named === "-" || named === "") {
    throw new Failure("usage", { message: "init writes a file", fix: "to print one: anth-rbac export" });
  }
  if (named !== undefined && parseEmail(named) !== undefined) {
    const fix = `to name another admin: --admin ${named}; to write a file of this name: ./${named}`;
    throw new Failure("usage", {
      message: `${quotedPath(named)} is an e-mail address, and no file is named so by chance`,
      fix,
    });
  }
  if (named === undefined) {
    const found = await context.config.find();
    if (found !== undefined) {
      throw new Failure("file-exists", { message: `${quotedPath(found)} is there already`, fix: NAME_ANOTHER });
    }
  }
  const path = named ?? FILE;
  await checkOutput(context, path, { fix: NAME_ANOTHER });
  return path;
}

interface FirstFile {
  readonly text: string;
  readonly unknown: readonly UnknownKind[];
}

async function fromLive(context: Context, path: string): Promise<FirstFile> {
  const written = await exportedText(context, { only: [], workspaces: [], out: path, force: false, json: false });
  checkComplete(written.unknown, "begin with a part of it: the command export has --only KIND");
  return written;
}

async function fromAnswers(context: Context, path: string, answers: Answers | undefined): Promise<FirstFile> {
  const { clock, config, files } = context;
  const schema = await files.beside(path, SCHEMA);
  const about = { now: clock.now(), version: VERSION, ...(schema !== undefined && { schema }) };
  const document = documentOfAnswers(answers ?? (await ask(context)), about);
  return { text: await config.text(document, path.endsWith(".json") ? "json" : "yaml"), unknown: [] };
}

function isAnswered({ organization, admins, workspaces }: InitOptions): boolean {
  return organization !== undefined || admins.length > 0 || workspaces.length > 0;
}

/** What the flags say. Throws Failure `usage` where they do not say enough. */
function given({ organization = "", admins, workspaces }: InitOptions): Answers {
  const missing = [
    ...(organization.trim() === "" ? ["--organization NAME"] : []),
    ...(admins.length === 0 ? ["--admin E-MAIL"] : []),
  ];
  if (missing.length > 0) {
    throw new Failure("usage", { message: `${missing.join(" and ")} missing`, fix: "give both, or neither" });
  }
  return { organization: organization.trim(), admins, workspaces };
}

const GIVE_FLAGS =
  "give --organization NAME and --admin E-MAIL, or set ANTHROPIC_ADMIN_KEY to read the live organization";

/** What a person says. Throws Failure `input-needed` where an answer is none, `interrupted` on Ctrl-C. */
async function ask(context: Context): Promise<Answers> {
  const { prompt, terminal } = context;
  const organization = await prompt.ask("What is the organization called?", GIVE_FLAGS);
  if (!organization) throw unanswered();
  let admins: readonly string[] = [];
  while (admins.length === 0) {
    const words = await prompt.ask("Who are its admins? E-mails, two are wise:", GIVE_FLAGS);
    if (!words) throw unanswered();
    const emails = words.split(/[\s,;]+/).filter((word) => word !== "");
    const strange = emails.filter((word) => parseEmail(word) === undefined);
    if (strange.length > 0) terminal.warning(`${strange.map(quoted).join(", ")}: no e-mail address`);
    else admins = emails.flatMap((word) => parseEmail(word) ?? []);
  }
  const names = await prompt.ask("Which workspaces has it? Names with commas between them, or none:", GIVE_FLAGS);
  // Nothing typed is an answer here; an input that ends is none.
  if (names === undefined) throw unanswered();
  const workspaces = names.split(",").map((name) => name.trim());
  return { organization, admins, workspaces: workspaces.filter((name) => name !== "") };
}

function unanswered(): Failure {
  return new Failure("input-needed", {
    message: "a question was left unanswered, and nothing was written",
    fix: GIVE_FLAGS,
  });
}
