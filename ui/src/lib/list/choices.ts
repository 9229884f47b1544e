import type { ConversationChange, ConversationRow, MessageId } from '../backend/types';
import type { IconName } from '../components/Icon.svelte';
import { isMuted, isUnread, MUTED_FOR_EVER } from '../state/chatstate';

const HOUR = 3_600_000;

/** What can be done with a chat in the list. */
export type Choice = 'read' | 'unread' | 'pin' | 'unpin' | 'muteHour' | 'muteShift' | 'muteForEver' | 'unmute' | 'archive' | 'inbox' | 'block' | 'unblock';

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
  block: 'block',
  unblock: 'block',
};

/** What is offered for a chat as it stands at that time, in groups. Only what changes something is offered. */
export function choices(row: ConversationRow, at: number): readonly (readonly Choice[])[] {
  const reading: Choice[] = isUnread(row) ? (row.preview === null ? [] : ['read']) : ['unread'];
  const blocking: Choice = row.blocked ? 'unblock' : 'block';
  // A team is left first.
  const mayBlock = row.team === null || (row.team.membership.kind !== 'member' && row.team.membership.kind !== 'ended');
  return [
    [...reading, row.pinned ? 'unpin' : 'pin'],
    isMuted(row, at) ? ['unmute'] : ['muteHour', 'muteShift', 'muteForEver'],
    [row.shownIn === 'archive' ? 'inbox' : 'archive'],
    ...(mayBlock ? [[blocking]] : []),
  ];
}

/** The choices behind each key on a chat in the list. */
const keys: Readonly<Record<string, readonly Choice[]>> = {
  u: ['read', 'unread'],
  p: ['pin', 'unpin'],
  m: ['muteHour', 'muteShift', 'muteForEver', 'unmute'],
  e: ['archive', 'inbox'],
};

/** What a key means for a chat, of all that is offered for it: nothing, one choice, or several to choose from. */
export function choicesOfKey(key: string, row: ConversationRow, at: number): readonly Choice[] {
  const meant = keys[key.toLowerCase()];
  return meant === undefined ? [] : choices(row, at).flat().filter((choice) => meant.includes(choice));
}

/** What a choice means for a chat: something to decide, the message up to which it is read, or whether its person is blocked. */
export type Meaning = ConversationChange | { kind: 'read'; message: MessageId } | { kind: 'block'; blocked: boolean };

/** The meaning of a choice; none where it no longer has any. */
export function meaning(choice: Choice, row: ConversationRow, at: number): Meaning | null {
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
    case 'block':
    case 'unblock':
      return { kind: 'block', blocked: choice === 'block' };
  }
}
