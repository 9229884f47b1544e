import type { Backend, Appearance } from '../backend';
import type {
  CommandError,
  ConnectionView,
  ConversationChange,
  ConversationRow,
  Delivery,
  Directory,
  Event,
  FoundPeople,
  InboxDiff,
  InboxSnapshot,
  JumpTarget,
  MessageItem,
  NotificationSettings,
  SendFailure,
  SignedIn,
  TimelineDiff,
  TimelineItem,
  TimelineSnapshot,
} from '../types';
import { isMuted } from '../../state/chatstate';
import { plainText } from '../../thread/layout';
import { weight } from '../../thread/weight';
import type { SampleControls } from './controls';
import { SampleDiagnostics } from './diagnostics';
import { face } from './faces';
import { fail } from './fail';
import { addressOf, SampleBlocked } from './blocked';
import { account, type Chat, freshChat, freshRow, hospital, message, notice, previewOf, unreadIn, withMentions } from './hospital';
import { Later } from './later';
import { colleagues, staff } from './people';
import { live } from './scripts';
import { strangers } from './strangers';
import { SampleTeams } from './teams';
import { meansMe } from './tokens';

const PAGE = 50;
/** Messages before the one that a window is made for. */
const CONTEXT = 20;
const LIMIT = 10_000;
/** Milliseconds of a day. */
const DAY = 86_400_000;

/** The sample hospital, all in memory. `params`: `first`, `people`, `teams` (those that one is not in, and a large one), `strangers`, `live`, `keyring`, `delay`, `empty`, `ahead` (days of the server's clock before this computer's). */
export function sampleBackend(params: URLSearchParams): Backend {
  return new Sample(params).backend();
}

