import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnRange, revealed } from './viewport';

describe('the drawn part of a long list', () => {
  it('covers the viewport and stays small', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 100, max: 2000 }), fc.nat(800_000), (length, height, top) => {
        const { from, to } = drawnRange(top, height, 72, length, 8);
        expect(to - from).toBeLessThanOrEqual(Math.ceil(height / 72) + 17);
        const first = Math.floor(top / 72);
        if (first < length) {
          expect(from).toBeLessThanOrEqual(first);
          expect(to).toBeGreaterThanOrEqual(Math.min(length, Math.ceil((top + height) / 72)));
        }
      }),
    );
  });

  it('scrolls just far enough to reveal a row', () => {
    expect(revealed(0, 200, 500, 72)).toBe(0);
    expect(revealed(10, 0, 500, 72)).toBe(292);
    expect(revealed(3, 100, 500, 72)).toBe(100);
  });
});
