import type { Command, Option } from "commander";
import { TOPICS } from "../src/cli/topics.ts";
import { VERSION } from "../src/core/model/version.ts";

/** Where the topics of help stand in a manual page: the sections that readers look for. */
const SECTIONS: Readonly<Record<string, string>> = {
  "exit-codes": "EXIT STATUS",
  environment: "ENVIRONMENT",
  config: "FILES",
};

/** The manual page of section 1, in roff, made of what `--help` and `help TOPIC` say. No date: the same sources make the same bytes. */
export function manPage(program: Command): string {
  const topics = Object.entries(TOPICS).flatMap(([topic, { text }]) => {
    const [, , ...lines] = text.trimEnd().split("\n");
    return [`.SH ${SECTIONS[topic] ?? escaped(topic.toUpperCase())}`, ...lines.flatMap(filled)];
  });
  return [
    `.TH ANTH\\-RBAC 1 "" "anth\\-rbac ${VERSION}" "User Commands"`,
    // Ragged and without hyphens: what is copied from a page must not have any in it.
    ".nh",
    ".ad l",
    ".SH NAME",
    `anth\\-rbac \\- ${escaped(lowerFirst(program.description().replace(/\.$/, "")))}`,
    ".SH SYNOPSIS",
    ".B anth\\-rbac",
    "\\fIcommand\\fR [\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    escaped(program.description()),
    "Flags stand before or after the command.",
    ".SH COMMANDS",
    ...visible(program).flatMap((command) => commandPage(command, "anth-rbac")),
    ...topics,
    "",
  ].join("\n");
}

function commandPage(command: Command, parent: string): readonly string[] {
  const name = `${parent} ${command.name()}`;
  const inner = visible(command).flatMap((each) => commandPage(each, name));
  const options = command.createHelp().visibleOptions(command);
  // What only groups others takes no flag but the one for help; a review is asked for by itself, too.
  if (inner.length > 0 && options.every(({ long }) => long === "--help")) return inner;
  return [
    `.SS ${escaped(`${name} ${command.usage()}`)}`,
    escaped(command.description()),
    ...options.flatMap(optionPage),
    ...afterOptions(command).flatMap(filled),
    ...inner,
  ];
}

/** The commands of a command, without the help that each has. */
function visible(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== "help");
}

function optionPage(option: Option): readonly string[] {
  const { flags, description, argChoices } = option;
  const choices = argChoices ? ` (${argChoices.join(", ")})` : "";
  return [".TP", `\\fB${escaped(flags)}\\fR`, escaped(`${description}${choices}`)];
}

/** What stands below the options in the help of a command: remarks and examples. */
function afterOptions(command: Command): readonly string[] {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text.slice(command.helpInformation().length).trim().split("\n");
}

/** What stands before two or more spaces has what is behind them beside it, or below; a line without either is a sentence. */
const ITEM = /^(?: {2}(\S.*?)|(\S.*?)(?= {2}))(?: {2,}(\S.*))?$/;

/** A line of a page as man may break it: an item with its remark, a remark of the item before, or a sentence. */
function filled(line: string): readonly string[] {
  if (line.trim() === "") return [];
  const [, indented, flush, remark] = ITEM.exec(line) ?? [];
  const item = indented ?? flush;
  if (item === undefined) return [".PP", escaped(line)];
  // A command to copy stays in one piece, which man takes amiss of a line that it fills.
  if (!item.includes(" ")) return [".TP", escaped(item), remark === undefined ? "\\&" : escaped(remark)];
  return [".PP", ".nf", escaped(item), ".fi", ...(remark === undefined ? [] : [".RS 4", escaped(remark), ".RE"])];
}

/** A text as roff shows it. A minus stays one that can be copied, and no line is taken for a request. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replace(/^\./, "\\&.");
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
