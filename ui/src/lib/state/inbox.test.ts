import { describe, expect, it } from 'vitest';
import type { InboxDiff } from '../backend/types';
import { chatRow } from '../testing/build';
import { Inbox, narrowed } from './inbox';

describe('the chat list', () => {
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
