import { isMuted } from '../../state/chatstate';
import { plainText } from '../../thread/layout';
import type { ConversationRow, Event, InboxDiff, InboxSnapshot, MessageItem, TimelineDiff, TimelineItem } from '../types';
import { SampleBlocked } from './blocked';
import { fail } from './fail';
import { type Chat, hospital, previewOf, withMentions } from './hospital';
import { strangers } from './strangers';

/** Milliseconds of a day. */
const DAY = 86_400_000;

/** The chats of the sample hospital, and the events of their changes. */
export class SampleChats {
  #all: Chat[];
  #revision = 1;
  #receiver: (events: Event[]) => void = () => undefined;
  readonly blocked = new SampleBlocked();
  /** The server's clock minus this computer's. */
  readonly #ahead: number;

  constructor(params: URLSearchParams) {
    this.#ahead = Number(params.get('ahead') ?? 0) * DAY;
    this.#all = params.has('empty') ? [] : hospital(this.now(), Number(params.get('people') ?? 0), params.has('teams'));
    if (params.has('strangers')) this.#all.push(...strangers(this.now(), this.#all.length + 1));
    this.#all.sort(order);
  }

  get all(): readonly Chat[] {
    return this.#all;
  }

  /** The server's time. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** From now on events go to this receiver. */
  listen(receiver: (events: Event[]) => void): void {
    this.#receiver = receiver;
  }

  emit(events: Event[]): void {
    this.#receiver(events);
  }

  /** Emits the events of `act` in one batch. */
  batch(act: () => void): void {
    const events: Event[] = [];
    const receiver = this.#receiver;
    this.#receiver = (more) => events.push(...more);
    act();
    this.#receiver = receiver;
    this.emit(events);
  }

  byId(id: number): Chat {
    return this.#all.find((chat) => chat.row.id === id) ?? fail({ code: 'notFound' });
  }

  byKey(key: string): Chat {
    return this.#all.find((chat) => chat.key === key) ?? fail({ code: 'notFound' });
  }

  /** The message with this id, and where it is. */
  message(id: number): { chat: Chat; index: number; message: MessageItem } {
    for (const chat of this.#all) {
      const index = chat.items.findIndex((item) => item.kind === 'message' && item.id === id);
      const message = chat.items[index];
      if (message?.kind === 'message') return { chat, index, message };
    }
    return fail({ code: 'notFound' });
  }

  /** An id that no conversation has. */
  nextId(): number {
    return Math.max(0, ...this.#all.map(({ row }) => row.id)) + 1;
  }

  inbox(): InboxSnapshot {
    return { revision: this.#revision, rows: this.#all.map((chat) => chat.row), unread: this.#unread() };
  }

  clear(): void {
    this.#all = [];
  }

  /** Skips a revision, as if events had been missed. */
  missEvents(): void {
    this.#revision += 1;
    for (const chat of this.#all) if (chat.open !== null) chat.open += 1;
  }

  add(chat: Chat): void {
    const after = this.#all.findIndex((other) => order(chat, other) <= 0);
    const index = after < 0 ? this.#all.length : after;
    this.#all.splice(index, 0, chat);
    this.#changed([{ kind: 'insert', index, row: chat.row }]);
  }

  remove(chat: Chat): void {
    this.blocked.removed(chat);
    const index = this.#all.indexOf(chat);
    this.#all.splice(index, 1);
    this.#changed([{ kind: 'remove', index }]);
  }

  update(chat: Chat, change: Partial<ConversationRow>): void {
    this.#changeRow(chat, change);
    this.#changed([{ kind: 'update', index: this.#all.indexOf(chat), row: chat.row }]);
  }

  /** Changes a row and moves it to where it then belongs: one event, as the engine does. */
  place(chat: Chat, change: Partial<ConversationRow>): void {
    this.#changeRow(chat, change);
    const from = this.#all.indexOf(chat);
    this.#all.splice(from, 1);
    const after = this.#all.findIndex((other) => order(chat, other) <= 0);
    const to = after < 0 ? this.#all.length : after;
    this.#all.splice(to, 0, chat);
    const moved: InboxDiff[] = from === to ? [] : [{ kind: 'move', from, to }];
    this.#changed([...moved, { kind: 'update', index: to, row: chat.row }]);
  }

  markRead(chat: Chat, message: number): void {
    const index = chat.items.findIndex((item) => item.kind === 'message' && item.id === message);
    const left = chat.items.slice(index + 1).filter((item) => item.kind === 'message' && item.delivery === null).length;
    const unread = Math.min(left, chat.row.unread);
    if (unread < chat.row.unread || chat.row.markedUnread) this.update(chat, { unread, markedUnread: false });
  }

  /** Adds an item at the end of a thread. */
  push(chat: Chat, item: TimelineItem): void {
    chat.items.push(item);
    if (chat.end !== 'newest') return;
    chat.to = chat.items.length;
    this.timeline(chat, [{ kind: 'insert', index: chat.items.length - 1 - chat.from, items: [item] }]);
  }

  /** Adds a message at the end of a thread, and shows it in the list. */
  append(chat: Chat, message: MessageItem, change: Partial<ConversationRow> = {}): void {
    this.push(chat, { kind: 'message', ...message });
    this.place(chat, { ...change, preview: previewOf(chat), shownIn: 'inbox' });
  }

  changeMessage(id: number, change: Partial<MessageItem>): void {
    const { chat, index, message } = this.message(id);
    const changed = { ...message, ...change };
    const unsent = changed.delivery === 'waiting' || changed.delivery === 'failed';
    const item: TimelineItem = { ...changed, kind: 'message', unsent: unsent ? (changed.unsent ?? plainText(changed)) : null };
    chat.items[index] = item;
    if (index >= chat.from && index < chat.to) this.timeline(chat, [{ kind: 'update', index: index - chat.from, item }]);
    this.update(chat, { preview: previewOf(chat) });
  }

  discard(id: number): void {
    const { chat, index } = this.message(id);
    chat.items.splice(index, 1);
    chat.to -= 1;
    this.timeline(chat, [{ kind: 'remove', index: index - chat.from, count: 1 }]);
    this.update(chat, { preview: previewOf(chat) });
  }

  /** Emits changes of an open thread. */
  timeline(chat: Chat, diffs: TimelineDiff[]): void {
    if (chat.open === null) return;
    chat.open += 1;
    this.emit([{ kind: 'timeline', conversation: chat.row.id, revision: chat.open, diffs }]);
  }

  /** Unread messages of the chats that are neither muted nor archived. */
  #unread(): number {
    const at = this.now();
    return this.#all.reduce((sum, { row }) => (row.shownIn === 'archive' || isMuted(row, at) ? sum : sum + row.unread), 0);
  }

  #changeRow(chat: Chat, change: Partial<ConversationRow>): void {
    chat.row = { ...chat.row, ...change };
    chat.row = { ...chat.row, team: withMentions(chat) };
  }

  #changed(diffs: InboxDiff[]): void {
    this.#revision += 1;
    this.emit([
      { kind: 'inbox', revision: this.#revision, diffs },
      { kind: 'unread', total: this.#unread() },
    ]);
  }
}

/** The order of the list: archived chats last, pinned first, then by their last message. */
function order(a: Chat, b: Chat): number {
  const archived = (chat: Chat): number => Number(chat.row.shownIn === 'archive');
  const at = (chat: Chat): number => chat.row.preview?.at ?? chat.since;
  return archived(a) - archived(b) || Number(b.row.pinned) - Number(a.row.pinned) || at(b) - at(a);
}
