import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatRow } from '../testing/build';
import { archiveStart, isMuted, isUnread, MUTED_FOR_EVER } from './chatstate';

describe('how a chat stands', () => {
  it('muted until a time ends by itself, and for ever never', () => {
    expect(isMuted(chatRow(1), 10)).toBe(false);
    expect(isMuted(chatRow(1, { mutedUntil: 11 }), 10)).toBe(true);
    expect(isMuted(chatRow(1, { mutedUntil: 10 }), 10)).toBe(false);
    expect(isMuted(chatRow(1, { mutedUntil: MUTED_FOR_EVER }), Date.UTC(2999, 0))).toBe(true);
  });

  it('is unread by its messages or by hand', () => {
    expect([chatRow(1), chatRow(1, { unread: 1 }), chatRow(1, { markedUnread: true })].map(isUnread)).toEqual([false, true, true]);
  });

  it('those put aside begin after all others', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (inbox, archive) => {
        const rows = Array.from({ length: inbox + archive }, (_, index) => chatRow(index, { shownIn: index < inbox ? 'inbox' : 'archive' }));
        expect(archiveStart(rows)).toBe(inbox);
      }),
    );
  });
});
