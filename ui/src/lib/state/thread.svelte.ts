import { commandError, type ThreadBackend } from '../backend/backend';
import type { ConversationId, Event, JumpTarget, MessageId, TimelineSnapshot } from '../backend/types';
import { type Errors, ignoreFailure } from './errors.svelte';
import { PendingEvents } from './pendingevents';
import { applyTimeline } from './timeline';

type TimelineEvent = Extract<Event, { kind: 'timeline' }>;
type ArrivedEvent = Extract<Event, { kind: 'arrived' }>;

/** A conversation whose snapshot is on its way. `missed`: an event was missed meanwhile, so the snapshot may be too old. */
type Opening = { id: ConversationId; pending: PendingEvents<TimelineEvent>; missed: boolean };

/** How long the last thread stays on screen while the next one is fetched, before an empty one with its head is shown. */
const SWITCH_PATIENCE = 120;

/** The chosen conversation and the loaded window of its thread. */
export class Thread {
  #selected: ConversationId | null = $state.raw(null);
  #snapshot: TimelineSnapshot | null = $state.raw(null);
  #windows: number = $state.raw(0);
  #jumping: boolean = $state.raw(false);
  #arrived: ArrivedEvent | null = $state.raw(null);

  readonly #backend: ThreadBackend;
  readonly #errors: Errors;
  readonly #onopen: (id: ConversationId) => void;
  #opening: Opening | null = null;
  /** The message to jump to once the thread of its conversation has arrived. */
  #destination: { id: ConversationId; message: MessageId } | null = null;
  /** Events of the chosen thread while a jump is under way. */
  #jump: PendingEvents<TimelineEvent> | null = null;

  /** @param onopen a conversation is being opened */
  constructor(backend: ThreadBackend, errors: Errors, onopen: (id: ConversationId) => void) {
    this.#backend = backend;
    this.#errors = errors;
    this.#onopen = onopen;
  }

  /** The conversation that is chosen. */
  get selected(): ConversationId | null {
    return this.#selected;
  }

  /** Its thread; `null` until the thread has arrived. */
  get snapshot(): TimelineSnapshot | null {
    return this.#snapshot;
  }

  /** Counts the windows of the chosen thread: a jump makes another one. */
  get windows(): number {
    return this.#windows;
  }

  /** A jump is under way, which may wait for the server. */
  get jumping(): boolean {
    return this.#jumping;
  }

  /** The last live message of somebody else in the chosen conversation, for the live region. */
  get arrived(): ArrivedEvent | null {
    return this.#arrived;
  }

