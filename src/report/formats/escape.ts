/**
 * Names from the file and from the API are data, wherever they are shown. One function for each place they are shown in.
 */
import { printable } from "../../core/text/printable.ts";

/** Text for a terminal, on one line: what cannot be seen is written as `\u{1b}`. */
export const escapeTerminal: (text: string) => string = printable;

/** Text for GitHub's Markdown, inside a paragraph or a table cell: no markup, no mentions, no links of its own. */
export function escapeMarkdown(text: string): string {
  return escapeTerminal(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#+!|~]/g, String.raw`\$&`)
    .replaceAll("@", "&#64;");
}

/** Text for XML, in content or in an attribute. Characters that XML cannot bear at all are shown escaped. */
export function escapeXml(text: string): string {
  return escapeTerminal(text)
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/** The message of a workflow command. Source: GitHub's toolkit, `escapeData`. */
export function escapeGithub(text: string): string {
  return escapeTerminal(text).replaceAll("%", "%25");
}

/** A property of a workflow command. Source: GitHub's toolkit, `escapeProperty`. */
export function escapeGithubProperty(text: string): string {
  return escapeGithub(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * A cell of a CSV file (RFC 4180), on one line. What a spreadsheet would take for a formula gets an apostrophe in front, which
 * it takes for text. Source: OWASP, "CSV Injection"; a tab or a line break in front is already shown escaped.
 */
export function escapeCsv(text: string): string {
  const shown = escapeTerminal(text);
  const cell = /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/.test(text) ? `'${shown}` : shown;
  return /[",;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
