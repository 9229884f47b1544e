import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineDiff, TimelineItem } from '../backend/types';
import { message, thread } from '../testing/build';
import { applyTimeline } from './timeline';

type Step = { op: 'insert' | 'update' | 'remove'; a: number; count: number };
const step: fc.Arbitrary<Step> = fc.record({ op: fc.constantFrom('insert', 'update', 'remove'), a: fc.nat(), count: fc.integer({ min: 1, max: 4 }) });

function change(items: TimelineItem[], { op, a, count }: Step, fresh: number): TimelineDiff | null {
  if (op === 'insert') {
    const index = a % (items.length + 1);
    const added = Array.from({ length: count }, (_, offset) => message(fresh + offset, fresh, 'bob'));
    items.splice(index, 0, ...added);
    return { kind: 'insert', index, items: added };
  }
  if (items.length === 0) return null;
  const index = a % items.length;
  if (op === 'remove') {
    const gone = Math.min(count, items.length - index);
    items.splice(index, gone);
    return { kind: 'remove', index, count: gone };
  }
  const item: TimelineItem = a % 2 === 0 ? { kind: 'gap', id: fresh, state: 'open' } : message(fresh, fresh, null);
  items[index] = item;
  return { kind: 'update', index, item };
}

describe('a thread', () => {
  it('is rebuilt exactly by any diffs in any batches', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 }), (size, batches) => {
        const truth: TimelineItem[] = Array.from({ length: size }, (_, index) => message(index + 1, index, 'alice'));
        let state = thread(1, [...truth]);
        let fresh = 1000;
        for (const [index, batch] of batches.entries()) {
          const diffs = batch.map((one) => change(truth, one, (fresh += 10))).filter((diff) => diff !== null);
          const outcome = applyTimeline(state, 2 + index, diffs);
          expect(outcome.kind).toBe('applied');
          if (outcome.kind === 'applied') state = outcome.state;
        }
        expect(state.items).toEqual(truth);
      }),
    );
  });

  it('takes a change of its beginning together with older messages', () => {
    const outcome = applyTimeline(thread(1, [message(5, 5, 'bob')]), 2, [
      { kind: 'insert', index: 0, items: [message(4, 4, 'bob')] },
      { kind: 'start', start: 'beginning' },
    ]);
    if (outcome.kind !== 'applied') throw new Error('not applied');
    expect(outcome.state.items.map((item) => item.id)).toEqual([4, 5]);
    expect(outcome.state.start).toBe('beginning');
  });

  it('keeps the unread line where it was when the chat was opened', () => {
    const unread = { before: 5, count: 1, mentions: [] };
    const outcome = applyTimeline(thread(1, [message(5, 5, 'bob')], { unread }), 2, [
      { kind: 'insert', index: 1, items: [message(6, 6, 'bob')] },
    ]);
    if (outcome.kind !== 'applied') throw new Error('not applied');
    expect(outcome.state.unread).toEqual(unread);
  });

  it('grows forwards until its end is the newest message', () => {
    const outcome = applyTimeline(thread(1, [message(5, 5, 'bob')], { end: 'more' }), 2, [
      { kind: 'insert', index: 1, items: [message(6, 6, 'bob')] },
      { kind: 'end', end: 'newest' },
    ]);
    if (outcome.kind !== 'applied') throw new Error('not applied');
    expect(outcome.state.items.map((item) => item.id)).toEqual([5, 6]);
    expect(outcome.state.end).toBe('newest');
  });

  it('reports a removal beyond its end and a revision out of order as missed', () => {
    const state = thread(1, [message(1, 1, 'bob')]);
    expect(applyTimeline(state, 2, [{ kind: 'remove', index: 0, count: 2 }]).kind).toBe('missed');
    expect(applyTimeline(state, 3, []).kind).toBe('missed');
    expect(applyTimeline(state, 1, []).kind).toBe('stale');
    expect(state.items).toHaveLength(1);
  });
});
