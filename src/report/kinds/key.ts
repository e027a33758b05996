import type { ChangeOf, UseDetails } from "../../core/model/change.ts";
import { differences, type KindWords, noWords } from "./kind.ts";

export const key: KindWords<"key"> = {
  added: noWords,
  changed: differences,
  removed: () => "disable",
  removal: "disable",
  manual: ({ before, after }) => {
    if (after?.rotate !== undefined) return after.rotate;
    if (before && after) return differences({ before, after });
    return `create "${after?.name ?? ""}" ${placeWords(after)}`;
  },
  unmanaged: ({ details: { status, created_at, service_account: account, use_7d } }) =>
    [
      status,
      `created ${created_at.slice(0, 10)}`,
      ...(account === undefined ? [] : [`acts as the service account ${account}`]),
      ...(use_7d === undefined ? [] : [weekWords(use_7d)]),
    ].join(", "),
};

/** Where a key has to be created, and as whom it has to act: neither can be changed once it is there. */
export function placeWords(
  wanted:
    | Pick<
        NonNullable<ChangeOf<"key", "manual">["after"]>,
        "workspace" | "user" | "user_email" | "service_account" | "service_account_name"
      >
    | null
    | undefined,
): string {
  const place = wanted?.workspace == null ? "the organization itself" : `the workspace "${wanted.workspace}"`;
  const { service_account: id, service_account_name: name } = wanted ?? {};
  const person = wanted?.user_email ?? wanted?.user;
  if (person !== undefined) return `in ${place}, acting as ${person}, who alone can make it`;
  if (id === undefined) return `in ${place}`;
  return `in ${place}, acting as the service account ${name === undefined ? id : `${name} (${id})`}`;
}

/** What a key was used for in the last seven days; `null`: that could not be read. */
export function weekWords(use: UseDetails | null): string {
  if (!use) return "use not known";
  const tokens = use.input_tokens + use.output_tokens;
  if ((use.requests ?? tokens) === 0) return "unused for 7 days";
  const count = use.requests === null ? `${tokens} tokens` : `${use.requests} requests`;
  return `${count} in 7 days${use.models.length > 0 ? ` (${use.models.join(", ")})` : ""}`;
}
