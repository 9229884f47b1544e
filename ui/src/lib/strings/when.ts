import { locale, strings } from './strings';

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const weekdayLong = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const weekdayName = new Intl.DateTimeFormat(locale, { weekday: 'long' });
const monthYear = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });
const dayMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const fullDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });

/** Number of the local calendar day, so that two times compare by day through summer-time changes too. */
export function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

/** The local calendar day in the form 2026-11-24. */
export function isoDay(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A month and its year, as the heading of a calendar. */
export function monthOf(at: number): string {
  return monthYear.format(at);
}

/** A day in full, without the time. */
export function dayInFull(at: number): string {
  return fullDay.format(at);
}

/** Names of the days of the week, Monday first: short and in full. */
export function weekdays(): { short: string; full: string }[] {
  // The 5th of January 2026 was a Monday.
  return Array.from({ length: 7 }, (_, day) => new Date(2026, 0, 5 + day)).map((date) => ({ short: weekday.format(date), full: weekdayName.format(date) }));
}

/** Time of day. */
export function timeOfDay(at: number): string {
  return clock.format(at);
}

/** A day in few characters, with its year. */
export function dayOf(at: number): string {
  return dayMonthYear.format(at);
}

/** Time of day, with the day unless it is today. */
export function moment(at: number, now: number): string {
  return dayNumber(at) === dayNumber(now) ? clock.format(at) : `${dayMonthYear.format(at)}, ${clock.format(at)}`;
}

/** Date and time in full, for tooltips. */
export function inFull(at: number): string {
  return full.format(at);
}

/** Short form for the chat list: time today, then day names for a week, then dates. */
export function short(at: number, now: number): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days <= 0) return clock.format(at);
  if (days === 1) return strings.days.yesterday;
  if (days < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? dayMonth.format(at) : dayMonthYear.format(at);
}

/** Header above a day's messages. */
export function dayHeader(at: number, now: number): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return strings.days.today;
  if (days === 1) return strings.days.yesterday;
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? weekdayLong.format(at) : fullDay.format(at);
}
