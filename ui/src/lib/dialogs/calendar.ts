/** A day of a calendar's page, at its local midnight in milliseconds. */
export type Day = { at: number; inMonth: boolean };

/** Local midnight at the beginning of the day of `at`. */
export function midnight(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** That many days later (or earlier), at midnight; right through summer-time changes. */
export function addDays(at: number, days: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** The same day that many months later (or earlier); the last day of a month that is too short for it. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at);
  const last = new Date(date.getFullYear(), date.getMonth() + months + 1, 0);
  return new Date(last.getFullYear(), last.getMonth(), Math.min(date.getDate(), last.getDate())).getTime();
}

/** The weeks, Monday first, that show the month of `at`. */
export function weeksOf(at: number): Day[][] {
  const shown = new Date(at);
  const first = new Date(shown.getFullYear(), shown.getMonth(), 1);
  const length = new Date(shown.getFullYear(), shown.getMonth() + 1, 0).getDate();
  const lead = (first.getDay() + 6) % 7;
  return Array.from({ length: Math.ceil((lead + length) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => {
      const date = new Date(shown.getFullYear(), shown.getMonth(), 1 - lead + week * 7 + day);
      return { at: date.getTime(), inMonth: date.getMonth() === shown.getMonth() };
    }),
  );
}

/** Where a key leads from a day; `null`: it is not a key of calendars. */
export function moved(at: number, key: string): number | null {
  const weekday = (new Date(at).getDay() + 6) % 7;
  switch (key) {
    case 'ArrowLeft':
      return addDays(at, -1);
    case 'ArrowRight':
      return addDays(at, 1);
    case 'ArrowUp':
      return addDays(at, -7);
    case 'ArrowDown':
      return addDays(at, 7);
    case 'Home':
      return addDays(at, -weekday);
    case 'End':
      return addDays(at, 6 - weekday);
    case 'PageUp':
      return addMonths(at, -1);
    case 'PageDown':
      return addMonths(at, 1);
    default:
      return null;
  }
}
