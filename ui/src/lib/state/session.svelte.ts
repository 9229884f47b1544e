import { type Backend, commandError, failure, type Inspection } from '../backend/backend';
import type {
  AccountView,
  CheckView,
  CommandError,
  ConnectionView,
  ConversationChange,
  ConversationId,
  Event,
  FirstScreen,
  FoundPeople,
  InboxSnapshot,
  JumpTarget,
  LocalData,
  MessageId,
  Notice,
  NotificationSettings,
  Readers,
  SignedIn,
  SignIn,
  TimelineSnapshot,
} from '../backend/types';
import { now } from '../appearance/now.svelte';
import { AllRead } from './allread.svelte';
import { Archived } from './archived.svelte';
import { Contacts } from './contacts';
import { Frames } from './frames';
import { Held } from './pendingevents';
import { Inbox } from './inbox';
import { Links } from './links.svelte';
import { Teams } from './teams.svelte';
import { applyTimeline } from './timeline';

type InboxEvent = Extract<Event, { kind: 'inbox' }>;
type TimelineEvent = Extract<Event, { kind: 'timeline' }>;
type ArrivedEvent = Extract<Event, { kind: 'arrived' }>;

/** Which screen is shown. */
export type Screen =
  | { kind: 'starting' }
  | { kind: 'signedOut' }
  | { kind: 'locked' }
  | { kind: 'blocked'; error: CommandError }
  | { kind: 'inbox' };

/** The list while nobody is signed in. */
const nothing = { revision: 0, rows: [] };

/** How long the last thread stays on screen while the next one is fetched, before an empty one with its head is shown. */
const SWITCH_PATIENCE = 120;

/** What is on screen, and nothing that is not in a snapshot or an event: the truth is in the store. */
export class Session {
  screen: Screen = $state.raw({ kind: 'starting' });
  account: AccountView | null = $state.raw(null);
  connection: ConnectionView = $state.raw({ kind: 'offline' });
  notice: Notice | null = $state.raw(null);
  inbox: Inbox = $state.raw(Inbox.of(nothing));
  /** The conversation that is chosen. */
  selected: ConversationId | null = $state.raw(null);
  /** Its thread; `null` for the moment until it is there. */
  thread: TimelineSnapshot | null = $state.raw(null);
  /** Counts the windows of the chosen thread: a jump makes another one. */
  windows: number = $state.raw(0);
  /** Counts what was asked for from outside the window: what lies over the thread makes way. */
  shows: number = $state.raw(0);
  /** A jump is under way, which may wait for the server. */
  jumping: boolean = $state.raw(false);
  /** The last live message of somebody else in the chosen conversation, for the live region. */
  arrived: ArrivedEvent | null = $state.raw(null);
  /** The address of the last sign-in, to offer it again. In memory only. */
  lastAddress = '';
  /** Longest text of a message, as `thread/weight.ts` measures. */
  textLimit: number = $state.raw(Number.POSITIVE_INFINITY);
  /** A command that failed outside any form. */
  error: CommandError | null = $state.raw(null);

  /** Teams: the one on screen in full, and what is done about any. */
  readonly teams: Teams;
  readonly contacts: Contacts;

