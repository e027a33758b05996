import type { DocumentOutcome } from "../core/outcome/outcome.ts";
import { bareForms } from "./formats/forms.ts";

/** A document is printed bare: the text is the result, whatever the format. */
export const documentForms = bareForms<DocumentOutcome>(({ text }) => text);
