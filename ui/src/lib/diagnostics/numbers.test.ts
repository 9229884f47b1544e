import { expect, test } from 'vitest';
import { bytes } from './numbers';

test('a size has a unit that fits', () => {
  expect([0, 999, 4096, 1_540_000, 429_000_000, 3_000_000_000].map(bytes)).toEqual(['0 byte', '999 byte', '4.1 kB', '1.5 MB', '429 MB', '3 GB']);
});
