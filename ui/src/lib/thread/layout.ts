import type { MessageItem, NoticeItem, TimelineItem, UnreadLine } from '../backend/types';
import { itemKey } from '../state/timeline';
import { dayNumber } from '../strings/when';

/** Messages of one person within this time are one group, in milliseconds. */
const GROUP_WINDOW = 5 * 60_000;

/**
 * One row of the thread as drawn. Days are those of this computer's calendar, so day headers are made here and nowhere else; which
 * message the unread line goes above comes with the thread.
 */
export type Row =
  /** `day`: a day header with this time goes above it; `unread`: the unread line, with this number, goes above it. */
  | { kind: 'message'; key: string; message: MessageItem; first: boolean; last: boolean; day: number | null; unread: number | null }
  | { kind: 'notice'; key: string; notice: NoticeItem; day: number | null }
  | { kind: 'gap'; key: string; item: Extract<TimelineItem, { kind: 'gap' }> };

/** Rows for the items from `from` up to `to`, each knowing its place among its neighbours. */
export function rows(items: readonly TimelineItem[], from: number, to: number, line: UnreadLine | null): Row[] {
  const drawn: Row[] = [];
  for (let index = from; index < to; index += 1) {
    const item = items[index];
    if (item === undefined) break;
    const key = itemKey(item);
    if (item.kind === 'gap') {
      drawn.push({ kind: 'gap', key, item });
      continue;
    }
    const newDay = dayBefore(items, index) !== dayNumber(item.at);
    const day = newDay ? item.at : null;
    if (item.kind === 'notice') {
      drawn.push({ kind: 'notice', key, notice: item, day });
      continue;
    }
    const before = items[index - 1];
    const after = items[index + 1];
    const unread = item.id === line?.before ? line.count : null;
    drawn.push({
      kind: 'message',
      key,
      message: item,
      first: newDay || unread !== null || !together(before, item),
      last: after?.kind !== 'message' || after.id === line?.before || !together(item, after) || dayNumber(after.at) !== dayNumber(item.at),
      day,
      unread,
    });
  }
  return drawn;
}

function dayBefore(items: readonly TimelineItem[], index: number): number | null {
  for (let at = index - 1; at >= 0; at -= 1) {
    const item = items[at];
    if (item !== undefined && item.kind !== 'gap') return dayNumber(item.at);
  }
  return null;
}

/** Whether two neighbours belong to one group of bubbles. */
function together(before: TimelineItem | undefined, after: TimelineItem | undefined): boolean {
  return (
    before?.kind === 'message' &&
    after?.kind === 'message' &&
    authorKey(before) === authorKey(after) &&
    after.at - before.at < GROUP_WINDOW
  );
}

function authorKey(message: MessageItem): string {
  return message.author.kind === 'me' ? 'me' : `other ${message.author.key}`;
}

/** The message's plain text. */
export function plainText(message: MessageItem): string {
  return message.text.map((token) => token.text).join('');
}
