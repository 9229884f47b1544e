import { describe, expect, it } from 'vitest';
import { lineInView, offer, unseen } from './since';

const line = (...mentions: number[]): { before: number; count: number; mentions: number[] } => ({ before: 5, count: 12, mentions });

describe('what is new since the reader was last here', () => {
  it('is not said before anybody has lineInView where the line is', () => {
    expect(offer(line(7), unseen)).toBeNull();
  });

  it('is said while the line is elsewhere, and no more once it was in view', () => {
    const away = lineInView(unseen, false, 0);
    expect(offer(line(), away)).toEqual({ count: 12, mentions: 0, first: 'offered', next: null, at: 0 });
    const there = lineInView(away, true, 0);
    expect(offer(line(), there)).toBeNull();
    expect(offer(line(), lineInView(there, false, 2000))).toBeNull();
    expect(offer(null, away)).toBeNull();
  });

  it('is still said where the line was only passed on the way elsewhere', () => {
    const passed = lineInView(lineInView(unseen, true, 0), false, 200);
    expect(offer(line(), passed)).not.toBeNull();
    const seen = lineInView(lineInView(passed, true, 300), false, 1300);
    expect(offer(line(), lineInView(lineInView(seen, true, 1400), false, 1500))).toBeNull();
  });

  it('stays while there are mentions, with a way to the line only where it is out of view', () => {
    const there = lineInView(unseen, true, 0);
    expect(offer(line(7, 9), there)).toMatchObject({ mentions: 2, first: 'inView', next: 7 });
    expect(offer(line(7, 9), lineInView(there, false, 2000))).toMatchObject({ first: 'offered' });
    expect(offer(line(7, 9), { ...there, bar: 'dismissed' })).toBeNull();
  });

  it('goes round the mentions, oldest first', () => {
    const there = lineInView(unseen, true, 0);
    const steps = [0, 1, 2].map((visited) => offer(line(7, 9), { ...there, visited }));
    expect(steps.map((step) => [step?.next, step?.at])).toEqual([
      [7, 0],
      [9, 1],
      [7, 2],
    ]);
  });

  it('is the same object while nothing changes', () => {
    const there = lineInView(unseen, true, 0);
    expect(lineInView(there, true, 2000)).toBe(there);
  });
});
