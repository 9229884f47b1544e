import { locale, words } from './words';

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const weekdayLong = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const dayMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const fullDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });

/** Number of the local calendar day, so that two times compare by day through summer-time changes too. */
export function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

/** Time of day. */
export function timeOfDay(at: number): string {
  return clock.format(at);
}

/** Date and time in full, for tooltips. */
export function inFull(at: number): string {
  return full.format(at);
}

/** Short form for the chat list: time today, then day names for a week, then dates. */
export function short(at: number, now: number): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days <= 0) return clock.format(at);
  if (days === 1) return words.days.yesterday;
  if (days < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? dayMonth.format(at) : dayMonthYear.format(at);
}

/** Header above a day's messages. */
export function dayHeader(at: number, now: number): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return words.days.today;
  if (days === 1) return words.days.yesterday;
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? weekdayLong.format(at) : fullDay.format(at);
}