  readonly #backend: Backend;
  readonly #frames: Frames<Event>;
  /** The conversation whose snapshot is on its way. */
  #opening: { id: ConversationId; held: Held<TimelineEvent>; missed: boolean } | null = null;
  /** The message to go to when the thread of its conversation is there. */
  #destination: { id: ConversationId; message: MessageId } | null = null;
  /** What was to be shown before there was a list to show it beside: a page that was loaded anew is led back so. */
  #awaited: { id: ConversationId; message: MessageId | null } | null = null;
  /** What happens to the chosen thread while a jump is under way. */
  #jump: Held<TimelineEvent> | null = null;
  #reloadingInbox: Held<InboxEvent> | null = null;
  /** Something was missed while the list was being fetched: the snapshot that is on its way may be older than that. */
  #reloadAgain = false;
  /** What happens while the answer that says what to show is on its way, to be applied to it. */
  #early: Event[] | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.teams = new Teams(backend, (id) => this.open(id));
    this.contacts = new Contacts(backend, (error) => (this.error = error));
    this.#frames = new Frames((events) => this.#receive(events));
  }

  /** Comparisons of conversations with the server, as far as they were told. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each event, never changed
  checks: ReadonlyMap<ConversationId, CheckView> = $state.raw(new Map());

  /** Whether the server can be asked now. */
  readonly connected: boolean = $derived(['online', 'syncing', 'fetching'].includes(this.connection.kind));

  /** What diagnostics ask for. They keep nothing, so they ask for themselves. */
  get inspection(): Inspection {
    return this.#backend;
  }

  /** Marking all chats as read, with a moment to think again. */
  readonly allRead: AllRead = new AllRead((through) => {
    const told = this.#backend.markAllRead(through);
    this.#loudly(told);
    return told;
  });

  /** The chat that was put aside last, with a moment to think again. */
  readonly archived: Archived = new Archived();

  /** Opening links of messages, with a question before a foreign host. */
  readonly links: Links = new Links(
    (url) => this.#loudly(this.#backend.openLink(url)),
    () => this.account?.address.split('@').at(-1)?.toLowerCase() ?? null,
  );

  /** Unread messages of all chats that are neither muted nor put aside, as the engine counts them. */
  #unread: number = $state.raw(0);

  /** The same, less what was just marked as read. */
  readonly unread: number = $derived(Math.max(0, this.#unread - this.allRead.hidden((id) => this.inbox.row(id), now.at)));

  /** Starts the backend and shows its first answer. */
  async start(): Promise<void> {
    const error = await this.#enter(this.#backend.start((events) => this.#frames.push(events)));
    if (error !== null) this.screen = { kind: 'blocked', error };
  }

  async signIn(form: SignIn): Promise<CommandError | null> {
    return this.#enter(this.#backend.signIn(form).then((signedIn) => ({ kind: 'signedIn', ...signedIn })));
  }

  async unlock(passphrase: string): Promise<CommandError | null> {
    return this.#enter(this.#backend.unlock(passphrase));
  }

  async signOut(localData: LocalData): Promise<CommandError | null> {
    const address = this.lastAddress;
    // Before the call: the event of leaving may come before its answer, and shows the form with this address in it.
    if (localData === 'wipe') this.lastAddress = '';
    try {
      await this.#backend.signOut(localData);
    } catch (reason) {
      this.lastAddress = address;
      return commandError(reason);
    }
    this.#leave();
    return null;
  }

  /** Chooses a conversation. The thread changes hands in one step, so that head, thread and composer always agree. */
  async open(id: ConversationId): Promise<void> {
    this.#clearMark(id);
    if (this.#destination?.id !== id) this.#destination = null;
    if (this.#opening?.id === id || (this.#opening === null && this.selected === id && this.thread !== null)) return;
    const opening = { id, held: new Held<TimelineEvent>(), missed: false };
    this.#opening = opening;
    const impatient = setTimeout(() => this.#turnTo(opening), SWITCH_PATIENCE);
    try {
      const snapshot = await this.#backend.openConversation(id);
      if (this.#opening !== opening) {
        // Chosen away meanwhile; if the choice has come back to the same conversation, that opening owns it.
        if (this.#opening?.id !== id && this.selected !== id) this.#quietly(this.#backend.closeConversation(id));
        return;
      }
      const thread = opening.held.catchUp(snapshot, (state, event) => applyTimeline(state, event.revision, event.diffs));
      this.#turnTo(opening);
      this.#opening = null;
      if (thread !== null) this.thread = thread;
      if (thread === null || opening.missed) this.#refetch(id);
      this.#follow();
    } catch (reason) {
      if (this.#opening === opening) {
        this.#opening = null;
        this.error = commandError(reason);
      }
    } finally {
      clearTimeout(impatient);
    }
  }

  /** Chooses no conversation. */
  close(): void {
    this.#opening = null;
    if (this.selected !== null) this.#quietly(this.#backend.closeConversation(this.selected));
    this.selected = null;
    this.thread = null;
    this.#stay();
  }

  /** Stores a message for sending. The error, if it could not even be stored. */
  send(id: ConversationId, text: string): Promise<CommandError | null> {
    return failure(this.#backend.send(id, text));
  }

  startConversation(address: string): Promise<CommandError | null> {
    return failure(this.#backend.startConversation(address).then((id) => this.open(id)));
  }

  /** Colleagues who match; where that cannot even be asked, nobody does. */
  async findPeople(text: string): Promise<FoundPeople> {
    try {
      return await this.#backend.findPeople(text);
    } catch {
      return { people: [], directory: 'unreachable', address: null };
    }
  }

  pageBack(id: ConversationId): void {
    this.#quietly(this.#backend.pageBack(id));
  }

  pageForward(id: ConversationId): void {
    this.#quietly(this.#backend.pageForward(id));
  }

  view(id: ConversationId, message: MessageId): void {
    this.#quietly(this.#backend.view(id, message));
  }

  /** Goes elsewhere in the chosen thread. What is on screen stays, and goes on, until the other place is there. */
  async jump(to: JumpTarget): Promise<void> {
    const id = this.selected;
    if (id === null || this.thread === null) return;
    const held = new Held<TimelineEvent>();
    this.#jump = held;
    this.jumping = true;
    try {
      const snapshot = await this.#backend.jump(id, to);
      if (this.#jump !== held) return;
      const thread = held.catchUp(snapshot, (state, event) => applyTimeline(state, event.revision, event.diffs));
      this.windows += 1;
      if (thread === null) this.#refetch(id);
      else this.thread = thread;
    } catch (reason) {
      if (this.#jump === held) this.error = commandError(reason);
    } finally {
      if (this.#jump === held) this.#stay();
    }
  }

  markRead(id: ConversationId, message: MessageId): void {
    this.#quietly(this.#backend.markRead(id, message));
  }

  /** Pins, mutes, puts aside or marks as unread; the list changes when the backend says so. */
  decide(id: ConversationId, change: ConversationChange): void {
    this.#loudly(this.#backend.decide(id, change));
  }

  saveDraft(id: ConversationId, text: string): void {
    this.#quietly(this.#backend.saveDraft(id, text));
  }

  compose(id: ConversationId, composing: 'active' | 'paused'): void {
    this.#quietly(this.#backend.compose(id, composing));
  }

  /** Changes a message that has not been sent. The error, if it could not be. */
  edit(message: MessageId, text: string): Promise<CommandError | null> {
    return failure(this.#backend.edit(message, text));
  }

  /** Who has seen a message; the error, if that is not known. */
  async readers(message: MessageId): Promise<Readers | CommandError> {
    try {
      return await this.#backend.readers(message);
    } catch (reason) {
      return commandError(reason);
    }
  }

  resend(message: MessageId): void {
    this.#loudly(this.#backend.resend(message));
  }

  discard(message: MessageId): void {
    this.#loudly(this.#backend.discard(message));
  }

  /** How the system tells of new messages; `null`, and a message on screen, where that could not be read. */
  async notificationSettings(): Promise<NotificationSettings | null> {
    try {
      return await this.#backend.notificationSettings();
    } catch (reason) {
      this.error = commandError(reason);
      return null;
    }
  }

  /** Whether it could be saved; a message on screen says if not. */
  async saveNotificationSettings(settings: NotificationSettings): Promise<boolean> {
    try {
      await this.#backend.saveNotificationSettings(settings);
      return true;
    } catch (reason) {
      this.error = commandError(reason);
      return false;
    }
  }

  reconnect(): void {
    this.#quietly(this.#backend.reconnect());
  }

  openLink(url: string): void {
    this.links.follow(url);
  }

  readonly avatarUrl = (hash: string): string => this.#backend.avatarUrl(hash);

  #show(first: FirstScreen): void {
    switch (first.kind) {
      case 'signedOut':
        this.notice = first.notice;
        this.screen = { kind: 'signedOut' };
        break;
      case 'locked':
        this.screen = { kind: 'locked' };
        break;
      case 'blocked':
        this.screen = { kind: 'blocked', error: first.error };
        break;
      case 'signedIn':
        this.#welcome(first);
        break;
    }
  }

  /**
   * Shows an answer, and then what happened while it was on its way: answers and events reach the window on two ways. Neither may
   * an event be lost for want of a list, nor may the answer's connection take the place of a later one.
   */
  async #enter(answer: Promise<FirstScreen>): Promise<CommandError | null> {
    this.#early ??= [];
    try {
      this.#show(await answer);
      return null;
    } catch (reason) {
      return commandError(reason);
    } finally {
      const early = this.#early;
      this.#early = null;
      if (early !== null) this.#receive(early);
    }
  }

  #welcome(signedIn: SignedIn): void {
    this.account = signedIn.account;
    this.lastAddress = signedIn.account.address;
    this.inbox = Inbox.of(signedIn.inbox);
    this.#unread = signedIn.inbox.unread;
    this.connection = signedIn.connection;
    this.textLimit = signedIn.textLimit;
    now.set(signedIn.now);
    this.notice = signedIn.notice;
    this.screen = { kind: 'inbox' };
    const awaited = this.#awaited;
    this.#awaited = null;
    if (awaited !== null) this.#go(awaited.id, awaited.message);
  }

  #leave(): void {
    this.#opening = null;
    this.#destination = null;
    this.allRead.undo();
    this.archived.withdraw();
    this.links.dismiss();
    this.teams.forget();
    this.#stay();
    this.#reloadingInbox = null;
    this.#reloadAgain = false;
    this.selected = null;
    this.thread = null;
    this.arrived = null;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each event, never changed
    this.checks = new Map();
    this.account = null;
    this.notice = null;
    this.inbox = Inbox.of(nothing);
    this.#unread = 0;
    this.connection = { kind: 'offline' };
    this.screen = { kind: 'signedOut' };
  }

  /** A message elsewhere is asked for, from outside the window: its conversation is opened, and there it is jumped to. */
  #go(id: ConversationId, message: MessageId | null): void {
    if (this.screen.kind === 'starting') this.#awaited = { id, message };
    if (this.screen.kind !== 'inbox') return;
    this.shows += 1;
    this.#destination = message === null ? null : { id, message };
    void this.open(id);
    this.#follow();
  }

  #follow(): void {
    const to = this.#destination;
    if (to === null || this.#opening !== null || this.selected !== to.id || this.thread === null) return;
    this.#destination = null;
    void this.jump({ kind: 'message', id: to.message });
  }

  #turnTo(opening: { id: ConversationId }): void {
    if (this.#opening !== opening || this.selected === opening.id) return;
    if (this.selected !== null) this.#quietly(this.#backend.closeConversation(this.selected));
    this.selected = opening.id;
    this.thread = null;
    this.windows = 0;
    this.#stay();
    this.arrived = null;
  }

  /** No jump is under way any more. */
  #stay(): void {
    this.#jump = null;
    this.jumping = false;
  }

  #receive(events: readonly Event[]): void {
    if (this.#early !== null) {
      this.#early.push(...events);
      return;
    }
    for (const event of events) {
      switch (event.kind) {
        case 'connection':
          this.connection = event.state;
          break;
        case 'account':
          if (this.account !== null) this.account = event.account;
          break;
        case 'inbox':
          this.#receiveInbox(event);
          break;
        case 'unread':
          this.#unread = event.total;
          break;
        case 'timeline':
          this.#receiveTimeline(event);
          break;
        case 'arrived':
          if (event.conversation === this.selected) this.arrived = event;
          break;
        case 'team':
          this.teams.changed(event.conversation);
          break;
        case 'show':
          this.#go(event.conversation, event.message);
          break;
        case 'clock':
          now.set(event.now);
          break;
        case 'check':
          // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each event, never changed
          this.checks = new Map(this.checks).set(event.conversation, event.state);
          break;
        case 'reload':
          this.#reloadInbox();
          this.teams.reload();
          this.#reloadThread();
          break;
        case 'anew':
          // Nothing that is on screen is there any more, and its ids mean something else.
          this.close();
          void this.start();
          break;
        case 'signedOut':
          this.#leave();
          break;
      }
    }
  }

  #receiveInbox(event: InboxEvent): void {
    if (this.#reloadingInbox !== null || this.screen.kind !== 'inbox') {
      this.#reloadingInbox?.keep(event);
      return;
    }
    const outcome = this.inbox.apply(event.revision, event.diffs);
    if (outcome.kind === 'applied') this.inbox = outcome.state;
    else if (outcome.kind === 'missed') this.#reloadInbox();
  }

  #receiveTimeline(event: TimelineEvent): void {
    if (this.#opening?.id === event.conversation) {
      this.#opening.held.keep(event);
      return;
    }
    if (event.conversation !== this.selected || this.thread === null) return;
    this.#jump?.keep(event);
    const outcome = applyTimeline(this.thread, event.revision, event.diffs);
    if (outcome.kind === 'applied') this.thread = outcome.state;
    else if (outcome.kind === 'missed') this.#refetch(event.conversation);
  }

  #reloadInbox(): void {
    if (this.screen.kind !== 'inbox') return;
    if (this.#reloadingInbox !== null) {
      this.#reloadAgain = true;
      return;
    }
    const held = new Held<InboxEvent>();
    this.#reloadingInbox = held;
    this.#reloadAgain = false;
    this.#backend.inbox().then(
      (snapshot) => {
        if (this.#reloadingInbox !== held) return;
        this.#reloadingInbox = null;
        const inbox = caughtUp(snapshot, held);
        if (inbox === null) {
          this.#reloadInbox();
          return;
        }
        this.inbox = inbox;
        this.#unread = snapshot.unread;
        if (this.#reloadAgain) this.#reloadInbox();
      },
      (reason: unknown) => {
        if (this.#reloadingInbox === held) this.#reloadingInbox = null;
        this.error = commandError(reason);
      },
    );
  }

  /** Events of a thread were missed: of the one on screen, or of one whose snapshot is on its way. */
  #reloadThread(): void {
    if (this.#opening !== null && this.#opening.id !== this.selected) this.#opening.missed = true;
    else if (this.selected !== null) this.#refetch(this.selected);
  }

  /** Fetches the thread on screen anew, and keeps the old one visible until the new one is there. */
  #refetch(id: ConversationId): void {
    const opening = { id, held: new Held<TimelineEvent>(), missed: false };
    this.#opening = opening;
    this.#backend.timeline(id).then(
      (snapshot) => {
        if (this.#opening !== opening) return;
        this.#opening = null;
        const thread = opening.held.catchUp(snapshot, (state, event) => applyTimeline(state, event.revision, event.diffs));
        if (thread === null) this.#refetch(id);
        else this.thread = thread;
        this.#follow();
      },
      (reason: unknown) => {
        if (this.#opening === opening) this.#opening = null;
        this.error = commandError(reason);
      },
    );
  }

  /** To open a chat that was marked as unread by hand is to have looked at it again. */
  #clearMark(id: ConversationId): void {
    const row = this.inbox.row(id);
    if (row?.markedUnread === true && row.unread === 0 && row.preview !== null) this.markRead(id, row.preview.message);
  }

  #quietly(command: Promise<unknown>): void {
    // What these ask for is repeated by itself or shown by the connection state; a message would only disturb.
    command.catch(() => undefined);
  }

  #loudly(command: Promise<unknown>): void {
    command.catch((reason: unknown) => (this.error = commandError(reason)));
  }
}

/** The list of a snapshot after what happened while it was on its way; `null`: something in between is missing. */
function caughtUp(snapshot: InboxSnapshot, held: Held<InboxEvent>): Inbox | null {
  return held.catchUp(Inbox.of(snapshot), (inbox, event) => inbox.apply(event.revision, event.diffs));
}
