import type { Workspace } from "../../config/config.ts";
import { type Finding, finding } from "../../model/finding.ts";
import { type ExternalKey, itemsOf, type LiveWorkspace, type OrgSnapshot, type ReadResult } from "../../model/org.ts";
import { target } from "../../model/target.ts";
import { suggest } from "../../text/suggest.ts";
import type { PlanInput } from "../kind.ts";
import { suggestion } from "../rule-context.ts";

/** What is wrong with the key that a workspace is declared with, and whether the API would refuse to attach it. */
export interface KeyCheck {
  readonly findings: readonly Finding[];
  readonly refused: boolean;
}

const FINE: KeyCheck = { findings: [], refused: false };
/** What could not be read is said among what is unknown; of it nothing is attached, for that would be for good. */
const UNKNOWN: KeyCheck = { findings: [], refused: true };

/**
 * Looks at the key that a workspace is, or is to be, encrypted with: once attached it stays, so what is wrong with it is said before.
 * Another key than the live one is the planner's to say.
 */
export function checkExternalKey(
  { config, live }: Pick<PlanInput, "config" | "live">,
  { handle, externalKeyId: id }: Workspace,
  workspace: LiveWorkspace | undefined,
): KeyCheck {
  const current = workspace?.externalKeyId;
  if (!id || (current !== undefined && current !== id)) return FINE;
  if (!live.externalKeys.known) return current === undefined && isUnread(live.externalKeys) ? UNKNOWN : FINE;
  const held = current === id ? undefined : workspace ? ("attachment" as const) : ("creation" as const);
  const where = { path: ["workspaces", handle, "external_key_id"], target: target.workspace(handle) };
  const key = live.externalKeys.items.find((one) => one.id === id);
  const ofHeld = held === undefined ? {} : { held };
  if (!key) {
    const near = suggestion(
      suggest(
        id,
        live.externalKeys.items.map((one) => one.id),
      ),
    );
    const found = finding("unknown-external-key", { key: id, ...near, ...ofHeld }, where);
    return { findings: [found], refused: held !== undefined };
  }
  if (current === undefined && isUnread(key.trial)) return UNKNOWN;
  const [trial] = itemsOf(key.trial);
  if (trial && !trial.works) {
    const said = trial.said === undefined ? {} : { said: trial.said };
    const found = finding("external-key-not-valid", { key: id, ...said, ...ofHeld }, where);
    return { findings: [found], refused: held !== undefined };
  }
  const bearers = itemsOf(live.workspaces).filter(({ externalKeyId }) => externalKeyId === id);
  if (held === undefined || key.attachment !== "attached") return FINE;
  // Where the file says of another workspace that it has the key too, it is meant to.
  const declared = new Set(
    [...config.workspaces.values()].flatMap((one) => (one.externalKeyId === id ? one.name : [])),
  );
  const others = bearers.filter(({ name }) => !declared.has(name)).map(({ name }) => name);
  if (bearers.length > 0 && others.length === 0) return FINE;
  return { findings: [finding("external-key-elsewhere", { key: id, workspaces: others }, where)], refused: false };
}

function isUnread(reading: ReadResult<unknown>): boolean {
  return !reading.known && reading.reason !== "not-read";
}

/** What of the keys was asked for and is not known: all of them, or what came of trying one. */
export function unreadKeys({ externalKeys }: OrgSnapshot): readonly (readonly [string, ReadResult<unknown>])[] {
  const readings = [externalKeys, ...itemsOf(externalKeys).map((key: ExternalKey) => key.trial)];
  return readings.flatMap((reading) => (isUnread(reading) ? [["external_keys", reading] as const] : []));
}
