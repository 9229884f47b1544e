import { expect, it } from 'vitest';
import { placed } from './placement';

it('a menu begins where it is wanted and stays inside the window', () => {
  expect(placed(100, 200, 800)).toBe(100);
  expect(placed(700, 200, 800)).toBe(592);
  expect(placed(-20, 200, 800)).toBe(8);
  expect(placed(50, 900, 800)).toBe(8);
});
