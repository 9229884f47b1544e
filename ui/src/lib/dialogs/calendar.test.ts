import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoDay } from '../strings/when';
import { addDays, addMonths, midnight, moved, weeksOf } from './calendar';

const day = (year: number, month: number, date: number): number => new Date(year, month - 1, date).getTime();

describe('a calendar', () => {
  it('begins its weeks on Monday and fills them with days of the months beside', () => {
    const weeks = weeksOf(day(2026, 11, 24));
    expect(weeks.map((week) => isoDay(week[0]?.at ?? 0))).toEqual(['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23', '2026-11-30']);
    expect(weeks.flat().filter((one) => one.inMonth)).toHaveLength(30);
  });

  it('shows every day of any month once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2060 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
        const days = weeksOf(day(year, month, 1)).flat();
        expect(days.every((one, index) => index === 0 || addDays(days[index - 1]?.at ?? 0, 1) === one.at)).toBe(true);
        const inside = days.filter((one) => one.inMonth).map((one) => new Date(one.at).getDate());
        expect(inside).toEqual(Array.from({ length: new Date(year, month, 0).getDate() }, (_, index) => index + 1));
      }),
    );
  });

  it('goes from the end of a long month to the end of a short one', () => {
    expect(isoDay(addMonths(day(2027, 1, 31), 1))).toBe('2027-02-28');
    expect(isoDay(addMonths(day(2026, 3, 31), -1))).toBe('2026-02-28');
    expect(isoDay(addMonths(day(2026, 1, 15), -1))).toBe('2025-12-15');
  });

  it('moves by keys, through the changes to and from summer time', () => {
    const from = day(2026, 3, 28);
    const to = (key: string): string | null => {
      const at = moved(from, key);
      return at === null ? null : isoDay(at);
    };
    expect(['ArrowRight', 'ArrowDown', 'Home', 'End', 'PageUp'].map(to)).toEqual(['2026-03-29', '2026-04-04', '2026-03-23', '2026-03-29', '2026-02-28']);
    expect(to('a')).toBeNull();
    expect(isoDay(midnight(day(2026, 10, 25) + 23 * 3_600_000))).toBe('2026-10-25');
  });
});