  /** Chooses a conversation. The thread changes hands in one step, so that head, thread and composer always agree. */
  async open(id: ConversationId): Promise<void> {
    this.#onopen(id);
    if (this.#destination?.id !== id) this.#destination = null;
    if (this.#opening?.id === id || (this.#opening === null && this.#selected === id && this.#snapshot !== null)) return;
    const opening: Opening = { id, pending: new PendingEvents(), missed: false };
    this.#opening = opening;
    const impatient = setTimeout(() => this.#turnTo(opening), SWITCH_PATIENCE);
    try {
      const snapshot = await this.#backend.openConversation(id);
      if (this.#opening !== opening) {
        // Another conversation was chosen meanwhile; if the choice has come back to this one, the newer opening owns it.
        if (this.#opening?.id !== id && this.#selected !== id) ignoreFailure(this.#backend.closeConversation(id));
        return;
      }
      const thread = caughtUp(snapshot, opening.pending);
      this.#turnTo(opening);
      this.#opening = null;
      if (thread !== null) this.#snapshot = thread;
      if (thread === null || opening.missed) this.#refetch(id);
      this.#followDestination();
    } catch (reason) {
      if (this.#opening === opening) {
        this.#opening = null;
        this.#errors.show(commandError(reason));
      }
    } finally {
      clearTimeout(impatient);
    }
  }

  /** Chooses a conversation and jumps to a message in it; without a message, to where the reader left it. */
  openAt(id: ConversationId, message: MessageId | null): void {
    this.#destination = message === null ? null : { id, message };
    void this.open(id);
    this.#followDestination();
  }

  /** Chooses no conversation. */
  close(): void {
    if (this.#selected !== null) ignoreFailure(this.#backend.closeConversation(this.#selected));
    this.#reset();
  }

  /** Forgets the conversation of an account that has signed out. */
  leave(): void {
    this.#reset();
    this.#destination = null;
    this.#arrived = null;
  }

  /** Jumps to another place of the chosen thread. The old place stays on screen, and live, until the other has arrived. */
  async jump(to: JumpTarget): Promise<void> {
    const id = this.#selected;
    if (id === null || this.#snapshot === null) return;
    const pending = new PendingEvents<TimelineEvent>();
    this.#jump = pending;
    this.#jumping = true;
    try {
      const snapshot = await this.#backend.jump(id, to);
      if (this.#jump !== pending) return;
      const thread = caughtUp(snapshot, pending);
      this.#windows += 1;
      if (thread === null) this.#refetch(id);
      else this.#snapshot = thread;
    } catch (reason) {
      if (this.#jump === pending) this.#errors.show(commandError(reason));
    } finally {
      if (this.#jump === pending) this.#endJump();
    }
  }

  pageBack(id: ConversationId): void {
    ignoreFailure(this.#backend.pageBack(id));
  }

  pageForward(id: ConversationId): void {
    ignoreFailure(this.#backend.pageForward(id));
  }

  view(id: ConversationId, message: MessageId): void {
    ignoreFailure(this.#backend.view(id, message));
  }

  receive(event: TimelineEvent): void {
    if (this.#opening?.id === event.conversation) {
      this.#opening.pending.keep(event);
      return;
    }
    if (event.conversation !== this.#selected || this.#snapshot === null) return;
    this.#jump?.keep(event);
    const outcome = applyTimeline(this.#snapshot, event.revision, event.diffs);
    if (outcome.kind === 'applied') this.#snapshot = outcome.state;
    else if (outcome.kind === 'missed') this.#refetch(event.conversation);
  }

  receiveArrived(event: ArrivedEvent): void {
    if (event.conversation === this.#selected) this.#arrived = event;
  }

  /** Events were missed: of the thread on screen, or of the thread whose snapshot is on its way. */
  reload(): void {
    if (this.#opening !== null && this.#opening.id !== this.#selected) this.#opening.missed = true;
    else if (this.#selected !== null) this.#refetch(this.#selected);
  }

  #followDestination(): void {
    const to = this.#destination;
    if (to === null || this.#opening !== null || this.#selected !== to.id || this.#snapshot === null) return;
    this.#destination = null;
    void this.jump({ kind: 'message', id: to.message });
  }

  #turnTo(opening: Opening): void {
    if (this.#opening !== opening || this.#selected === opening.id) return;
    if (this.#selected !== null) ignoreFailure(this.#backend.closeConversation(this.#selected));
    this.#selected = opening.id;
    this.#snapshot = null;
    this.#windows = 0;
    this.#endJump();
    this.#arrived = null;
  }

  #endJump(): void {
    this.#jump = null;
    this.#jumping = false;
  }

  #reset(): void {
    this.#opening = null;
    this.#selected = null;
    this.#snapshot = null;
    this.#endJump();
  }

  /** Fetches the thread on screen anew, and keeps the old one visible until the new one has arrived. */
  #refetch(id: ConversationId): void {
    const opening: Opening = { id, pending: new PendingEvents(), missed: false };
    this.#opening = opening;
    this.#backend.timeline(id).then(
      (snapshot) => {
        if (this.#opening !== opening) return;
        this.#opening = null;
        const thread = caughtUp(snapshot, opening.pending);
        if (thread === null) this.#refetch(id);
        else this.#snapshot = thread;
        this.#followDestination();
      },
      (reason: unknown) => {
        if (this.#opening === opening) this.#opening = null;
        this.#errors.show(commandError(reason));
      },
    );
  }
}

/** The thread of a snapshot after the events that came before it; `null`: an event in between is missing. */
function caughtUp(snapshot: TimelineSnapshot, pending: PendingEvents<TimelineEvent>): TimelineSnapshot | null {
  return pending.catchUp(snapshot, (state, event) => applyTimeline(state, event.revision, event.diffs));
}
