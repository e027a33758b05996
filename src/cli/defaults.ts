import type { GlobalOptions } from "../adapters/host.ts";
import type { Format } from "../report/formats/forms.ts";

/** What holds where a command line says nothing of it. Ten minutes; the Admin API's limit for the whole organization (its guide, "Rate limits"). */
export const DEFAULT_OPTIONS: GlobalOptions & { readonly format: Format } = {
  json: false,
  format: "text",
  quiet: false,
  debug: false,
  input: true,
  color: true,
  timeout: 600_000,
  hasTimeout: false,
  apiRpm: 100,
  narrowing: [],
};
