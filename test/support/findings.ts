import { type ConfigText, parseConfigText } from "../../src/adapters/config/config-text.ts";
import { plainConfigText } from "../../src/adapters/config/read-config-text.ts";
import { type Finding, formatPath } from "../../src/core/model/finding.ts";
import { parseConfig } from "../../src/core/validate/parse.ts";

/** 2026-11-23, 18:00 UTC: the day on which the tests of rbac.yaml take place. */
export const TODAY = Date.UTC(2026, 10, 23, 18);

/** Everything found in a text, and the text taken apart. */
export function read(text: string | Uint8Array, now = TODAY): ConfigText & { readonly all: readonly Finding[] } {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const taken = plainConfigText(bytes) ?? parseConfigText(bytes);
  const meaning = taken.value === undefined ? [] : parseConfig(taken.value, now).findings;
  return { ...taken, all: [...taken.findings, ...meaning] };
}

/** Findings as short lines: `3:5 error unknown-field roles.a`. */
export function brief(text: string | Uint8Array, now = TODAY): readonly string[] {
  const { all, locate } = read(text, now);
  return all.map(({ code, severity, path, atKey = false, position }) => {
    const place = position ?? (path && locate(path, atKey));
    const at = place ? `${place.line}:${place.column}` : "-";
    return [at, severity, code, path ? formatPath(path) : ""].join(" ").trim();
  });
}
