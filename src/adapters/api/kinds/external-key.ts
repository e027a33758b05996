import * as z from "zod/mini";
import type { KeyTrial } from "../../../core/model/external-key.ts";
import { type ExternalKey, NOT_READ } from "../../../core/model/org.ts";
import { readJson } from "../pages.ts";
import { present, type RowSchema, readRow, row, text, textOrNone } from "../rows.ts";
import { type ApiReader, type ListRequest, type OrganizationList, orGone } from "./kind.ts";

const WHAT = "external keys";

type ListedKey = Omit<ExternalKey, "trial">;

/** A key. What it is with its provider decides nothing here. */
const keyRow: RowSchema<ListedKey> = row({ id: text, attachment: z.object({ type: text }) }, ({ id, attachment }) => ({
  id,
  attachment: attachment.type,
}));

/** Both outcomes are answers of 200 (admin-api-1.14.md 3.8). */
const trialRow: RowSchema<KeyTrial> = row(
  { status: z.enum(["success", "failure"]), error: textOrNone },
  ({ status, error }) => ({ works: status === "success", ...present("said", error) }),
);

/** The keys, each that is asked about tried once. Only its own 404 says that a key which the list lacks is not there. */
async function readKeys(api: ApiReader, request?: ListRequest): Promise<readonly ExternalKey[]> {
  const { client, options } = api;
  const listed = await listKeys(api);
  const asked = new Set(request?.scope.externalKeyIds);
  const lacking = [...asked].filter((id) => listed.every((key) => key.id !== id));
  request?.announce(asked.size);
  const found = await Promise.all(
    lacking.map((id) => orGone(client.organization.externalKeys.retrieve(id, options), keyRow, WHAT)),
  );
  const all = [...listed, ...found.flatMap((key) => key ?? [])];
  return Promise.all(
    all.map(async (key) => {
      if (!request || !asked.has(key.id)) return { ...key, trial: NOT_READ };
      const what = `the external key ${key.id}`;
      const trial = await request.attempt(what, async () => [
        readRow(trialRow, await readJson(client.organization.externalKeys.validate(key.id, options), what), what),
      ]);
      return { ...key, trial };
    }),
  );
}

function listKeys({ client, options, list }: ApiReader): Promise<readonly ListedKey[]> {
  return list({
    what: WHAT,
    style: "cursor",
    ask: (page) => client.organization.externalKeys.list(page, options),
    row: keyRow,
    idOf: ({ id }) => id,
  });
}

/** External keys are read and tried, and never written. */
export const externalKeys = {
  what: WHAT,
  only: "console",
  read: readKeys,
} satisfies OrganizationList<ExternalKey>;
