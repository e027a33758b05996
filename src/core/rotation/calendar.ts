/** Who made a calendar of due dates, as it says itself. */
export const CALENDAR_MAKER = { company: "anth-rbac", product: "rotate" } as const;

/** Whether a text is a calendar that `rotate --ics` made, which a newer one may replace. */
export function isOwnCalendar(text: string): boolean {
  const lines = text.split(/\r?\n/);
  const { company, product } = CALENDAR_MAKER;
  return lines[0] === "BEGIN:VCALENDAR" && lines.some((line) => line.startsWith(`PRODID:-//${company}//${product}//`));
}
