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

/** Where those put aside begin. They come after all others, so that not all rows need to be looked at. */
export function archiveStart(rows: readonly ConversationRow[]): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle]?.shownIn === 'archive') to = middle;
    else from = middle + 1;
  }
  return from;
}
