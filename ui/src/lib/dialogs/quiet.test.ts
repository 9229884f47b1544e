import { expect, it } from 'vitest';
import { tomorrowMorning } from './quiet';

it('a quiet night ends at eight of the next day, over the ends of months and years too', () => {
  expect(tomorrowMorning(new Date(2026, 10, 24, 22, 15).getTime())).toBe(new Date(2026, 10, 25, 8).getTime());
  expect(tomorrowMorning(new Date(2026, 11, 31, 0, 1).getTime())).toBe(new Date(2027, 0, 1, 8).getTime());
});
