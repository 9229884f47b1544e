import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRow, InboxDiff } from '../backend/types';
import { chatRow } from '../testing/build';
import { Inbox, narrowed } from './inbox';

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
        let inbox = Inbox.of({ revision: 7, rows: truth });
        let fresh = 1000;
        for (const [index, batch] of batches.entries()) {
          const diffs = batch.map((one) => change(truth, one, fresh++)).filter((diff) => diff !== null);
          const outcome = inbox.apply(8 + index, diffs);
          expect(outcome.kind).toBe('applied');
          if (outcome.kind === 'applied') inbox = outcome.state;
        }
        expect(inbox.rows).toEqual(truth);
      }),
    );
  });

  it('keeps the objects of unchanged rows, leaves its snapshot as it was, and is another object for whoever draws it', () => {
    const rows = [chatRow(1), chatRow(2), chatRow(3)];
    const inbox = Inbox.of({ revision: 1, rows });
    const outcome = inbox.apply(2, [{ kind: 'update', index: 1, row: chatRow(2, { unread: 4 }) }]);
    expect(rows[1]?.unread).toBe(0);
    if (outcome.kind !== 'applied') throw new Error('not applied');
    expect(outcome.state).not.toBe(inbox);
    expect(outcome.state.rows[0]).toBe(rows[0]);
    expect(outcome.state.rows[2]).toBe(rows[2]);
    expect(outcome.state.row(2)?.unread).toBe(4);
  });

  it('ignores what its snapshot already holds and reports what it missed', () => {
    const inbox = Inbox.of({ revision: 5, rows: [chatRow(1)] });
    const diffs: InboxDiff[] = [{ kind: 'remove', index: 0 }];
    expect(inbox.apply(5, diffs).kind).toBe('stale');
    expect(inbox.apply(4, diffs).kind).toBe('stale');
    expect(inbox.apply(7, diffs).kind).toBe('missed');
    expect(inbox.rows).toHaveLength(1);
    expect(inbox.apply(6, diffs).kind).toBe('applied');
  });

  it.each<InboxDiff>([
    { kind: 'insert', index: 3, row: chatRow(9) },
    { kind: 'insert', index: 0, row: chatRow(2) },
    { kind: 'remove', index: 2 },
    { kind: 'move', from: 2, to: 0 },
    { kind: 'move', from: 0, to: 2 },
    { kind: 'update', index: 2, row: chatRow(9) },
    // A row in place of another conversation.
    { kind: 'update', index: 0, row: chatRow(2) },
  ])('reports a diff that does not fit as missed, and takes nothing of it: $kind', (diff) => {
    const rows = [chatRow(1), chatRow(2)];
    const inbox = Inbox.of({ revision: 1, rows });
    expect(inbox.apply(2, [diff]).kind).toBe('missed');
    expect(inbox.rows).toEqual(rows);
    expect([inbox.place(1), inbox.place(2), inbox.place(9)]).toEqual([0, 1, -1]);
  });

  it('is itself where nothing narrows it', () => {
    const inbox = Inbox.of({ revision: 1, rows: [chatRow(1), chatRow(2, { unread: 1 })] });
    expect(narrowed(inbox, [])).toBe(inbox);
    const unread = narrowed(inbox, [(row) => row.unread > 0]);
    expect(unread.rows.map((row) => row.id)).toEqual([2]);
    expect([unread.place(1), unread.place(2)]).toEqual([-1, 0]);
  });
});
