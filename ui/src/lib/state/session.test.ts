import { flushSync } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend, Appearance } from '../backend/backend';
import type {
  Blocked,
  ConversationChange,
  ConversationId,
  Event,
  FirstScreen,
  FoundPeople,
  HeldPage,
  InboxSnapshot,
  JumpTarget,
  MessageId,
  NotificationSettings,
  OpenTeam,
  Readers,
  ReadThrough,
  SignedIn,
  TeamDetails,
  TimelineSnapshot,
} from '../backend/types';
import { chatRow, message, thread } from '../testing/build';
import { Session } from './session.svelte';

/** A backend whose answers the test hands out when it likes. */
class Scripted implements Backend {
  emit: (events: Event[]) => void = () => undefined;
  first: FirstScreen = { kind: 'signedIn', ...signedIn() };
  opened: { id: ConversationId; answer: (snapshot: TimelineSnapshot) => void; refuse: (reason: unknown) => void }[] = [];
  closed: ConversationId[] = [];
  inboxes: ((snapshot: InboxSnapshot) => void)[] = [];
  signInAnswer: ((answer: SignedIn) => void) | null = null;

  starts = 0;

  start(onEvents: (events: Event[]) => void): Promise<FirstScreen> {
    this.starts += 1;
    this.emit = onEvents;
    return this.starting ?? Promise.resolve(this.first);
  }
  starting: Promise<FirstScreen> | null = null;
  signIn(): Promise<SignedIn> {
    return new Promise((resolve) => (this.signInAnswer = resolve));
  }
  openConversation(id: ConversationId): Promise<TimelineSnapshot> {
    return new Promise((answer, refuse) => this.opened.push({ id, answer, refuse }));
  }
  closeConversation(id: ConversationId): Promise<void> {
    this.closed.push(id);
    return Promise.resolve();
  }
  inbox(): Promise<InboxSnapshot> {
    return new Promise((resolve) => this.inboxes.push(resolve));
  }
  unlock = (): Promise<FirstScreen> => Promise.resolve({ kind: 'signedIn', ...signedIn() });
  savedLook = (): Partial<Appearance> => ({});
  saveLook = (): Promise<void> => Promise.resolve();
  signOut = (): Promise<void> => Promise.resolve();
  timelines: { id: ConversationId; answer: (snapshot: TimelineSnapshot) => void; refuse: (reason: unknown) => void }[] = [];
  timeline = (id: ConversationId): Promise<TimelineSnapshot> =>
    new Promise((answer, refuse) => this.timelines.push({ id, answer, refuse }));
  jumps: { to: JumpTarget; answer: (snapshot: TimelineSnapshot) => void; refuse: (reason: unknown) => void }[] = [];
  jump = (_id: ConversationId, to: JumpTarget): Promise<TimelineSnapshot> =>
    new Promise((answer, refuse) => this.jumps.push({ to, answer, refuse }));
  pageBack = (): Promise<void> => Promise.resolve();
  pageForward = (): Promise<void> => Promise.resolve();
  view = (): Promise<void> => Promise.resolve();
  send = (): Promise<MessageId> => Promise.resolve(1);
  edit = (): Promise<void> => Promise.resolve();
  readers = (): Promise<Readers> => Promise.resolve({ read: [], unread: null });
  resend = (): Promise<void> => Promise.resolve();
  discard = (): Promise<void> => Promise.resolve();
  markRead: (id?: ConversationId, message?: MessageId) => Promise<void> = () => Promise.resolve();
  readThrough: ReadThrough[][] = [];
  markAllRead = (through: ReadThrough[]): Promise<void> => {
    this.readThrough.push(through);
    return Promise.resolve();
  };
  decided: [ConversationId, ConversationChange][] = [];
  decide = (id: ConversationId, change: ConversationChange): Promise<void> => {
    this.decided.push([id, change]);
    return Promise.resolve();
  };
  findPeople = (): Promise<FoundPeople> => Promise.resolve({ people: [], directory: 'asked', address: null });
  notificationSettings = (): Promise<NotificationSettings> => Promise.resolve({ content: 'sender', sound: 'system', quietUntil: null });
  saveNotificationSettings = (): Promise<void> => Promise.resolve();
  saveDraft = (): Promise<void> => Promise.resolve();
  block = (): Promise<void> => Promise.resolve();
  unblock = (): Promise<void> => Promise.resolve();
  unblockAddress = (): Promise<void> => Promise.resolve();
  blocked = (): Promise<Blocked[]> => Promise.resolve([]);
  compose = (): Promise<void> => Promise.resolve();
  startConversation = (): Promise<ConversationId> => Promise.resolve(1);
  createTeam = (): Promise<ConversationId> => Promise.resolve(1);
  team = (): Promise<TeamDetails> => new Promise(() => undefined);
  changeTeam = (): Promise<void> => Promise.resolve();
  openTeams = (): Promise<OpenTeam[]> => Promise.resolve([]);
  joinTeam = (): Promise<ConversationId> => Promise.resolve(1);
  reconnect = (): Promise<void> => Promise.resolve();
  diagnostics = (): Promise<never> => new Promise(() => undefined);
  roundTrip = (): Promise<number> => Promise.resolve(12);
  held = (): Promise<HeldPage> => Promise.resolve({ total: 0, rows: [] });
  checkConversation = (): Promise<void> => Promise.resolve();
  stopCheck = (): Promise<void> => Promise.resolve();
  diagnosticsReport = (): Promise<string> => Promise.resolve('');
  openLink = (): Promise<void> => Promise.resolve();
  avatarUrl = (hash: string): string => hash;
}

