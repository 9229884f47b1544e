import { describe, expect, it } from 'vitest';
import type { ConversationRow } from '../backend/types';
import { MUTED_FOR_EVER } from '../state/chatstate';
import { chatRow, teamHead } from '../testing/build';
import { choices, choicesOfKey, meaning } from './choices';

const preview = { message: 7, sender: null, kind: 'text' as const, text: 'Hello', at: 1, delivery: null };

describe('the choices for a chat', () => {
  it('offer only what changes something', () => {
    expect(choices(chatRow(1, { preview }), 0)).toEqual([['unread', 'pin'], ['muteHour', 'muteShift', 'muteForEver'], ['archive'], ['block']]);
    expect(choices(chatRow(1, { preview, unread: 2, pinned: true, mutedUntil: MUTED_FOR_EVER, shownIn: 'archive' }), 0)).toEqual([
      ['read', 'unpin'],
      ['unmute'],
      ['inbox'],
      ['block'],
    ]);
    expect(choices(chatRow(1, { blocked: true }), 0)[3]).toEqual(['unblock']);
    expect(choices(chatRow(1, { kind: 'team', team: teamHead() }), 0)).toHaveLength(3);
    expect(choices(chatRow(1, { kind: 'team', team: teamHead({ membership: { kind: 'removed' } }) }), 0)[3]).toEqual(['block']);
    expect(choices(chatRow(1, { kind: 'team', team: teamHead({ membership: { kind: 'ended' } }) }), 0)).toHaveLength(3);
    expect(choices(chatRow(1, { markedUnread: true }), 0)[0]).toEqual(['pin']);
    expect(choices(chatRow(1, { mutedUntil: 5 }), 5)[1]).toContain('muteHour');
  });

  it('have a key each, which means what is offered', () => {
    const meant = (row: ConversationRow): unknown => ['u', 'p', 'm', 'E', 'x', 'Enter'].map((key) => choicesOfKey(key, row, 0).join(' '));
    expect(meant(chatRow(1, { preview }))).toEqual(['unread', 'pin', 'muteHour muteShift muteForEver', 'archive', '', '']);
    expect(meant(chatRow(1, { preview, unread: 2, pinned: true, mutedUntil: MUTED_FOR_EVER, shownIn: 'archive' }))).toEqual(['read', 'unpin', 'unmute', 'inbox', '', '']);
    // There is no message to read up to.
    expect(choicesOfKey('u', chatRow(1, { markedUnread: true }), 0)).toEqual([]);
  });

  it('mean a decision with its time, or reading up to the last message', () => {
    const row = chatRow(1, { preview });
    expect(meaning('read', row, 0)).toEqual({ kind: 'read', message: 7 });
    expect(meaning('read', chatRow(1), 0)).toBeNull();
    expect(meaning('muteHour', row, 1000)).toEqual({ kind: 'mute', until: 3_601_000 });
    expect(meaning('muteShift', row, 1000)).toEqual({ kind: 'mute', until: 28_801_000 });
    expect(meaning('muteForEver', row, 1000)).toEqual({ kind: 'mute', until: MUTED_FOR_EVER });
    expect(meaning('unmute', row, 1000)).toEqual({ kind: 'mute', until: null });
    expect(meaning('unpin', row, 0)).toEqual({ kind: 'pin', pinned: false });
    expect(meaning('archive', row, 0)).toEqual({ kind: 'move', to: 'archive' });
    expect(meaning('inbox', row, 0)).toEqual({ kind: 'move', to: 'inbox' });
    expect(meaning('block', row, 0)).toEqual({ kind: 'block', blocked: true });
    expect(meaning('unread', row, 0)).toEqual({ kind: 'markUnread' });
  });
});