class Sample {
  #chats: Chat[];
  #revision = 1;
  #emit: (events: Event[]) => void = () => undefined;
  #connection: ConnectionView = { kind: 'online' };
  #outcome: { delivery: Delivery; failure: SendFailure | null } = { delivery: 'read', failure: null };
  #notifications: NotificationSettings = { content: 'sender', sound: 'system', quietUntil: null };
  #directory: Directory = 'asked';
  #failures = new Map<string, CommandError>();
  #calls: SampleControls['calls'] = [];
  readonly #params: URLSearchParams;
  /** The server's clock minus this computer's. */
  readonly #ahead: number;
  readonly #later = new Later();
  readonly #blocked = new SampleBlocked();
  readonly #diagnostics = new SampleDiagnostics(
    this.#later,
    () => this.#chats,
    () => this.#connection,
    (events) => this.#emit(events),
  );
  readonly #teams = new SampleTeams({
    chats: () => this.#chats,
    now: () => this.#now(),
    online: () => this.#connection.kind === 'online',
    add: (chat) => this.#add(chat),
    remove: (chat) => this.#remove(chat),
    update: (chat, change) => this.#update(chat, change),
    tell: (chat, events) => this.#push(chat, notice(this.#now(), { kind: 'me' }, events)),
    changed: ({ row }) => this.#emit([{ kind: 'team', conversation: row.id }]),
  });

  constructor(params: URLSearchParams) {
    this.#params = params;
    this.#ahead = Number(params.get('ahead') ?? 0) * DAY;
    this.#chats = params.has('empty') ? [] : hospital(this.#now(), Number(params.get('people') ?? 0), params.has('teams'));
    if (params.has('strangers')) this.#chats.push(...strangers(this.#now(), this.#chats.length + 1));
    this.#sort();
    window.wardlineSample = this.#controls();
  }

  backend(): Backend {
    const run =
      <Args extends unknown[], Answer>(command: string, act: (...args: Args) => Answer) =>
      async (...args: Args): Promise<Answer> => {
        this.#calls.push({ command, args });
        await new Promise((resolve) => setTimeout(resolve, Number(this.#params.get('delay') ?? 0)));
        const failure = this.#failures.get(command);
        this.#failures.delete(command);
        if (failure !== undefined) fail(failure);
        return act(...args);
      };
    return {
      start: run('start', (onEvents) => {
        this.#emit = onEvents;
        switch (this.#params.get('first')) {
          case 'signed-out':
            return { kind: 'signedOut', notice: this.#params.has('notice') ? 'databaseMovedAside' : null };
          case 'locked':
            return { kind: 'locked' };
          case 'blocked':
            return { kind: 'blocked', error: { code: 'storeUnavailable' } };
          default:
            return { kind: 'signedIn', ...this.#signedIn() };
        }
      }),
      unlock: run('unlock', (passphrase) => 
        passphrase === 'correct horse' ? { kind: 'signedIn', ...this.#signedIn() } : fail({ code: 'passphraseWrong' }),
      ),
      signIn: run('signIn', (form) => {
        if (!/^[^@\s]+@[^@\s]+$/.test(form.address)) fail({ code: 'addressMalformed' });
        if (form.password === '') fail({ code: 'passwordEmpty' });
        if (form.address.endsWith('@nowhere.example')) fail({ code: 'serverNotFound' });
        if (form.password === 'wrong') fail({ code: 'notAuthorised' });
        if (form.keyProtection.kind === 'passphrase' && form.keyProtection.passphrase.length < 8) fail({ code: 'passphraseTooShort' });
        if (form.keyProtection.kind === 'keyring' && this.#params.get('keyring') === 'missing') fail({ code: 'keyringUnavailable' });
        return this.#signedIn();
      }),
      signOut: run('signOut', (localData) => {
        if (localData === 'wipe') this.#chats = [];
      }),
      inbox: run('inbox', () => this.#inbox()),
      openConversation: run('openConversation', (id) => this.#open(this.#byId(id))),
      closeConversation: run('closeConversation', (id) => {
        const chat = this.#byId(id);
        chat.open = null;
      }),
      timeline: run('timeline', (id) => this.#snapshot(this.#byId(id), null)),
      pageBack: run('pageBack', (id) => this.#pageBack(this.#byId(id))),
      pageForward: run('pageForward', (id) => this.#pageForward(this.#byId(id))),
      jump: run('jump', (id, to) => this.#jump(this.#byId(id), to)),
      view: run('view', () => undefined),
      send: run('send', (id, text) => this.#send(this.#byId(id), text)),
      edit: run('edit', (id, text) => {
        const { chat, index } = this.#find(id);
        const held = chat.items[index];
        if (held?.kind !== 'message' || held.unsent === null) fail({ code: 'alreadySent' });
        this.#changeMessage(id, { ...message('me', text, held.at, 'waiting'), id });
        this.#progress(id);
      }),
      readers: run('readers', (id) => {
        const { chat, index } = this.#find(id);
        const held = chat.items[index];
        if (chat.row.kind !== 'team' || held?.kind !== 'message' || held.readBy === null) fail({ code: 'notFound' });
        const others = (chat.team?.members ?? []).filter(({ who }) => who.kind === 'other');
        const people = others.map(({ person }) => ({ name: person.name, role: person.role, avatar: person.avatar }));
        return { read: people.slice(0, held.readBy.count), unread: people.slice(held.readBy.count) };
      }),
      resend: run('resend', (id) => {
        this.#changeMessage(id, { delivery: 'waiting', failure: null });
        this.#progress(id);
      }),
      discard: run('discard', (id) => {
        const { chat, index } = this.#find(id);
        chat.items.splice(index, 1);
        chat.to -= 1;
        this.#timeline(chat, [{ kind: 'remove', index: index - chat.from, count: 1 }]);
        this.#refresh(chat);
      }),
      markRead: run('markRead', (id, message) => {
        this.#markRead(this.#byId(id), message);
      }),
      markAllRead: run('markAllRead', (through) => {
        for (const { conversation, message } of through) this.#markRead(this.#byId(conversation), message);
      }),
      decide: run('decide', (id, change) => this.#decide(this.#byId(id), change)),
      block: run('block', (id) => {
        const chat = this.#byId(id);
        const { team } = chat.row;
        const left: Partial<ConversationRow> = team?.membership.kind === 'invited' ? { team: { ...team, membership: { kind: 'left' } } } : {};
        this.#update(chat, { blocked: true, unread: 0, markedUnread: false, ...left });
      }),
      unblock: run('unblock', (id) => this.#update(this.#byId(id), { blocked: false })),
      unblockAddress: run('unblockAddress', (address) => {
        const chat = this.#chats.find((one) => addressOf(one) === address);
        if (chat !== undefined) this.#update(chat, { blocked: false });
        this.#blocked.unblock(address);
      }),
      blocked: run('blocked', () => this.#blocked.list(this.#chats)),
      findPeople: async (text) => {
        const found = await run('findPeople', (wanted: string) => this.#findPeople(wanted))(text);
        await new Promise<void>((resolve) => this.#later.after(0, resolve));
        return found;
      },
      notificationSettings: run('notificationSettings', () => this.#notifications),
      saveNotificationSettings: run('saveNotificationSettings', (settings) => {
        this.#notifications = settings;
      }),
      saveDraft: run('saveDraft', (id, text) => this.#update(this.#byId(id), { draft: text === '' ? null : text })),
      compose: run('compose', () => undefined),
      startConversation: run('startConversation', (address) => {
        if (!/^[^@\s]+@[^@\s]+$/.test(address)) fail({ code: 'addressMalformed' });
        const local = address.split('@')[0] ?? '';
        const known = this.#chats.find((chat) => chat.key === local);
        return (known ?? this.#begin(local)).row.id;
      }),
      createTeam: run('createTeam', (team) => this.#teams.create(team)),
      team: run('team', (id) => this.#teams.details(this.#byId(id))),
      changeTeam: run('changeTeam', (id, change) => this.#teams.change(this.#byId(id), change)),
      openTeams: run('openTeams', () => this.#teams.open()),
      joinTeam: run('joinTeam', (address) => this.#teams.join(address)),
      reconnect: run('reconnect', () => {
        this.#setConnection({ kind: 'connecting' });
        this.#later.after(600, () => this.#setConnection({ kind: 'online' }));
      }),
      diagnostics: run('diagnostics', () => this.#diagnostics.diagnostics()),
      roundTrip: run('roundTrip', () => (this.#connection.kind === 'online' ? 12 : fail({ code: 'serverUnreachable' }))),
      held: run('held', (query) => this.#diagnostics.held(query)),
      checkConversation: run('checkConversation', (id) => this.#diagnostics.check(id)),
      stopCheck: run('stopCheck', (id) => this.#diagnostics.stop(id)),
      diagnosticsReport: run('diagnosticsReport', () => this.#diagnostics.report()),
      openLink: run('openLink', () => undefined),
      avatarUrl: (hash) => face(hash),
      savedLook: () => JSON.parse(localStorage.getItem('appearance') ?? '{}') as Partial<Appearance>,
      saveLook: run('saveLook', (appearance) => localStorage.setItem('appearance', JSON.stringify(appearance))),
    };
  }

  #controls(): SampleControls {
    return {
      calls: this.#calls,
      hold: () => this.#later.hold(),
      step: () => this.#later.step(),
      arrive: (key, text, author) => {
        const chat = this.#byKey(key);
        return this.#arrive(chat, text, author ?? (chat.row.kind === 'team' ? writerOf(chat) : key));
      },
      arriveMany: (key, count) => {
        const chat = this.#byKey(key);
        const events: Event[] = [];
        const emit = this.#emit;
        this.#emit = (batch) => events.push(...batch);
        for (let index = 1; index <= count; index += 1) this.#arrive(chat, `Message ${String(index)} of ${String(count)}`, writerOf(chat));
        this.#emit = emit;
        emit(events);
      },
      connection: (state) => this.#setConnection(state),
      typing: (key, names) => this.#update(this.#byKey(key), { typing: names }),
      person: (key, change) => {
        const chat = this.#byKey(key);
        this.#update(chat, { person: { ...chat.row.person, ...change } });
      },
      outcome: (delivery, failure) => (this.#outcome = { delivery, failure: failure ?? null }),
      failNext: (command, error) => this.#failures.set(command, error),
      directory: (state) => (this.#directory = state),
      show: (key, fromEnd) => {
        const { row, items } = this.#byKey(key);
        const item = items.at(-1 - fromEnd);
        if (item?.kind === 'message') this.#emit([{ kind: 'show', conversation: row.id, message: item.id }]);
      },
      missEvents: () => {
        this.#revision += 1;
        for (const chat of this.#chats) if (chat.open !== null) chat.open += 1;
      },
      notice: (key, by, ...events) => this.#push(this.#byKey(key), notice(this.#now(), by === null ? null : { kind: 'other', name: by }, events)),
      membership: (key, membership) => this.#teams.stand(this.#byKey(key), membership),
      fill: (key, count, side, last) => this.#fill(this.#byKey(key), count, side, last),
      change: (key, fromEnd, change) => {
        const item = this.#byKey(key).items.at(-1 - fromEnd);
        if (item?.kind === 'message') this.#changeMessage(item.id, change);
      },
    };
  }

  #signedIn(): SignedIn {
    if (this.#params.has('live')) this.#colleagues();
    if (this.#params.has('offline')) {
      this.#connection = { kind: 'waiting', retryAt: Date.now() + 25_000, error: { code: 'serverUnreachable' } };
    }
    const notice = this.#params.has('notice') ? 'databaseMovedAside' : null;
    return { account, inbox: this.#inbox(), connection: this.#connection, now: this.#now(), textLimit: LIMIT, notice };
  }

  /** Colleagues who type and write while the sample runs. */
  #colleagues(): void {
    let turn = 0;
    setInterval(() => {
      const chat = this.#chats[turn % Math.min(6, this.#chats.length)];
      if (chat === undefined) return;
      const writer = writerOf(chat);
      const name = staff.find((one) => one.key === writer)?.person.name ?? writer;
      this.#update(chat, { typing: [name] });
      const text = live[turn % live.length] ?? '';
      turn += 3;
      setTimeout(() => {
        this.#update(chat, { typing: [] });
        this.#arrive(chat, text, writer);
      }, 2500);
    }, 7000);
  }

  #inbox(): InboxSnapshot {
    return { revision: this.#revision, rows: this.#chats.map((chat) => chat.row), unread: this.#unread() };
  }

  /** The server's time. */
  #now(): number {
    return Date.now() + this.#ahead;
  }

  /** Unread messages of the chats that are neither muted nor put aside. */
  #unread(): number {
    const at = this.#now();
    return this.#chats.reduce((sum, { row }) => (row.shownIn === 'archive' || isMuted(row, at) ? sum : sum + row.unread), 0);
  }

  /** The newest page, or what lies around the first unread message. */
  #open(chat: Chat): TimelineSnapshot {
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
    this.#window(chat, first < 0 || first >= newest ? newest : first - CONTEXT, first < newest && first >= 0 ? first + PAGE : chat.items.length);
    return this.#snapshot(chat, line?.id ?? null);
  }

  #window(chat: Chat, from: number, to: number): void {
    chat.from = Math.max(0, from);
    chat.to = Math.min(to, chat.items.length);
    chat.start = chat.from === 0 ? 'beginning' : 'more';
    chat.end = chat.to === chat.items.length ? 'newest' : 'more';
  }

  #snapshot(chat: Chat, focus: number | null): TimelineSnapshot {
    const { row: conversation, start, end, unread } = chat;
    return { conversation, revision: chat.open ?? 1, start, end, items: chat.items.slice(chat.from, chat.to), unread, focus };
  }

  #jump(chat: Chat, to: JumpTarget): TimelineSnapshot {
    const index =
      to.kind === 'newest'
        ? -1
        : chat.items.findIndex((item) => item.kind === 'message' && (to.kind === 'message' ? item.id === to.id : item.at >= to.at));
    if (index < 0) this.#window(chat, chat.items.length - PAGE, chat.items.length);
    else this.#window(chat, index - CONTEXT, index + PAGE);
    chat.open = (chat.open ?? 0) + 1;
    return this.#snapshot(chat, chat.items[index]?.id ?? null);
  }

  #pageBack(chat: Chat): void {
    if (chat.start !== 'more') return;
    chat.start = 'loading';
    this.#timeline(chat, [{ kind: 'start', start: 'loading' }]);
    this.#later.after(120, () => {
      const from = Math.max(0, chat.from - PAGE);
      const items = chat.items.slice(from, chat.from);
      chat.from = from;
      chat.start = from === 0 ? 'beginning' : 'more';
      this.#timeline(chat, [
        { kind: 'insert', index: 0, items },
        { kind: 'start', start: chat.start },
      ]);
    });
  }

  #pageForward(chat: Chat): void {
    if (chat.end !== 'more') return;
    const to = Math.min(chat.items.length, chat.to + PAGE);
    const items = chat.items.slice(chat.to, to);
    const index = chat.to - chat.from;
    this.#window(chat, chat.from, to);
    this.#timeline(chat, [
      { kind: 'insert', index, items },
      { kind: 'end', end: chat.end },
    ]);
  }

  /** A page comes for the chat's gap: next to its newer side, or its older one. With the last page the gap is gone. */
  #fill(chat: Chat, count: number, side: 'older' | 'newer', last: boolean): void {
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
    this.#timeline(chat, diffs);
  }

  #send(chat: Chat, text: string): number {
    if (text.trim() === '') fail({ code: 'messageEmpty' });
    if (weight(text) > LIMIT) fail({ code: 'messageTooLong', limitBytes: LIMIT });
    const sent = message('me', text, this.#now(), 'waiting');
    this.#append(chat, { kind: 'message', ...sent });
    this.#progress(sent.id);
    return sent.id;
  }

  /** Takes an own message through the states up to the chosen outcome. */
  #progress(id: number): void {
    const path: Delivery[] = ['sent', 'delivered', 'read'];
    const { delivery, failure } = this.#outcome;
    if (this.#connection.kind !== 'online') return;
    if (delivery === 'failed') {
      this.#later.after(150, () => this.#changeMessage(id, { delivery, failure: failure ?? 'refused' }));
      return;
    }
    path.slice(0, path.indexOf(delivery) + 1).forEach((state, step) => {
      this.#later.after(150 + step * 700, () => this.#changeMessage(id, { delivery: state }));
    });
  }

  #arrive(chat: Chat, text: string, writer: string): number {
    const arrived = message(writer, text, this.#now(), 'read');
    this.#append(chat, { kind: 'message', ...arrived }, { unread: chat.row.unread + 1 });
    const author = arrived.author.kind === 'other' ? arrived.author.name : '';
    this.#emit([{ kind: 'arrived', conversation: chat.row.id, message: arrived.id, author, text }]);
    return arrived.id;
  }

  #append(chat: Chat, item: TimelineItem, change: Partial<ConversationRow> = {}): void {
    this.#push(chat, item);
    this.#place(chat, { ...change, preview: previewOf(chat), shownIn: 'inbox' });
  }

  #push(chat: Chat, item: TimelineItem): void {
    chat.items.push(item);
    if (chat.end !== 'newest') return;
    chat.to = chat.items.length;
    this.#timeline(chat, [{ kind: 'insert', index: chat.items.length - 1 - chat.from, items: [item] }]);
  }

  /** Changes a row and moves it to where it then belongs: one event, as the engine does. */
  #place(chat: Chat, change: Partial<ConversationRow>): void {
    this.#changed(chat, change);
    const from = this.#chats.indexOf(chat);
    this.#chats.splice(from, 1);
    const after = this.#chats.findIndex((other) => listed(chat, other) <= 0);
    const to = after < 0 ? this.#chats.length : after;
    this.#chats.splice(to, 0, chat);
    const moved: InboxDiff[] = from === to ? [] : [{ kind: 'move', from, to }];
    this.#inboxDiffs([...moved, { kind: 'update', index: to, row: chat.row }]);
  }

  #decide(chat: Chat, change: ConversationChange): void {
    switch (change.kind) {
      case 'pin':
        return this.#place(chat, { pinned: change.pinned });
      case 'mute':
        return this.#update(chat, { mutedUntil: change.until });
      case 'move':
        return this.#place(chat, { shownIn: change.to });
      case 'markUnread':
        return this.#update(chat, { markedUnread: true });
      case 'accept':
        return this.#update(chat, { relation: 'known', markedUnread: false });
      case 'decline':
        return chat.row.preview === null ? this.#remove(chat) : this.#update(chat, { relation: 'stranger', markedUnread: false });
    }
  }

  #markRead(chat: Chat, message: number): void {
    const index = chat.items.findIndex((item) => item.kind === 'message' && item.id === message);
    const left = chat.items.slice(index + 1).filter((item) => item.kind === 'message' && item.delivery === null).length;
    const unread = Math.min(left, chat.row.unread);
    if (unread < chat.row.unread || chat.row.markedUnread) this.#update(chat, { unread, markedUnread: false });
  }

  #findPeople(text: string): FoundPeople {
    const conversations = new Map(this.#chats.map((chat) => [chat.key, chat.row.id]));
    const connected = this.#connection.kind === 'online';
    const people = colleagues(text).filter(({ key }) => connected || conversations.has(key));
    return {
      people: people.map(({ key, person, presence }) => ({ address: `${key}@stalban.example`, person, presence, conversation: conversations.get(key) ?? null })),
      directory: connected ? this.#directory : 'unreachable',
      address: /^[^@\s]+@[^@\s]+$/.test(text.trim()) ? text.trim().toLowerCase() : null,
    };
  }

  #begin(local: string): Chat {
    const name = local.replace(/[._]/g, ' ').replace(/\b\w/g, (letter) => letter.toUpperCase());
    const known = staff.find((one) => one.key === local);
    const id = Math.max(0, ...this.#chats.map((chat) => chat.row.id)) + 1;
    const person = known?.person ?? { name, role: null, ward: null, avatar: { initials: name.charAt(0), colour: 4, picture: null }, resembles: null };
    const chat = freshChat(local, freshRow(id, person, { presence: known?.presence ?? 'unknown' }), null, this.#now());
    this.#add(chat);
    return chat;
  }

  #add(chat: Chat): void {
    const after = this.#chats.findIndex((other) => listed(chat, other) <= 0);
    const index = after < 0 ? this.#chats.length : after;
    this.#chats.splice(index, 0, chat);
    this.#inboxDiffs([{ kind: 'insert', index, row: chat.row }]);
  }

  #remove(chat: Chat): void {
    this.#blocked.removed(chat);
    const index = this.#chats.indexOf(chat);
    this.#chats.splice(index, 1);
    this.#inboxDiffs([{ kind: 'remove', index }]);
  }

  #changeMessage(id: number, change: Partial<MessageItem>): void {
    const { chat, index } = this.#find(id);
    const held = chat.items[index];
    if (held?.kind !== 'message') return;
    const changed = { ...held, ...change };
    const unsent = changed.delivery === 'waiting' || changed.delivery === 'failed';
    const item: TimelineItem = { ...changed, unsent: unsent ? (changed.unsent ?? plainText(changed)) : null };
    chat.items[index] = item;
    if (index >= chat.from && index < chat.to) this.#timeline(chat, [{ kind: 'update', index: index - chat.from, item }]);
    this.#refresh(chat);
  }

  #refresh(chat: Chat): void {
    this.#update(chat, { preview: previewOf(chat) });
  }

  #changed(chat: Chat, change: Partial<ConversationRow>): void {
    chat.row = { ...chat.row, ...change };
    chat.row = { ...chat.row, team: withMentions(chat) };
  }

  #update(chat: Chat, change: Partial<ConversationRow>): void {
    this.#changed(chat, change);
    this.#inboxDiffs([{ kind: 'update', index: this.#chats.indexOf(chat), row: chat.row }]);
  }

  #inboxDiffs(diffs: InboxDiff[]): void {
    this.#revision += 1;
    this.#emit([
      { kind: 'inbox', revision: this.#revision, diffs },
      { kind: 'unread', total: this.#unread() },
    ]);
  }

  #timeline(chat: Chat, diffs: TimelineDiff[]): void {
    if (chat.open === null) return;
    chat.open += 1;
    this.#emit([{ kind: 'timeline', conversation: chat.row.id, revision: chat.open, diffs }]);
  }

  #setConnection(state: ConnectionView): void {
    this.#connection = state;
    this.#emit([{ kind: 'connection', state }]);
  }

  #sort(): void {
    this.#chats.sort(listed);
  }

  #byId(id: number): Chat {
    return this.#chats.find((chat) => chat.row.id === id) ?? fail({ code: 'notFound' });
  }

  #byKey(key: string): Chat {
    return this.#chats.find((chat) => chat.key === key) ?? fail({ code: 'notFound' });
  }

  #find(id: number): { chat: Chat; index: number } {
    for (const chat of this.#chats) {
      const index = chat.items.findIndex((item) => item.kind === 'message' && item.id === id);
      if (index >= 0) return { chat, index };
    }
    return fail({ code: 'notFound' });
  }
}

/** The order of the list: those put aside last, pinned first, then by their last message. */
function listed(a: Chat, b: Chat): number {
  const aside = (chat: Chat): number => Number(chat.row.shownIn === 'archive');
  const at = (chat: Chat): number => chat.row.preview?.at ?? chat.since;
  return aside(a) - aside(b) || Number(b.row.pinned) - Number(a.row.pinned) || at(b) - at(a);
}

function writerOf(chat: Chat): string {
  const last = chat.items.findLast((item) => item.kind === 'message' && item.author.kind === 'other');
  return last?.kind === 'message' && last.author.kind === 'other' ? last.author.key : chat.key;
}
