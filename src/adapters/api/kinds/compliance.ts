import * as z from "zod/mini";
import type { ComplianceSettings } from "../../../core/model/compliance.ts";
import { readJson } from "../pages.ts";
import { type RowSchema, readRow, row, text } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf } from "./kind.ts";

const WHAT = "the compliance settings";

const settingsRow: RowSchema<ComplianceSettings> = row({ state: z.object({ type: text }) }, ({ state }) => ({
  state: state.type,
}));

async function readSettings({ client, options }: ApiReader): Promise<ComplianceSettings> {
  return readRow(settingsRow, await readJson(client.organization.complianceSettings.retrieve(options), WHAT), WHAT);
}

export const compliance = {
  // There is one of each organization.
  lists: { compliance: { what: WHAT, read: async (api) => [await readSettings(api)] } },
  workspaceLists: {},
  writes: {
    "set-compliance": {
      words: ({ state }) => `switching the activity feed ${state === "enabled" ? "on" : "off"}`,
      send: ({ organization }, { state }, options) =>
        organization.complianceSettings.update({ state: { type: state } }, options).withResponse(),
      readBack: async (api, { state }) => foundIf((await readSettings(api)).state === state),
      seen: async (api) => ({ state: (await readSettings(api)).state }),
    },
  },
} satisfies ApiKind;
