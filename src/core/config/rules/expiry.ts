import type { Facts } from "../../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../../model/finding.ts";
import { DAY, daysBetween, hasPassed, startOfDay } from "../../model/time.ts";

/** From so many days before its end an entry is spoken of. */
const SOON_DAYS = 14;

/** A member's `until` that has passed, or soon will: the next `apply` removes the person. */
export function expiringMembers(facts: Facts): Finding[] {
  const found: Finding[] = [];
  for (const [person, { until }] of Object.entries(facts.written.members ?? {})) {
    if (until === undefined) continue;
    const path = ["members", person, "until"];
    if (hasPassed(until, facts.now)) found.push(finding("expired", { day: until }, { path }));
    else found.push(...endsSoon(until, facts.now, path));
  }
  return found;
}

/** An acceptance that has passed counts as drift again; one that soon will is spoken of. */
export function expiringAcceptances(facts: Facts): Finding[] {
  return facts.itemsOf(facts.written.accept).flatMap(([index, { target, until }]) => {
    const path = ["accept", index, "until"];
    if (hasPassed(until, facts.now)) return [finding("accept-expired", { target, day: until }, { path })];
    return endsSoon(until, facts.now, path);
  });
}

function endsSoon(day: string, now: number, path: ConfigPath): Finding[] {
  const days = daysBetween(now - (now % DAY), startOfDay(day));
  return days <= SOON_DAYS ? [finding("expires-soon", { day, days }, { path })] : [];
}
