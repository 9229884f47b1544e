import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRow } from '../backend/types';
import { chatRow } from '../testing/build';
import type { Change } from './inbox';
import { isMuted, MUTED_FOR_EVER } from './standing';
import { nothing, retallied, tallied, unreadAt } from './tally';

const row: fc.Arbitrary<ConversationRow> = fc
  .record({
    id: fc.nat(5),
    unread: fc.nat(3),
    shownIn: fc.constantFrom('inbox' as const, 'archive' as const),
    mutedUntil: fc.constantFrom(null, 5, 10, MUTED_FOR_EVER),
  })
  .map(({ id, ...rest }) => chatRow(id, rest));

/** The plain way: over all rows. */
const summed = (rows: readonly ConversationRow[], at: number): number =>
  rows.reduce((sum, one) => sum + (isMuted(one, at) || one.shownIn === 'archive' ? 0 : one.unread), 0);

describe('the tally of unread messages', () => {
  it('is what a sum over all rows would be, whatever comes and goes, before and after mutings end', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (changes) => {
        const held = new Map<number, ConversationRow>();
        // Half of them one by one, the other half in one batch.
        let tally = nothing;
        const batch: Change[] = [];
        changes.forEach((next, index) => {
          const old = held.get(next.id);
          const change = old === undefined ? { come: next } : { gone: old, come: next };
          if (index * 2 < changes.length) tally = retallied(tally, [change]);
          else batch.push(change);
          held.set(next.id, next);
        });
        tally = retallied(tally, batch);
        const rows = [...held.values()];
        for (const at of [0, 5, 9, 10, 99]) {
          expect(unreadAt(tally, at)).toBe(summed(rows, at));
          expect(unreadAt(tallied(rows), at)).toBe(summed(rows, at));
        }
      }),
    );
  });
});