function signedIn(): SignedIn {
  return {
    account: { address: 'alice@ward.example', person: chatRow(1).person },
    inbox: { revision: 3, rows: [chatRow(1), chatRow(2)], unread: 0 },
    connection: { kind: 'online' },
    now: Date.now(),
    textLimit: 1000,
    notice: null,
  };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  flushSync();
};

const preview = { message: 7, sender: null, kind: 'text' as const, text: 'Hello', at: 1, delivery: null };

describe('the session', () => {
  let backend: Scripted;
  let session: Session;

  beforeEach(async () => {
    backend = new Scripted();
    session = new Session(backend);
    await session.start();
  });

  async function open(id: number, snapshot: TimelineSnapshot): Promise<void> {
    const opening = session.open(id);
    backend.opened.at(-1)?.answer(snapshot);
    await opening;
  }

  it('shows the chat list from the first answer alone', () => {
    expect(session.screen.kind).toBe('inbox');
    expect(session.inbox.rows).toHaveLength(2);
    expect(backend.inboxes).toHaveLength(0);
  });

  it('changes head and thread in one step when the thread is there', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    const opening = session.open(2);
    await settled();
    expect([session.selected, session.thread?.conversation.id]).toEqual([1, 1]);
    backend.opened.at(-1)?.answer(thread(2, []));
    await opening;
    expect([session.selected, session.thread?.conversation.id]).toEqual([2, 2]);
    expect(backend.closed).toEqual([1]);
  });

  it('never shows a thread that was chosen away before it came', async () => {
    const slow = session.open(1);
    const quick = session.open(2);
    backend.opened[1]?.answer(thread(2, [message(2, 2, 'carol')]));
    await quick;
    backend.opened[0]?.answer(thread(1, [message(1, 1, 'bob')]));
    await slow;
    expect(session.selected).toBe(2);
    expect(session.thread?.items.map((item) => item.id)).toEqual([2]);
    expect(backend.closed).toEqual([1]);
  });

  it('keeps events that come before the thread they belong to', async () => {
    const opening = session.open(1);
    backend.emit([{ kind: 'timeline', conversation: 1, revision: 2, diffs: [{ kind: 'insert', index: 1, items: [message(2, 2, 'bob')] }] }]);
    backend.opened[0]?.answer(thread(1, [message(1, 1, 'bob')]));
    await opening;
    expect(session.thread?.items.map((item) => item.id)).toEqual([1, 2]);
  });

  it('asks for the thread anew when an event was missed, and keeps the old one until then', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    backend.emit([{ kind: 'timeline', conversation: 1, revision: 9, diffs: [] }]);
    await settled();
    expect(backend.timelines).toHaveLength(1);
    expect(session.thread?.items).toHaveLength(1);
    backend.timelines[0]?.answer(thread(1, [message(1, 1, 'bob'), message(2, 2, 'bob')], { revision: 9 }));
    await settled();
    expect(session.thread?.items).toHaveLength(2);
  });

  it('goes on showing the thread while a jump waits, and applies to the new place what came too late for it', async () => {
    await open(1, thread(1, [message(5, 5, 'bob')]));
    const jumping = session.jump({ kind: 'date', at: 1 });
    backend.emit([
      { kind: 'timeline', conversation: 1, revision: 2, diffs: [{ kind: 'insert', index: 1, items: [message(6, 6, 'bob')] }] },
      { kind: 'timeline', conversation: 1, revision: 4, diffs: [{ kind: 'end', end: 'newest' }] },
    ]);
    await settled();
    expect([session.jumping, session.thread?.items.length]).toEqual([true, 2]);
    backend.jumps[0]?.answer(thread(1, [message(1, 1, 'bob')], { revision: 3, end: 'more', focus: 1 }));
    await jumping;
    expect(session.thread).toMatchObject({ revision: 4, end: 'newest', focus: 1 });
    expect([session.jumping, session.windows]).toEqual([false, 1]);
  });

  it('stays where it is when a jump fails, and forgets a jump of a chat that was left', async () => {
    await open(1, thread(1, [message(5, 5, 'bob')]));
    const failing = session.jump({ kind: 'message', id: 9 });
    backend.jumps[0]?.refuse({ code: 'notFound' });
    await failing;
    expect([session.error, session.windows, session.thread?.items.length]).toEqual([{ code: 'notFound' }, 0, 1]);
    const leaving = session.jump({ kind: 'newest' });
    await open(2, thread(2, []));
    backend.jumps[1]?.answer(thread(1, [message(1, 1, 'bob')]));
    await leaving;
    expect(session.thread?.conversation.id).toBe(2);
  });

  it('asks for the chat list anew when an event was missed, and applies what came meanwhile', async () => {
    backend.emit([
      { kind: 'inbox', revision: 5, diffs: [] },
      { kind: 'inbox', revision: 6, diffs: [{ kind: 'remove', index: 0 }] },
    ]);
    await settled();
    expect(backend.inboxes).toHaveLength(1);
    backend.inboxes[0]?.({ revision: 5, rows: [chatRow(1), chatRow(2), chatRow(3)], unread: 0 });
    await settled();
    expect(session.inbox.revision).toBe(6);
    expect(session.inbox.rows).toEqual([chatRow(2), chatRow(3)]);
  });

  it('asks for everything anew on reload', async () => {
    await open(1, thread(1, []));
    backend.emit([{ kind: 'reload' }]);
    await settled();
    expect(backend.inboxes).toHaveLength(1);
    expect(backend.timelines).toHaveLength(1);
  });

  it('starts anew when the local data were lost', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    const starts = backend.starts;
    backend.emit([{ kind: 'anew' }]);
    await settled();
    expect(session.selected).toBeNull();
    expect(backend.starts).toBe(starts + 1);
  });

  it('shows what happened before the first answer was there', async () => {
    const slow = new Scripted();
    let answer: (first: FirstScreen) => void = () => undefined;
    slow.starting = new Promise((resolve) => (answer = resolve));
    const started = new Session(slow);
    const starting = started.start();
    // A busy machine: the events overtake the answer, and nothing else happens for a while.
    slow.emit([
      { kind: 'inbox', revision: 4, diffs: [{ kind: 'insert', index: 0, row: chatRow(3) }] },
      { kind: 'unread', total: 2 },
      { kind: 'connection', state: { kind: 'online' } },
    ]);
    await settled();
    answer({ kind: 'signedIn', ...signedIn(), connection: { kind: 'syncing' } });
    await starting;
    expect(started.inbox.rows.map((row) => row.id)).toEqual([3, 1, 2]);
    expect([started.connection.kind, started.unread]).toEqual(['online', 2]);
  });

  it('asks for the list once more where something was missed while it was being fetched', async () => {
    backend.emit([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(backend.inboxes).toHaveLength(1));
    backend.emit([{ kind: 'reload' }, { kind: 'unread', total: 7 }]);
    await vi.waitFor(() => expect(session.unread).toBe(7));
    backend.inboxes[0]?.({ revision: 5, rows: [chatRow(2)], unread: 0 });
    await settled();
    expect(backend.inboxes).toHaveLength(2);
    backend.inboxes[1]?.({ revision: 9, rows: [chatRow(4)], unread: 0 });
    await settled();
    expect(session.inbox.rows.map((row) => row.id)).toEqual([4]);
    expect(backend.inboxes).toHaveLength(2);
  });

  it('fetches a thread once more of which something was missed while it was being opened', async () => {
    const opening = session.open(2);
    backend.emit([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(backend.inboxes).toHaveLength(1));
    backend.opened.at(-1)?.answer(thread(1, []));
    await opening;
    expect(session.selected).toBe(2);
    expect(backend.timelines.map((asked) => asked.id)).toEqual([2]);
  });

  it('speaks only of messages in the open chat', async () => {
    await open(1, thread(1, []));
    backend.emit([{ kind: 'arrived', conversation: 2, message: 8, author: 'Carol', text: 'elsewhere' }]);
    await settled();
    expect(session.arrived).toBeNull();
    backend.emit([{ kind: 'arrived', conversation: 1, message: 9, author: 'Bob', text: 'here' }]);
    await vi.waitFor(() => expect(session.arrived?.text).toBe('here'));
  });

  it('leaves nothing of the person behind when signed out from elsewhere', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    backend.emit([{ kind: 'signedOut' }]);
    await settled();
    expect(session.screen.kind).toBe('signedOut');
    expect([session.thread, session.account, session.selected, session.inbox.rows.length]).toEqual([null, null, null, 0]);
  });

  it('offers no address after a wipe, even where the event of leaving comes before the answer', async () => {
    let answer = (): void => undefined;
    backend.signOut = () => new Promise((resolve) => (answer = resolve));
    const leaving = session.signOut('wipe');
    backend.emit([{ kind: 'signedOut' }]);
    await settled();
    expect(session.screen.kind).toBe('signedOut');
    expect(session.lastAddress).toBe('');
    answer();
    await leaving;
    expect(session.lastAddress).toBe('');
  });

  it('applies list changes that come before the answer to a sign-in', async () => {
    await session.signOut('keep');
    const signing = session.signIn({
      address: 'alice@ward.example',
      password: 'secret',
      server: { kind: 'automatic' },
      extraCaFile: null,
      plain: 'refused',
      keyProtection: { kind: 'keyring' },
    });
    backend.emit([
      { kind: 'inbox', revision: 4, diffs: [{ kind: 'remove', index: 0 }] },
      { kind: 'connection', state: { kind: 'online' } },
    ]);
    await settled();
    backend.signInAnswer?.({ ...signedIn(), connection: { kind: 'syncing' } });
    expect(await signing).toBeNull();
    expect(session.inbox.rows.map((row) => row.id)).toEqual([2]);
    expect(session.connection.kind).toBe('online');
  });

  it('tells why a chat could not be opened and stays where it is', async () => {
    await open(1, thread(1, []));
    const opening = session.open(2);
    backend.opened.at(-1)?.refuse({ code: 'notFound' });
    await opening;
    expect(session.error).toEqual({ code: 'notFound' });
    expect(session.selected).toBe(1);
  });

  it('says how much is unread as the backend counts it, less what was just marked as read', async () => {
    backend.emit([
      { kind: 'inbox', revision: 4, diffs: [{ kind: 'update', index: 0, row: chatRow(1, { unread: 3, preview }) }] },
      { kind: 'unread', total: 5 },
    ]);
    await vi.waitFor(() => expect(session.unread).toBe(5));
    session.allRead.mark(session.inbox.rows);
    expect(session.unread).toBe(2);
    session.allRead.undo();
    expect(session.unread).toBe(5);
    await session.signOut('keep');
    expect(session.unread).toBe(0);
  });

  it('opens what is to be shown once there is a list, where that is asked for before the first screen', async () => {
    backend = new Scripted();
    session = new Session(backend);
    let answer: (first: FirstScreen) => void = () => undefined;
    backend.start = (onEvents) => {
      backend.emit = onEvents;
      return new Promise((resolve) => (answer = resolve));
    };
    const started = session.start();
    backend.emit([{ kind: 'show', conversation: 2, message: null }]);
    await settled();
    expect(backend.opened).toHaveLength(0);
    answer(backend.first);
    await started;
    expect(backend.opened.map((opening) => opening.id)).toEqual([2]);
  });

  it('opens a conversation that is asked for from outside and goes to the message', async () => {
    backend.emit([{ kind: 'show', conversation: 2, message: 9 }]);
    await settled();
    await vi.waitFor(() => expect(backend.opened).toHaveLength(1));
    expect(session.shows).toBe(1);
    backend.opened[0]?.answer(thread(2, []));
    await vi.waitFor(() => expect(backend.jumps).toHaveLength(1));
    expect(backend.jumps[0]?.to).toEqual({ kind: 'message', id: 9 });
    backend.jumps[0]?.answer(thread(2, [message(9, 9, 'bob')], { revision: 2, focus: 9 }));
    await vi.waitFor(() => expect(session.thread?.focus).toBe(9));
    // Where its thread is on screen already, it only goes there.
    backend.emit([{ kind: 'show', conversation: 2, message: 8 }]);
    await vi.waitFor(() => expect(backend.jumps).toHaveLength(2));
    expect(backend.opened).toHaveLength(1);
  });

  it('forgets where it was to go when another chat is chosen meanwhile', async () => {
    backend.emit([{ kind: 'show', conversation: 2, message: 9 }]);
    await vi.waitFor(() => expect(backend.opened).toHaveLength(1));
    const opening = session.open(1);
    backend.opened[1]?.answer(thread(1, []));
    backend.opened[0]?.answer(thread(2, []));
    await opening;
    await settled();
    expect([session.selected, backend.jumps.length]).toEqual([1, 0]);
  });

  it('takes a mark of unread off a chat that is opened', async () => {
    const read: [number, number][] = [];
    backend.markRead = (id?: number, upTo?: number) => {
      read.push([id ?? 0, upTo ?? 0]);
      return Promise.resolve();
    };
    const preview = { message: 5, sender: null, kind: 'text' as const, text: 'Hello', at: 1, delivery: null };
    backend.emit([{ kind: 'inbox', revision: 4, diffs: [{ kind: 'update', index: 0, row: chatRow(1, { markedUnread: true, preview }) }] }]);
    await vi.waitFor(() => expect(session.inbox.revision).toBe(4));
    await open(1, thread(1, []));
    expect(read).toEqual([[1, 5]]);
  });
});
