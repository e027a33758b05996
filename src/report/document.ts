import type { DocumentOutcome } from "../core/outcome/outcome.ts";
import type { Forms } from "./formats/forms.ts";

/** A document is printed bare: the text is the result, whatever the format. */
export const documentForms = {
  text: ({ text }) => text,
  json: "text",
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
} satisfies Forms<DocumentOutcome>;
