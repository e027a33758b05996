import type { Config } from "../../src/core/config/config.ts";
import { parseConfig } from "../../src/core/validate/parse.ts";
import { NOW } from "./org.ts";

/** The Config of a value as rbac.yaml would hold it; throws where it has errors, so that a test cannot rest on a broken file. */
export function declared(value: Record<string, unknown>): Config {
  const { config, findings } = parseConfig({ version: 1, ...value }, NOW);
  if (!config) throw new Error(`the test's config is not valid: ${JSON.stringify(findings)}`);
  return config;
}
