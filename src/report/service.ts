import type { ServiceOutcome } from "../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../core/plan/plan-json.ts";

/** What to type in another shell to use what is up here. */
export function serviceText({ url, variables }: ServiceOutcome): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  return [
    `# a simulated organization is up at ${url}; Ctrl-C ends it and forgets everything`,
    "# in another shell:",
    ...exports,
    "",
  ].join("\n");
}

/** The same for a program. */
export function serviceJson({ url, variables }: ServiceOutcome): string {
  return `${JSON.stringify({ format_version: FORMAT_VERSION, kind: "sandbox", url, variables, exit_code: 0 }, null, 2)}\n`;
}
