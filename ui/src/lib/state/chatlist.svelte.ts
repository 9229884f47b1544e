import { type ChatListBackend, commandError } from '../backend/backend';
import type { ConversationChange, ConversationId, Event, InboxSnapshot, MessageId } from '../backend/types';
import { now } from '../appearance/now.svelte';
import { AllRead } from './allread.svelte';
import { Archived } from './archived.svelte';
import { type Errors, ignoreFailure } from './errors.svelte';
import { Inbox } from './inbox';
import { PendingEvents } from './pendingevents';

type InboxEvent = Extract<Event, { kind: 'inbox' }>;

/** The list while nobody is signed in. */
const empty = Inbox.of({ revision: 0, rows: [] });

/** The chat list, its unread count, and what is done to its chats. */
export class ChatList {
  /** `null`: nobody is signed in. */
  #inbox: Inbox | null = $state.raw(null);
  #total: number = $state.raw(0);
  readonly #backend: ChatListBackend;
  readonly #errors: Errors;
  #reloading: PendingEvents<InboxEvent> | null = null;
  /** An event was missed while the list was being fetched, so the snapshot that is on its way may be too old. */
  #reloadAgain = false;

  /** Marking all chats as read, with a moment to undo it. */
  readonly allRead: AllRead;
  /** The chat that was archived last, with a moment to undo it. */
  readonly archived = new Archived();

  constructor(backend: ChatListBackend, errors: Errors) {
    this.#backend = backend;
    this.#errors = errors;
    this.allRead = new AllRead((through) => {
      const sent = backend.markAllRead(through);
      errors.watch(sent);
      return sent;
    });
  }

  readonly inbox: Inbox = $derived(this.#inbox ?? empty);

  /** Unread messages of all chats that are neither muted nor archived, less those just marked as read. */
  readonly unread: number = $derived.by(() => Math.max(0, this.#total - this.allRead.hidden((id) => this.inbox.row(id), now.at)));

  enter(snapshot: InboxSnapshot): void {
    this.#inbox = Inbox.of(snapshot);
    this.#total = snapshot.unread;
  }

  leave(): void {
    this.allRead.undo();
    this.archived.withdraw();
    this.#reloading = null;
    this.#reloadAgain = false;
    this.#inbox = null;
    this.#total = 0;
  }

  receive(event: InboxEvent): void {
    if (this.#inbox === null) return;
    if (this.#reloading !== null) {
      this.#reloading.keep(event);
      return;
    }
    const outcome = this.#inbox.apply(event.revision, event.diffs);
    if (outcome.kind === 'applied') this.#inbox = outcome.state;
    else if (outcome.kind === 'missed') this.reload();
  }

  receiveUnread(total: number): void {
    this.#total = total;
  }

  /** Events were missed: fetches the list anew. */
  reload(): void {
    if (this.#inbox === null) return;
    if (this.#reloading !== null) {
      this.#reloadAgain = true;
      return;
    }
    const pending = new PendingEvents<InboxEvent>();
    this.#reloading = pending;
    this.#reloadAgain = false;
    this.#backend.inbox().then(
      (snapshot) => {
        if (this.#reloading === pending) this.#reloaded(snapshot, pending);
      },
      (reason: unknown) => {
        if (this.#reloading === pending) this.#reloading = null;
        this.#errors.show(commandError(reason));
      },
    );
  }

  markRead(id: ConversationId, message: MessageId): void {
    ignoreFailure(this.#backend.markRead(id, message));
  }

  /** Takes the mark of unread off a chat that is opened. */
  clearMark(id: ConversationId): void {
    const row = this.inbox.row(id);
    if (row?.markedUnread === true && row.unread === 0 && row.preview !== null) this.markRead(id, row.preview.message);
  }

  /** Pins, mutes, archives or marks as unread; the list changes when the backend confirms it. */
  change(id: ConversationId, change: ConversationChange): void {
    this.#errors.watch(this.#backend.decide(id, change));
  }

  #reloaded(snapshot: InboxSnapshot, pending: PendingEvents<InboxEvent>): void {
    this.#reloading = null;
    const inbox = pending.catchUp(Inbox.of(snapshot), (state, event) => state.apply(event.revision, event.diffs));
    if (inbox === null) {
      this.reload();
      return;
    }
    this.#inbox = inbox;
    this.#total = snapshot.unread;
    if (this.#reloadAgain) this.reload();
  }
}
