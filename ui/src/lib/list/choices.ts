import type { ConversationChange, ConversationRow, MessageId } from '../backend/types';
import type { IconName } from '../parts/Icon.svelte';
import { isMuted, isUnread, MUTED_FOR_EVER } from '../state/standing';

const HOUR = 3_600_000;

/** What can be done with a chat in the list. */
export type Choice = 'read' | 'unread' | 'pin' | 'unpin' | 'muteHour' | 'muteShift' | 'muteForEver' | 'unmute' | 'archive' | 'inbox';

/** Each choice's icon. */
export const choiceIcons: Readonly<Record<Choice, IconName>> = {
  read: 'allRead',
  unread: 'unread',
  pin: 'pin',
  unpin: 'pin',
  muteHour: 'muted',
  muteShift: 'muted',
  muteForEver: 'muted',
  unmute: 'bell',
  archive: 'archive',
  inbox: 'inbox',
};

/** What is offered for a chat as it stands at that time, in groups. Only what changes something is offered. */
export function choices(row: ConversationRow, at: number): readonly (readonly Choice[])[] {
  const reading: Choice[] = isUnread(row) ? (row.preview === null ? [] : ['read']) : ['unread'];
  return [
    [...reading, row.pinned ? 'unpin' : 'pin'],
    isMuted(row, at) ? ['unmute'] : ['muteHour', 'muteShift', 'muteForEver'],
    [row.shownIn === 'archive' ? 'inbox' : 'archive'],
  ];
}

/** What a choice means for a chat: something to decide, or the message up to which it is read. */
export function meaning(choice: Choice, row: ConversationRow, at: number): ConversationChange | { kind: 'read'; message: MessageId } | null {
  switch (choice) {
    case 'read':
      return row.preview === null ? null : { kind: 'read', message: row.preview.message };
    case 'unread':
      return { kind: 'markUnread' };
    case 'pin':
    case 'unpin':
      return { kind: 'pin', pinned: choice === 'pin' };
    case 'muteHour':
      return { kind: 'mute', until: at + HOUR };
    case 'muteShift':
      return { kind: 'mute', until: at + 8 * HOUR };
    case 'muteForEver':
      return { kind: 'mute', until: MUTED_FOR_EVER };
    case 'unmute':
      return { kind: 'mute', until: null };
    case 'archive':
    case 'inbox':
      return { kind: 'move', to: choice };
  }
}
