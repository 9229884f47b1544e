import type { ConversationId, ConversationRow } from '../backend/types';
import type { Change } from './inbox';
import { MUTED_FOR_EVER } from './standing';

/** Unread messages of the chats that are neither muted nor put aside, kept row by row rather than summed over all of them. */
export type Tally = {
  /** Of chats that are not muted. */
  readonly loud: number;
  /** Of chats whose muting ends by itself, which no event tells. */
  readonly timed: ReadonlyMap<ConversationId, { until: number; unread: number }>;
};

export const nothing: Tally = { loud: 0, timed: new Map() };

/** Counts a whole list. */
export function tallied(rows: readonly ConversationRow[]): Tally {
  const timed = new Map<ConversationId, { until: number; unread: number }>();
  let loud = 0;
  for (const row of rows) loud += note(timed, row, 1);
  return { loud, timed };
}

/** The same after rows went and came, in that order. */
export function retallied(tally: Tally, changes: readonly Change[]): Tally {
  let { loud } = tally;
  const timed = new Map(tally.timed);
  for (const { gone, come } of changes) {
    if (gone !== undefined) loud += note(timed, gone, -1);
    if (come !== undefined) loud += note(timed, come, 1);
  }
  return { loud, timed };
}

/** How many there are at that time. */
export function unreadAt(tally: Tally, at: number): number {
  let sum = tally.loud;
  for (const { until, unread } of tally.timed.values()) if (until <= at) sum += unread;
  return sum;
}

function note(timed: Map<ConversationId, { until: number; unread: number }>, row: ConversationRow, sign: 1 | -1): number {
  if (row.shownIn === 'archive' || row.unread === 0 || row.mutedUntil === MUTED_FOR_EVER) return 0;
  if (row.mutedUntil === null) return sign * row.unread;
  if (sign === 1) timed.set(row.id, { until: row.mutedUntil, unread: row.unread });
  else timed.delete(row.id);
  return 0;
}
