import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRow, InboxDiff } from '../backend/types';
import { chatRow } from '../testing/build';
import { applyInbox } from './inbox';

/** A random change of a list, made the plain way, with the diff that says the same. */
type Step = { op: 'insert' | 'move' | 'remove' | 'update'; a: number; b: number; unread: number };
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('insert', 'move', 'remove', 'update'),
  a: fc.nat(),
  b: fc.nat(),
  unread: fc.nat(9),
});

function change(rows: ConversationRow[], { op, a, b, unread }: Step, fresh: number): InboxDiff | null {
  const length = rows.length;
  if (op === 'insert') {
    const index = a % (length + 1);
    const row = chatRow(fresh, { unread });
    rows.splice(index, 0, row);
    return { kind: 'insert', index, row };
  }
  if (length === 0) return null;
  const index = a % length;
  if (op === 'remove') {
    rows.splice(index, 1);
    return { kind: 'remove', index };
  }
  if (op === 'move') {
    const to = b % length;
    const [row] = rows.splice(index, 1);
    if (row !== undefined) rows.splice(to, 0, row);
    return { kind: 'move', from: index, to };
  }
  const old = rows[index];
  if (old === undefined) return null;
  const row = { ...old, unread };
  rows[index] = row;
  return { kind: 'update', index, row };
}

describe('the chat list', () => {
  it('is rebuilt exactly by any diffs in any batches', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 }), (size, batches) => {
        const truth = Array.from({ length: size }, (_, index) => chatRow(index + 1));
        let state = { revision: 7, rows: [...truth], unread: 0 };
        let fresh = 1000;
        for (const [index, batch] of batches.entries()) {
          const diffs = batch.map((one) => change(truth, one, fresh++)).filter((diff) => diff !== null);
          const outcome = applyInbox(state, 8 + index, diffs);
          expect(outcome.kind).toBe('applied');
          if (outcome.kind === 'applied') state = outcome.state;
        }
        expect(state.rows).toEqual(truth);
      }),
    );
  });

  it('keeps the objects of unchanged rows and leaves the old list as it was', () => {
    const rows = [chatRow(1), chatRow(2), chatRow(3)];
    const state = { revision: 1, rows, unread: 0 };
    const outcome = applyInbox(state, 2, [{ kind: 'update', index: 1, row: chatRow(2, { unread: 4 }) }]);
    expect(state.rows).toBe(rows);
    expect(rows[1]?.unread).toBe(0);
    if (outcome.kind !== 'applied') throw new Error('not applied');
    expect(outcome.state.rows[0]).toBe(rows[0]);
    expect(outcome.state.rows[2]).toBe(rows[2]);
    expect(outcome.state.rows[1]?.unread).toBe(4);
  });

  it('ignores what its snapshot already holds and reports what it missed', () => {
    const state = { revision: 5, rows: [chatRow(1)], unread: 0 };
    const diffs: InboxDiff[] = [{ kind: 'remove', index: 0 }];
    expect(applyInbox(state, 5, diffs).kind).toBe('stale');
    expect(applyInbox(state, 4, diffs).kind).toBe('stale');
    expect(applyInbox(state, 7, diffs).kind).toBe('missed');
    expect(applyInbox(state, 6, diffs).kind).toBe('applied');
  });

  it('never puts a row in place of another conversation', () => {
    const state = { revision: 1, rows: [chatRow(1), chatRow(2)], unread: 0 };
    expect(applyInbox(state, 2, [{ kind: 'update', index: 0, row: chatRow(2) }]).kind).toBe('missed');
  });

  it.each<InboxDiff>([
    { kind: 'insert', index: 3, row: chatRow(9) },
    { kind: 'remove', index: 2 },
    { kind: 'move', from: 2, to: 0 },
    { kind: 'move', from: 0, to: 2 },
    { kind: 'update', index: 2, row: chatRow(9) },
  ])('reports a diff beyond its end as missed: $kind', (diff) => {
    expect(applyInbox({ revision: 1, rows: [chatRow(1), chatRow(2)], unread: 0 }, 2, [diff]).kind).toBe('missed');
  });
});
