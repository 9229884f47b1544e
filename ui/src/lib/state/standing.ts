import type { ConversationRow } from '../backend/types';

/** The time of a muting that has no end. */
export const MUTED_FOR_EVER = Number.MAX_SAFE_INTEGER;

/** Whether a chat is muted at that time: a muting ends by itself, and no event tells of it. */
export function isMuted(row: ConversationRow, at: number): boolean {
  return row.mutedUntil !== null && row.mutedUntil > at;
}

/** Whether something in the chat waits to be read, or is to be looked at again. */
export function isUnread(row: ConversationRow): boolean {
  return row.unread > 0 || row.markedUnread;
}
