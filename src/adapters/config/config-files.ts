import type { FileWords } from "../../core/config/words.ts";
import type { ExportDocument } from "../../core/document/document.ts";
import type { PolicyTestFile } from "../../core/policy-test/report.ts";
import type { ConfigReading } from "../../core/validate/judge.ts";
import type { Clock } from "../clock/clock.ts";
import type { Host } from "../host.ts";
import type { EntryEdit } from "./edited-text.ts";
import type { PolicyTestSource } from "./policy-test-files.ts";
import type { PersonRemoval } from "./remove-person.ts";

/** rbac.yaml and its tests: read, written for the first time, edited. */
export interface ConfigFiles {
  /** The rbac.yaml of this run, found or named. `file` (a command's argument) wins over `--config`. Throws Failure. */
  readonly read: (file?: string) => Promise<ConfigReading>;
  /** As `read`, or undefined where no file was named and none is found. */
  readonly readIfAny: () => Promise<ConfigReading | undefined>;
  /** The text of a new config: YAML with its comments, or JSON without. */
  readonly text: (document: ExportDocument, format: "yaml" | "json") => Promise<string>;
  /** What a text would mean as an rbac.yaml, and what is wrong with it; `file` is what it would be called. */
  readonly check: (text: string, file: string) => Promise<ConfigReading>;
  /** The rbac.yaml that a command would use, as it would be shown; undefined where no file was named and none is found. */
  readonly find: () => Promise<string | undefined>;
  /** The words of the file that a command line might name, as far as it can be read: nothing that is wrong with it is said. Never throws. */
  readonly words: (file?: string) => Promise<FileWords>;
  /** The text of an rbac.yaml without a person. Throws Failure `config-unreadable`. */
  readonly removePerson: (text: string, email: string) => Promise<PersonRemoval>;
  /** The text of an rbac.yaml after some edits, its comments kept. Throws Failure `config-unreadable`. */
  readonly edit: (text: string, edits: readonly EntryEdit[]) => Promise<string>;
  /** The plain value of a sheet of decisions; `file` is for messages. Throws Failure `sheet-unreadable`. */
  readonly sheet: (text: string, file: string) => Promise<unknown>;
  /** Files of policy tests, each once. Throws Failure `no-tests`, `file-unreadable`. */
  readonly policyTests: (source: PolicyTestSource) => Promise<readonly PolicyTestFile[]>;
}

/** The files of a run; `named` is what --config says, and `onRead` hears which one it is. Nothing is read or looked for yet. */
export function createConfigFiles(
  host: Host,
  clock: Clock,
  named: string | undefined,
  onRead: (file: string) => void,
): ConfigFiles {
  const { cwd } = host;
  const read = async (file: string | undefined) => {
    const { readConfig } = await import("./config-file.ts");
    const reading = await readConfig({
      cwd,
      now: clock.now(),
      signal: clock.deadline,
      ...(file !== undefined && { file }),
      ...(file === "-" && { stdin: host.stdin }),
    });
    onRead(reading.file);
    return reading;
  };
  return {
    read: async (file) => read(file ?? named),
    readIfAny: async () => {
      const { findConfig } = await import("./find-config.ts");
      if (named === undefined && (await findConfig(cwd)) === undefined) return undefined;
      return read(named);
    },
    text: async (document, format) => {
      const { configText } = await import("./yaml-text.ts");
      return configText(document, format);
    },
    check: async (text, file) => {
      const { checkText } = await import("./config-file.ts");
      return checkText(text, file, clock.now());
    },
    find: async () => {
      if (named !== undefined) return named;
      const [{ findConfig }, { shownPath }] = await Promise.all([
        import("./find-config.ts"),
        import("./bounded-file.ts"),
      ]);
      const found = await findConfig(cwd);
      return found === undefined ? undefined : shownPath(found, cwd);
    },
    words: async (file) => {
      const { readWords } = await import("./config-words.ts");
      return readWords(file ?? named, host, clock.deadline);
    },
    removePerson: async (text, email) => {
      const { removePerson } = await import("./remove-person.ts");
      return removePerson(text, email);
    },
    edit: async (text, edits) => {
      const { editEntries } = await import("./edit-entries.ts");
      return editEntries(text, edits);
    },
    sheet: async (text, file) => {
      const { sheetValue } = await import("./sheet-value.ts");
      return sheetValue(text, file);
    },
    policyTests: async (source) => {
      const { readPolicyTests } = await import("./policy-test-files.ts");
      return readPolicyTests(source, { cwd, stdin: host.stdin, signal: clock.deadline });
    },
  };
}
