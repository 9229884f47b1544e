import type { ConversationId, ConversationRow, MessageId, ReadThrough } from '../backend/types';
import { isMuted, isUnread } from './chatstate';

/** How long an action on the list can be undone, in milliseconds. */
export const UNDO = 6000;
/** How long chats go on being shown as read after the backend has confirmed it, until the list itself says so, in milliseconds. */
const GRACE = 300;

type Marked = { unread: number; message: MessageId };

const none: ReadonlyMap<ConversationId, Marked> = new Map();

/**
 * Marks all chats as read: shown at once, sent to the backend only when it can no longer be undone. Messages that arrive after
 * the click stay unread.
 */
export class AllRead {
  #count: number | null = $state.raw(null);
  #marked: ReadonlyMap<ConversationId, Marked> = $state.raw(none);

  readonly #send: (through: ReadThrough[]) => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (through: ReadThrough[]) => Promise<unknown>) {
    this.#send = send;
  }

  /** How many chats can be undone now; `null`: none were marked just now. */
  get count(): number | null {
    return this.#count;
  }

  mark(rows: readonly ConversationRow[]): void {
    if (this.#count !== null) this.#commit();
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each click, never changed
    const marked = new Map<ConversationId, Marked>();
    for (const row of rows) {
      if (isUnread(row) && row.preview !== null) marked.set(row.id, { unread: row.unread, message: row.preview.message });
    }
    this.#marked = marked;
    this.#count = marked.size;
    this.#timer = setTimeout(() => this.#commit(), UNDO);
  }

  /** Restores the chats as they were before the click; the backend receives nothing. */
  undo(): void {
    clearTimeout(this.#timer);
    this.#count = null;
    this.#marked = none;
  }

  /** Leaves out a chat that is marked as unread after all. */
  except(id: ConversationId): void {
    if (!this.#marked.has(id)) return;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each exception, never changed
    const marked = new Map(this.#marked);
    marked.delete(id);
    this.#marked = marked;
    if (this.#count !== null) this.#count = marked.size;
  }

  /** The row as shown in the list. */
  shown(row: ConversationRow): ConversationRow {
    const marked = this.#marked.get(row.id);
    if (marked === undefined || !isUnread(row)) return row;
    const unread = Math.max(0, row.unread - marked.unread);
    // Nobody knows which of the newer messages mention the reader: at most as many as came.
    const team = row.team === null ? null : { ...row.team, mentions: Math.min(unread, row.team.mentions) };
    return { ...row, team, unread, markedUnread: false };
  }

  /** How many messages are shown as read that the list counts as unread, of chats that are counted at that time. */
  hidden(rowOf: (id: ConversationId) => ConversationRow | undefined, at: number): number {
    let sum = 0;
    for (const [id, { unread }] of this.#marked) {
      const row = rowOf(id);
      if (row !== undefined && row.shownIn === 'inbox' && !isMuted(row, at)) sum += Math.min(unread, row.unread);
    }
    return sum;
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#count = null;
    const marked = this.#marked;
    const done = (): void => {
      if (this.#marked === marked) this.#marked = none;
    };
    if (marked.size === 0) {
      done();
      return;
    }
    const through = [...marked].map(([conversation, { message }]) => ({ conversation, message }));
    // Where it failed, the chats are shown as unread again at once.
    this.#send(through).then(() => setTimeout(done, GRACE), done);
  }
}
