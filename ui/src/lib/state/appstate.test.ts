import { flushSync } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FirstScreen, TimelineSnapshot } from '../backend/types';
import { chatRow, message, thread } from '../testing/build';
import { Scripted, signedIn } from '../testing/scripted';
import { AppState } from './appstate';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  flushSync();
};

const preview = { message: 7, sender: null, kind: 'text' as const, text: 'Hello', at: 1, delivery: null };

describe('the state of the app', () => {
  let backend: Scripted;
  let app: AppState;

  beforeEach(async () => {
    backend = new Scripted();
    app = new AppState(backend);
    await app.session.start();
  });

  async function open(id: number, snapshot: TimelineSnapshot): Promise<void> {
    const opening = app.thread.open(id);
    backend.opened.at(-1)?.answer(snapshot);
    await opening;
  }

  it('shows the chat list from the first answer alone', () => {
    expect(app.navigation.screen.kind).toBe('inbox');
    expect(app.chatList.inbox.rows).toHaveLength(2);
    expect(backend.inboxes).toHaveLength(0);
  });

  it('changes head and thread in one step when the thread is there', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    const opening = app.thread.open(2);
    await settled();
    expect([app.thread.selected, app.thread.snapshot?.conversation.id]).toEqual([1, 1]);
    backend.opened.at(-1)?.answer(thread(2, []));
    await opening;
    expect([app.thread.selected, app.thread.snapshot?.conversation.id]).toEqual([2, 2]);
    expect(backend.closed).toEqual([1]);
  });

  it('never shows a thread that was chosen away before it came', async () => {
    const slow = app.thread.open(1);
    const quick = app.thread.open(2);
    backend.opened[1]?.answer(thread(2, [message(2, 2, 'carol')]));
    await quick;
    backend.opened[0]?.answer(thread(1, [message(1, 1, 'bob')]));
    await slow;
    expect(app.thread.selected).toBe(2);
    expect(app.thread.snapshot?.items.map((item) => item.id)).toEqual([2]);
    expect(backend.closed).toEqual([1]);
  });

  it('keeps events that come before the thread they belong to', async () => {
    const opening = app.thread.open(1);
    backend.emit([{ kind: 'timeline', conversation: 1, revision: 2, diffs: [{ kind: 'insert', index: 1, items: [message(2, 2, 'bob')] }] }]);
    backend.opened[0]?.answer(thread(1, [message(1, 1, 'bob')]));
    await opening;
    expect(app.thread.snapshot?.items.map((item) => item.id)).toEqual([1, 2]);
  });

  it('asks for the thread anew when an event was missed, and keeps the old one until then', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    backend.emit([{ kind: 'timeline', conversation: 1, revision: 9, diffs: [] }]);
    await settled();
    expect(backend.timelines).toHaveLength(1);
    expect(app.thread.snapshot?.items).toHaveLength(1);
    backend.timelines[0]?.answer(thread(1, [message(1, 1, 'bob'), message(2, 2, 'bob')], { revision: 9 }));
    await settled();
    expect(app.thread.snapshot?.items).toHaveLength(2);
  });

  it('goes on showing the thread while a jump waits, and applies to the new place what came too late for it', async () => {
    await open(1, thread(1, [message(5, 5, 'bob')]));
    const jumping = app.thread.jump({ kind: 'date', at: 1 });
    backend.emit([
      { kind: 'timeline', conversation: 1, revision: 2, diffs: [{ kind: 'insert', index: 1, items: [message(6, 6, 'bob')] }] },
      { kind: 'timeline', conversation: 1, revision: 4, diffs: [{ kind: 'end', end: 'newest' }] },
    ]);
    await settled();
    expect([app.thread.jumping, app.thread.snapshot?.items.length]).toEqual([true, 2]);
    backend.jumps[0]?.answer(thread(1, [message(1, 1, 'bob')], { revision: 3, end: 'more', focus: 1 }));
    await jumping;
    expect(app.thread.snapshot).toMatchObject({ revision: 4, end: 'newest', focus: 1 });
    expect([app.thread.jumping, app.thread.windows]).toEqual([false, 1]);
  });

  it('stays where it is when a jump fails, and forgets a jump of a chat that was left', async () => {
    await open(1, thread(1, [message(5, 5, 'bob')]));
    const failing = app.thread.jump({ kind: 'message', id: 9 });
    backend.jumps[0]?.refuse({ code: 'notFound' });
    await failing;
    expect([app.errors.current, app.thread.windows, app.thread.snapshot?.items.length]).toEqual([{ code: 'notFound' }, 0, 1]);
    const leaving = app.thread.jump({ kind: 'newest' });
    await open(2, thread(2, []));
    backend.jumps[1]?.answer(thread(1, [message(1, 1, 'bob')]));
    await leaving;
    expect(app.thread.snapshot?.conversation.id).toBe(2);
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
    expect(app.chatList.inbox.revision).toBe(6);
    expect(app.chatList.inbox.rows).toEqual([chatRow(2), chatRow(3)]);
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
    expect(app.thread.selected).toBeNull();
    expect(backend.starts).toBe(starts + 1);
  });

  it('shows what happened before the first answer was there', async () => {
    const slow = new Scripted();
    let answer: (first: FirstScreen) => void = () => undefined;
    slow.starting = new Promise((resolve) => (answer = resolve));
    const started = new AppState(slow);
    const starting = started.session.start();
    // A busy machine: the events overtake the answer, and nothing else happens for a while.
    slow.emit([
      { kind: 'inbox', revision: 4, diffs: [{ kind: 'insert', index: 0, row: chatRow(3) }] },
      { kind: 'unread', total: 2 },
      { kind: 'connection', state: { kind: 'online' } },
    ]);
    await settled();
    answer({ kind: 'signedIn', ...signedIn(), connection: { kind: 'syncing' } });
    await starting;
    expect(started.chatList.inbox.rows.map((row) => row.id)).toEqual([3, 1, 2]);
    expect([started.connection.state.kind, started.chatList.unread]).toEqual(['online', 2]);
  });

  it('asks for the list once more where something was missed while it was being fetched', async () => {
    backend.emit([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(backend.inboxes).toHaveLength(1));
    backend.emit([{ kind: 'reload' }, { kind: 'unread', total: 7 }]);
    await vi.waitFor(() => expect(app.chatList.unread).toBe(7));
    backend.inboxes[0]?.({ revision: 5, rows: [chatRow(2)], unread: 0 });
    await settled();
    expect(backend.inboxes).toHaveLength(2);
    backend.inboxes[1]?.({ revision: 9, rows: [chatRow(4)], unread: 0 });
    await settled();
    expect(app.chatList.inbox.rows.map((row) => row.id)).toEqual([4]);
    expect(backend.inboxes).toHaveLength(2);
  });

  it('fetches a thread once more of which something was missed while it was being opened', async () => {
    const opening = app.thread.open(2);
    backend.emit([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(backend.inboxes).toHaveLength(1));
    backend.opened.at(-1)?.answer(thread(1, []));
    await opening;
    expect(app.thread.selected).toBe(2);
    expect(backend.timelines.map((asked) => asked.id)).toEqual([2]);
  });

  it('speaks only of messages in the open chat', async () => {
    await open(1, thread(1, []));
    backend.emit([{ kind: 'arrived', conversation: 2, message: 8, author: 'Carol', text: 'elsewhere' }]);
    await settled();
    expect(app.thread.arrived).toBeNull();
    backend.emit([{ kind: 'arrived', conversation: 1, message: 9, author: 'Bob', text: 'here' }]);
    await vi.waitFor(() => expect(app.thread.arrived?.text).toBe('here'));
  });

  it('leaves nothing of the person behind when signed out from elsewhere', async () => {
    await open(1, thread(1, [message(1, 1, 'bob')]));
    backend.emit([{ kind: 'signedOut' }]);
    await settled();
    expect(app.navigation.screen.kind).toBe('signedOut');
    expect([app.thread.snapshot, app.session.account, app.thread.selected, app.chatList.inbox.rows.length]).toEqual([null, null, null, 0]);
  });

  it('offers no address after a wipe, even where the event of leaving comes before the answer', async () => {
    let answer = (): void => undefined;
    backend.signOut = () => new Promise((resolve) => (answer = resolve));
    const leaving = app.session.signOut('wipe');
    backend.emit([{ kind: 'signedOut' }]);
    await settled();
    expect(app.navigation.screen.kind).toBe('signedOut');
    expect(app.session.lastAddress).toBe('');
    answer();
    await leaving;
    expect(app.session.lastAddress).toBe('');
  });

  it('applies list changes that come before the answer to a sign-in', async () => {
    await app.session.signOut('keep');
    const signing = app.session.signIn({
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
    expect(app.chatList.inbox.rows.map((row) => row.id)).toEqual([2]);
    expect(app.connection.state.kind).toBe('online');
  });

  it('tells why a chat could not be opened and stays where it is', async () => {
    await open(1, thread(1, []));
    const opening = app.thread.open(2);
    backend.opened.at(-1)?.refuse({ code: 'notFound' });
    await opening;
    expect(app.errors.current).toEqual({ code: 'notFound' });
    expect(app.thread.selected).toBe(1);
  });

  it('says how much is unread as the backend counts it, less what was just marked as read', async () => {
    backend.emit([
      { kind: 'inbox', revision: 4, diffs: [{ kind: 'update', index: 0, row: chatRow(1, { unread: 3, preview }) }] },
      { kind: 'unread', total: 5 },
    ]);
    await vi.waitFor(() => expect(app.chatList.unread).toBe(5));
    app.chatList.allRead.mark(app.chatList.inbox.rows);
    expect(app.chatList.unread).toBe(2);
    app.chatList.allRead.undo();
    expect(app.chatList.unread).toBe(5);
    await app.session.signOut('keep');
    expect(app.chatList.unread).toBe(0);
  });

  it('opens what is to be shown once there is a list, where that is asked for before the first screen', async () => {
    backend = new Scripted();
    app = new AppState(backend);
    let answer: (first: FirstScreen) => void = () => undefined;
    backend.start = (onEvents) => {
      backend.emit = onEvents;
      return new Promise((resolve) => (answer = resolve));
    };
    const started = app.session.start();
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
    expect(app.navigation.requests).toBe(1);
    backend.opened[0]?.answer(thread(2, []));
    await vi.waitFor(() => expect(backend.jumps).toHaveLength(1));
    expect(backend.jumps[0]?.to).toEqual({ kind: 'message', id: 9 });
    backend.jumps[0]?.answer(thread(2, [message(9, 9, 'bob')], { revision: 2, focus: 9 }));
    await vi.waitFor(() => expect(app.thread.snapshot?.focus).toBe(9));
    // Where its thread is on screen already, it only goes there.
    backend.emit([{ kind: 'show', conversation: 2, message: 8 }]);
    await vi.waitFor(() => expect(backend.jumps).toHaveLength(2));
    expect(backend.opened).toHaveLength(1);
  });

  it('forgets where it was to go when another chat is chosen meanwhile', async () => {
    backend.emit([{ kind: 'show', conversation: 2, message: 9 }]);
    await vi.waitFor(() => expect(backend.opened).toHaveLength(1));
    const opening = app.thread.open(1);
    backend.opened[1]?.answer(thread(1, []));
    backend.opened[0]?.answer(thread(2, []));
    await opening;
    await settled();
    expect([app.thread.selected, backend.jumps.length]).toEqual([1, 0]);
  });

  it('takes a mark of unread off a chat that is opened', async () => {
    const read: [number, number][] = [];
    backend.markRead = (id?: number, upTo?: number) => {
      read.push([id ?? 0, upTo ?? 0]);
      return Promise.resolve();
    };
    const preview = { message: 5, sender: null, kind: 'text' as const, text: 'Hello', at: 1, delivery: null };
    backend.emit([{ kind: 'inbox', revision: 4, diffs: [{ kind: 'update', index: 0, row: chatRow(1, { markedUnread: true, preview }) }] }]);
    await vi.waitFor(() => expect(app.chatList.inbox.revision).toBe(4));
    await open(1, thread(1, []));
    expect(read).toEqual([[1, 5]]);
  });
});
