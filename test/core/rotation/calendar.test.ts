import { expect, test } from "vitest";
import { CALENDAR_MAKER, isOwnCalendar } from "../../../src/core/rotation/calendar.ts";

const { company, product } = CALENDAR_MAKER;
const OWN = ["BEGIN:VCALENDAR", "VERSION:2.0", `PRODID:-//${company}//${product}//EN`, "END:VCALENDAR", ""];
const OTHERS = OWN.map((line) => line.replace(`//${product}//`, "//holidays//"));

test.each<[string, string, boolean]>([
  ["one that rotate made", OWN.join("\r\n"), true],
  ["one that an editor saved with other ends of lines", OWN.join("\n"), true],
  ["one that somebody else made", OTHERS.join("\r\n"), false],
  ["one that says so of an event's text alone", [...OTHERS, `DESCRIPTION:${OWN[2]}`].join("\r\n"), false],
  ["notes that quote one", ["Remember", ...OWN].join("\r\n"), false],
  ["an empty file", "", false],
])("a newer calendar may replace %s: %s", (_, text, isOwn) => {
  expect(isOwnCalendar(text)).toBe(isOwn);
});
