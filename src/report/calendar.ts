import ical from "ical-generator";
import { dayOf, startOfDay } from "../core/model/time.ts";
import type { CalendarShown } from "../core/outcome/outcome.ts";
import { CALENDAR_MAKER } from "../core/rotation/calendar.ts";
import { CONSOLE_KEYS } from "../core/rotation/rotation-key.ts";
import { bareForms } from "./formats/forms.ts";
import { rotationRow } from "./rotation.ts";

/** The days on which keys need somebody: a file of its own kind, whatever the format of the result. */
export const calendarForms = bareForms<CalendarShown>(rotationCalendar);

/**
 * The days on which keys need somebody, as an iCalendar file: one entry for each key, with a UID that stays the same, so that a
 * calendar that takes the file in again moves its entries and does not double them.
 */
function rotationCalendar({ organization, keys, now }: CalendarShown): string {
  const calendar = ical({ name: "Claude API keys", prodId: CALENDAR_MAKER });
  for (const key of keys) {
    const at = key.next === "wait" ? (key.until ?? key.dueAt) : key.dueAt;
    // A date of a calendar has a year of four digits; `rotate_every: 9999y` is as good as never.
    if (at === undefined || dayOf(at).startsWith("+")) continue;
    const { phase, next } = rotationRow(key, now);
    calendar.createEvent({
      id: `${organization}/${key.target}@anth-rbac`,
      stamp: new Date(now),
      start: new Date(startOfDay(dayOf(at))),
      allDay: true,
      summary: `Rotate ${key.name}`,
      description: `${key.target}: ${phase}${next === "" ? "" : `, ${next}`}`,
      url: CONSOLE_KEYS,
    });
  }
  return calendar.toString();
}
