import { escapeXml } from "../../formats/escape.ts";

/** HTML that is safe to stand in a page: only the functions of this file make it. */
export interface Markup {
  readonly markup: string;
}

/** Text of anybody's, as HTML. What does not show is written out. */
export function html(text: string): Markup {
  return { markup: escapeXml(text) };
}

/** HTML of our own. */
export function raw(markup: string): Markup {
  return { markup };
}

/** HTML elements that have no end. */
const VOID: ReadonlySet<string> = new Set(["meta", "input", "br"]);

/** An element: its attributes are escaped, and so is its text. No attribute may be an event or a style: the page's policy would refuse it. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: string | Markup | readonly (string | Markup)[] = [],
): Markup {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : ` ${key}="${escapeXml(String(value))}"`,
  );
  const start = `<${name}${written.join("")}>`;
  if (VOID.has(name)) return raw(start);
  const parts = Array.isArray(content) ? content : [content as string | Markup];
  return raw(
    `${start}${parts.map((part) => (typeof part === "string" ? escapeXml(part) : part.markup)).join("")}</${name}>`,
  );
}

/** A table with a caption, its first column being what each row is about. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  return element("table", {}, [
    element("caption", {}, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        head.map((title) => element("th", { scope: "col" }, title)),
      ),
    ),
    element(
      "tbody",
      {},
      rows.map(([first = "", ...rest]) =>
        element("tr", {}, [element("th", { scope: "row" }, first), ...rest.map((cell) => element("td", {}, cell))]),
      ),
    ),
  ]);
}
