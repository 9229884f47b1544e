import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DWELL, Seen } from './seen';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A thread in a window, and the server that counts: what arrives in the thread and the count come apart. */
class Ward {
  /** Messages that the thread shows. */
  shown = 0;
  /** Messages that were sent. */
  sent = 0;
  /** Up to here the server takes them as read. */
  pointer = 0;
  /** The count that the list knows. */
  known = 0;
  focused = true;
  atBottom = true;
  /** Of the messages in view, since when without a break. */
  readonly inView = new Map<string, number>();
  readonly published: { key: string; after: number }[] = [];
  readonly seen = new Seen(
    { visible: () => this.visible(), unread: () => this.known, attentive: () => this.focused },
    (key) => {
      this.published.push({ key, after: performance.now() - (this.inView.get(key) ?? performance.now()) });
      this.pointer = Math.max(this.pointer, Number(key.slice(1)));
    },
  );

  get unread(): number {
    return this.sent - this.pointer;
  }

  visible(): string[] {
    const end = this.atBottom ? this.shown : Math.max(0, this.shown - 10);
    const from = Math.max(0, end - 5);
    return Array.from({ length: end - from }, (_, index) => `m${String(from + index + 1)}`);
  }

  /** Something happens, and the interface looks, as it does after each. */
  happens(change: () => void): void {
    change();
    const now = this.focused ? new Set(this.visible()) : new Set<string>();
    for (const key of this.inView.keys()) if (!now.has(key)) this.inView.delete(key);
    for (const key of now) if (!this.inView.has(key)) this.inView.set(key, performance.now());
    this.seen.check();
  }
}

const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'sent' as const }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'shown' as const }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'counted' as const }) },
  fc.record({ kind: fc.constant('focus' as const), focused: fc.boolean() }),
  fc.record({ kind: fc.constant('scroll' as const), atBottom: fc.boolean() }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 1500 }) }) },
);

function play(ward: Ward, step: typeof happening extends fc.Arbitrary<infer Step> ? Step : never): void {
  if (step.kind === 'time') vi.advanceTimersByTime(step.ms);
  else if (step.kind === 'sent') ward.sent += 1;
  else if (step.kind === 'shown') ward.happens(() => (ward.shown = ward.sent));
  else if (step.kind === 'counted') ward.happens(() => (ward.known = ward.unread));
  else if (step.kind === 'focus') ward.happens(() => (ward.focused = step.focused));
  else ward.happens(() => (ward.atBottom = step.atBottom));
}

test('whatever happens in whatever order: nothing is read that was not before the reader for a second, and in the end all is', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (steps) => {
      const ward = new Ward();
      for (const step of steps) play(ward, step);
      for (const { key, after } of ward.published) expect(after, key).toBeGreaterThanOrEqual(DWELL);

      // The reader comes back to the end, and what is under way arrives: the thread first, the count last.
      ward.happens(() => {
        ward.focused = true;
        ward.atBottom = true;
        ward.shown = ward.sent;
      });
      vi.advanceTimersByTime(DWELL);
      ward.happens(() => (ward.known = ward.unread));
      expect(ward.unread).toBe(0);
      ward.seen.stop();
    }),
    { numRuns: 500 },
  );
});

test('a message whose count comes long after it is read when the count comes', () => {
  const ward = new Ward();
  ward.sent = 1;
  ward.happens(() => (ward.shown = 1));
  vi.advanceTimersByTime(10_000);
  expect(ward.published).toEqual([]);
  ward.happens(() => (ward.known = 1));
  expect(ward.published.map(({ key }) => key)).toEqual(['m1']);
});

test('a stream is read while it arrives, however dense', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 300, max: 1200 }), { minLength: 5, maxLength: 40 }), fc.integer({ min: 0, max: 300 }), (gaps, late) => {
      const ward = new Ward();
      for (const gap of gaps) {
        ward.sent += 1;
        ward.happens(() => (ward.shown = ward.sent));
        vi.advanceTimersByTime(late);
        ward.happens(() => (ward.known = ward.unread));
        vi.advanceTimersByTime(gap - late);
        // What came within the last second, at most.
        expect(ward.unread).toBeLessThanOrEqual(1 + Math.ceil(DWELL / 300));
      }
      ward.seen.stop();
    }),
  );
});

test('a look away begins the second anew', () => {
  const ward = new Ward();
  ward.sent = 1;
  ward.happens(() => {
    ward.shown = 1;
    ward.known = 1;
  });
  vi.advanceTimersByTime(900);
  ward.happens(() => (ward.focused = false));
  ward.happens(() => (ward.focused = true));
  vi.advanceTimersByTime(900);
  expect(ward.published).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(ward.published).toHaveLength(1);
});

test('what is not in view is not read, and the same is not published twice', () => {
  const ward = new Ward();
  ward.sent = 20;
  ward.happens(() => {
    ward.shown = 20;
    ward.known = 20;
    ward.atBottom = false;
  });
  vi.advanceTimersByTime(5000);
  ward.happens(() => undefined);
  ward.happens(() => (ward.known = ward.unread));
  expect(ward.published.map(({ key }) => key)).toEqual(['m10']);
});
