import type { Shown } from "../core/outcome/outcome.ts";
import type { Format, Forms, Run } from "./formats/forms.ts";
import { PLAIN, type Style } from "./formats/style.ts";
import { validText } from "./valid.ts";

/** How a result is to be shown. */
export interface View extends Run {
  readonly format: Format;
  readonly colour: boolean;
  /** Of the terminal that reads it; absent where none does, and nothing is wrapped. */
  readonly columns?: number;
}

/** What is text of others, line by line: a file, an answer. */
const AS_IT_IS: ReadonlySet<Shown["kind"]> = new Set([
  "document",
  "message",
  "calendar",
  "review-sheet",
  "review-evidence",
]);

type Showable = { readonly [Kind in Shown["kind"]]: Extract<Shown, { readonly kind: Kind }> };

/** Everything that is shown, with its forms, each loaded only when it is asked for. What is missing here, or there, does not compile. */
const FORMS: { readonly [Kind in keyof Showable]: () => Promise<Forms<Showable[Kind]>> } = {
  validation: async () => (await import("./validation.ts")).validationForms,
  plan: async () => (await import("./plan.ts")).planForms,
  result: async () => (await import("./result.ts")).resultForms,
  status: async () => (await import("./status/status.ts")).statusForms,
  rotation: async () => (await import("./rotation.ts")).rotationForms,
  audit: async () => (await import("./audit.ts")).auditForms,
  decision: async () => (await import("./decision.ts")).decisionForms,
  message: async () => (await import("./message.ts")).messageForms,
  test: async () => (await import("./policy-test.ts")).policyTestForms,
  document: async () => (await import("./document.ts")).documentForms,
  identity: async () => (await import("./identity.ts")).identityForms,
  sheet: async () => (await import("./review/sheet.ts")).sheetForms,
  "review-sheet": async () => (await import("./review/sheet.ts")).reviewSheetForms,
  "review-evidence": async () => (await import("./review/sheet.ts")).reviewEvidenceForms,
  review: async () => (await import("./review/review.ts")).reviewForms,
  init: async () => (await import("./init.ts")).initForms,
  service: async () => (await import("./service.ts")).serviceForms,
  failure: async () => (await import("./failure.ts")).failureForms,
  evidence: async () => (await import("./evidence.ts")).evidenceForms,
  calendar: async () => (await import("./calendar.ts")).calendarForms,
};

/** A result, or what is shown on the way to it, as the text to print. */
export async function render(shown: Shown, view: View): Promise<string> {
  return [...(await renderPieces(shown, view))].join("");
}

/** The same in pieces: that of a large organization takes more room whole than all that was read of it. */
export async function renderPieces(shown: Shown, view: View): Promise<Iterable<string>> {
  // The words for findings take longer to load than a file without any to check.
  const isValid = shown.kind === "validation" && shown.findings.length === 0;
  if (isValid && view.format === "text" && view.columns === undefined) {
    const text = `${validText(shown.file, await styleOf(view.colour))}\n`;
    return [view.pasteable ? view.pasteable(text) : text];
  }
  return renderAs(shown.kind, shown, view);
}

async function renderAs<Kind extends keyof Showable>(
  kind: Kind,
  shown: Showable[Kind],
  view: View,
): Promise<Iterable<string>> {
  const forms = await FORMS[kind]();
  const form = view.format === "text" ? "text" : forms[view.format];
  const text = form === "text" ? forms.text(shown, await styleOf(view.colour)) : await form(shown, view);
  if (typeof text !== "string") return text;
  // JSON and a page have their sentences among their data, and see to them themselves.
  const isOurs = form === "text" || (view.format !== "json" && view.format !== "html");
  const ready = view.pasteable && isOurs && !DATA.has(kind) ? view.pasteable(text) : text;
  if (form !== "text" || view.columns === undefined || AS_IT_IS.has(kind)) return [ready];
  return [await wrapped(ready, view.columns)];
}

async function wrapped(text: string, columns: number): Promise<string> {
  const [{ wrapText }, { displayWidth }] = await Promise.all([
    import("../core/text/wrap.ts"),
    import("./formats/width.ts"),
  ]);
  return wrapText(text, columns, displayWidth);
}

/** What is somebody else's text, or is kept: no command in it is a next step of ours. */
const DATA: ReadonlySet<Shown["kind"]> = new Set([
  "document",
  "message",
  "audit",
  "evidence",
  "calendar",
  "review-sheet",
  "review-evidence",
]);

async function styleOf(colour: boolean): Promise<Style> {
  return colour ? (await import("./formats/colour.ts")).createStyle(colour) : PLAIN;
}
