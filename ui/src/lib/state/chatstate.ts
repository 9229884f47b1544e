import type { ConversationRow } from '../backend/types';

/** The time of a muting that has no end. */
export const MUTED_FOR_EVER = Number.MAX_SAFE_INTEGER;

/** Whether a chat is muted at that time: a muting ends by itself, without an event. */
export function isMuted(row: ConversationRow, at: number): boolean {
  return row.mutedUntil !== null && row.mutedUntil > at;
}

/** Whether the chat has unread messages or is marked as unread. */
export function isUnread(row: ConversationRow): boolean {
  return row.unread > 0 || row.markedUnread;
}

/** Where the archived chats begin. They come after all others, so a binary search finds them. */
export function archiveStart(rows: readonly ConversationRow[]): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle]?.shownIn === 'archive') to = middle;
    else from = middle + 1;
  }
  return from;
}
