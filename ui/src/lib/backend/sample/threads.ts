import type { JumpTarget, TimelineDiff, TimelineItem, TimelineSnapshot } from '../types';
import type { SampleChats } from './chats';
import { type Chat, message, unreadIn } from './hospital';
import type { Later } from './later';
import { meansMe } from './tokens';

const PAGE = 50;
/** Messages before the message that a window is made for. */
const CONTEXT = 20;

/** The loaded windows of the sample hospital's threads. */
export class SampleThreads {
  readonly #chats: SampleChats;
  readonly #later: Later;

  constructor(chats: SampleChats, later: Later) {
    this.#chats = chats;
    this.#later = later;
  }

  /** The newest page, or the page around the first unread message. */
  open(chat: Chat): TimelineSnapshot {
    chat.open ??= 1;
    let left = chat.row.unread;
    let first = -1;
    for (let index = chat.items.length - 1; index >= 0 && left > 0; index -= 1) {
      const item = chat.items[index];
      if (item?.kind !== 'message' || item.delivery !== null) continue;
      first = index;
      left -= 1;
    }
    const line = chat.items[first];
    chat.unread = line === undefined ? null : { before: line.id, count: chat.row.unread, mentions: unreadIn(chat).filter(meansMe).map(({ id }) => id) };
    const newest = chat.items.length - PAGE;
    load(chat, first < 0 || first >= newest ? newest : first - CONTEXT, first < newest && first >= 0 ? first + PAGE : chat.items.length);
    return this.snapshot(chat, line?.id ?? null);
  }

  snapshot(chat: Chat, focus: number | null): TimelineSnapshot {
    const { row: conversation, start, end, unread } = chat;
    return { conversation, revision: chat.open ?? 1, start, end, items: chat.items.slice(chat.from, chat.to), unread, focus };
  }

  jump(chat: Chat, to: JumpTarget): TimelineSnapshot {
    const index =
      to.kind === 'newest'
        ? -1
        : chat.items.findIndex((item) => item.kind === 'message' && (to.kind === 'message' ? item.id === to.id : item.at >= to.at));
    if (index < 0) load(chat, chat.items.length - PAGE, chat.items.length);
    else load(chat, index - CONTEXT, index + PAGE);
    chat.open = (chat.open ?? 0) + 1;
    return this.snapshot(chat, chat.items[index]?.id ?? null);
  }

  pageBack(chat: Chat): void {
    if (chat.start !== 'more') return;
    chat.start = 'loading';
    this.#chats.timeline(chat, [{ kind: 'start', start: 'loading' }]);
    this.#later.after(120, () => {
      const from = Math.max(0, chat.from - PAGE);
      const items = chat.items.slice(from, chat.from);
      chat.from = from;
      chat.start = from === 0 ? 'beginning' : 'more';
      this.#chats.timeline(chat, [
        { kind: 'insert', index: 0, items },
        { kind: 'start', start: chat.start },
      ]);
    });
  }

  pageForward(chat: Chat): void {
    if (chat.end !== 'more') return;
    const to = Math.min(chat.items.length, chat.to + PAGE);
    const items = chat.items.slice(chat.to, to);
    const index = chat.to - chat.from;
    load(chat, chat.from, to);
    this.#chats.timeline(chat, [
      { kind: 'insert', index, items },
      { kind: 'end', end: chat.end },
    ]);
  }

  /** Inserts a page into the chat's gap: next to its newer side, or its older one. With the last page the gap is gone. */
  fill(chat: Chat, count: number, side: 'older' | 'newer', last: boolean): void {
    const gap = chat.items.findIndex((item) => item.kind === 'gap');
    const before = chat.items[gap - 1];
    if (gap < 0 || before?.kind !== 'message') return;
    const writer = before.author.kind === 'me' ? 'me' : before.author.key;
    const page = Array.from({ length: count }, (_, index): TimelineItem => ({
      kind: 'message',
      ...message(writer, `Filled ${String(index + 1)} of ${String(count)}`, before.at + index, 'read'),
    }));
    const at = side === 'newer' ? gap + 1 : gap;
    chat.items.splice(at, 0, ...page);
    chat.to += count;
    const diffs: TimelineDiff[] = [{ kind: 'insert', index: at - chat.from, items: page }];
    if (last) {
      const index = chat.items.findIndex((item) => item.kind === 'gap');
      chat.items.splice(index, 1);
      chat.to -= 1;
      diffs.push({ kind: 'remove', index: index - chat.from, count: 1 });
    }
    this.#chats.timeline(chat, diffs);
  }
}

/** Makes these items the loaded window. */
function load(chat: Chat, from: number, to: number): void {
  chat.from = Math.max(0, from);
  chat.to = Math.min(to, chat.items.length);
  chat.start = chat.from === 0 ? 'beginning' : 'more';
  chat.end = chat.to === chat.items.length ? 'newest' : 'more';
}
