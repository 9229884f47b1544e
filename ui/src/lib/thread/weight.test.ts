import { expect, test } from 'vitest';
import { left, weight } from './weight';

test('a text weighs what it takes on its way', () => {
  expect(weight('abc')).toBe(3);
  expect(weight('ä👍')).toBe(6);
  expect(weight('a&b<c>')).toBe(3 + 5 + 4 + 4);
});

test('what is left is said only near the limit, and too much is negative', () => {
  expect(left('a'.repeat(899), 1000)).toBeNull();
  expect(left('a'.repeat(900), 1000)).toBe(100);
  expect(left('&'.repeat(190), 1000)).toBe(50);
  expect(left('a'.repeat(1003), 1000)).toBe(-3);
  expect(left(`${'a'.repeat(1000)}   `, 1000)).toBe(0);
});
