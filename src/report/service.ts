import type { ServiceOutcome } from "../core/outcome/outcome.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";

/** Something that is up: what to export to use it. */
export const serviceForms = {
  text: serviceText,
  json: ({ url, variables }, run) => jsonObject("sandbox", run, { url, variables }),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<ServiceOutcome>;

function serviceText({ url, variables }: ServiceOutcome): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  return [
    `# a simulated organization is running at ${url}; Ctrl-C stops it and forgets everything`,
    "# in another shell:",
    ...exports,
    "",
  ].join("\n");
}
