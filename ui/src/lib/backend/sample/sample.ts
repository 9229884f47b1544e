import type { Appearance, Backend } from '../backend';
import type { CommandError, ConversationChange, ConversationRow, FirstScreen, NotificationSettings, SignedIn, SignIn } from '../types';
import { addressOf } from './blocked';
import { SampleChats } from './chats';
import { anAddress, SampleColleagues } from './colleagues';
import { SampleConnection } from './connection';
import type { SampleControls } from './controls';
import { SampleDiagnostics } from './diagnostics';
import { face } from './faces';
import { fail } from './fail';
import { account, type Chat, notice } from './hospital';
import { Later } from './later';
import { startWriting } from './live';
import { lastWriter, LIMIT, SampleMessages } from './messages';
import { SampleTeams } from './teams';
import { SampleThreads } from './threads';

/**
 * The sample hospital, all in memory. `params`: `first`, `people`, `teams` (those that the signed-in person is not in, and a large
 * one), `strangers`, `live`, `keyring`, `delay`, `empty`, `ahead` (days of the server's clock before this computer's).
 */
export function sampleBackend(params: URLSearchParams): Backend {
  return new Sample(params).backend();
}

class Sample {
  readonly #params: URLSearchParams;
  readonly #later = new Later();
  readonly #chats: SampleChats;
  readonly #connection: SampleConnection;
  readonly #threads: SampleThreads;
  readonly #messages: SampleMessages;
  readonly #colleagues: SampleColleagues;
  readonly #teams: SampleTeams;
  readonly #diagnostics: SampleDiagnostics;
  #notifications: NotificationSettings = { content: 'sender', sound: 'system', quietUntil: null };
  readonly #failures = new Map<string, CommandError>();
  readonly #calls: SampleControls['calls'] = [];

  constructor(params: URLSearchParams) {
    const online = (): boolean => this.#connection.online;
    this.#params = params;
    this.#chats = new SampleChats(params);
    this.#connection = new SampleConnection(this.#later, (events) => this.#chats.emit(events));
    this.#threads = new SampleThreads(this.#chats, this.#later);
    this.#messages = new SampleMessages(this.#chats, this.#later, online);
    this.#colleagues = new SampleColleagues(this.#chats, online);
    this.#teams = new SampleTeams(this.#chats, online);
    this.#diagnostics = new SampleDiagnostics(this.#chats, this.#later, this.#connection);
    window.wardlineSample = this.#controls();
  }

  backend(): Backend {
    const chats = this.#chats;
    const command =
      <Args extends unknown[], Answer>(name: string, act: (...args: Args) => Answer) =>
      async (...args: Args): Promise<Answer> => {
        this.#calls.push({ command: name, args });
        await new Promise((resolve) => setTimeout(resolve, Number(this.#params.get('delay') ?? 0)));
        const failure = this.#failures.get(name);
        this.#failures.delete(name);
        if (failure !== undefined) fail(failure);
        return act(...args);
      };
    return {
      start: command('start', (onEvents) => {
        chats.listen(onEvents);
        return this.#first();
      }),
      unlock: command('unlock', (passphrase) =>
        passphrase === 'correct horse' ? { kind: 'signedIn', ...this.#signedIn() } : fail({ code: 'passphraseWrong' }),
      ),
      signIn: command('signIn', (form) => this.#signIn(form)),
      signOut: command('signOut', (localData) => {
        if (localData === 'wipe') chats.clear();
      }),
      inbox: command('inbox', () => chats.inbox()),
      openConversation: command('openConversation', (id) => this.#threads.open(chats.byId(id))),
      closeConversation: command('closeConversation', (id) => {
        chats.byId(id).open = null;
      }),
      timeline: command('timeline', (id) => this.#threads.snapshot(chats.byId(id), null)),
      pageBack: command('pageBack', (id) => this.#threads.pageBack(chats.byId(id))),
      pageForward: command('pageForward', (id) => this.#threads.pageForward(chats.byId(id))),
      jump: command('jump', (id, to) => this.#threads.jump(chats.byId(id), to)),
      view: command('view', () => undefined),
      send: command('send', (id, text) => this.#messages.send(chats.byId(id), text)),
      edit: command('edit', (id, text) => this.#messages.edit(id, text)),
      readers: command('readers', (id) => this.#messages.readers(id)),
      resend: command('resend', (id) => this.#messages.resend(id)),
      discard: command('discard', (id) => chats.discard(id)),
      markRead: command('markRead', (id, message) => chats.markRead(chats.byId(id), message)),
      markAllRead: command('markAllRead', (through) => {
        for (const { conversation, message } of through) chats.markRead(chats.byId(conversation), message);
      }),
      decide: command('decide', (id, change) => this.#change(chats.byId(id), change)),
      block: command('block', (id) => {
        const chat = chats.byId(id);
        const { team } = chat.row;
        const left: Partial<ConversationRow> = team?.membership.kind === 'invited' ? { team: { ...team, membership: { kind: 'left' } } } : {};
        chats.update(chat, { blocked: true, unread: 0, markedUnread: false, ...left });
      }),
      unblock: command('unblock', (id) => chats.update(chats.byId(id), { blocked: false })),
      unblockAddress: command('unblockAddress', (address) => {
        const chat = chats.all.find((candidate) => addressOf(candidate) === address);
        if (chat !== undefined) chats.update(chat, { blocked: false });
        chats.blocked.unblock(address);
      }),
      blocked: command('blocked', () => chats.blocked.list(chats.all)),
      findPeople: async (text) => {
        const found = await command('findPeople', (wanted: string) => this.#colleagues.find(wanted))(text);
        await new Promise<void>((resolve) => this.#later.after(0, resolve));
        return found;
      },
      notificationSettings: command('notificationSettings', () => this.#notifications),
      saveNotificationSettings: command('saveNotificationSettings', (settings) => {
        this.#notifications = settings;
      }),
      saveDraft: command('saveDraft', (id, text) => chats.update(chats.byId(id), { draft: text === '' ? null : text })),
      compose: command('compose', () => undefined),
      startConversation: command('startConversation', (address) => this.#colleagues.startConversation(address)),
      createTeam: command('createTeam', (team) => this.#teams.create(team)),
      team: command('team', (id) => this.#teams.details(chats.byId(id))),
      changeTeam: command('changeTeam', (id, change) => this.#teams.change(chats.byId(id), change)),
      openTeams: command('openTeams', () => this.#teams.open()),
      joinTeam: command('joinTeam', (address) => this.#teams.join(address)),
      reconnect: command('reconnect', () => this.#connection.reconnect()),
      diagnostics: command('diagnostics', () => this.#diagnostics.diagnostics()),
      roundTrip: command('roundTrip', () => (this.#connection.online ? 12 : fail({ code: 'serverUnreachable' }))),
      held: command('held', (query) => this.#diagnostics.page(query)),
      checkConversation: command('checkConversation', (id) => this.#diagnostics.check(id)),
      stopCheck: command('stopCheck', (id) => this.#diagnostics.stop(id)),
      diagnosticsReport: command('diagnosticsReport', () => this.#diagnostics.report()),
      openLink: command('openLink', () => undefined),
      avatarUrl: (hash) => face(hash),
      savedLook: () => JSON.parse(localStorage.getItem('appearance') ?? '{}') as Partial<Appearance>,
      saveLook: command('saveLook', (appearance) => localStorage.setItem('appearance', JSON.stringify(appearance))),
    };
  }

  #controls(): SampleControls {
    const chats = this.#chats;
    return {
      calls: this.#calls,
      hold: () => this.#later.hold(),
      step: () => this.#later.step(),
      arrive: (key, text, author) => {
        const chat = chats.byKey(key);
        return this.#messages.arrive(chat, text, author ?? (chat.row.kind === 'team' ? lastWriter(chat) : key));
      },
      arriveMany: (key, count) => {
        const chat = chats.byKey(key);
        chats.batch(() => {
          for (let index = 1; index <= count; index += 1) this.#messages.arrive(chat, `Message ${String(index)} of ${String(count)}`, lastWriter(chat));
        });
      },
      connection: (state) => this.#connection.set(state),
      typing: (key, names) => chats.update(chats.byKey(key), { typing: names }),
      person: (key, change) => {
        const chat = chats.byKey(key);
        chats.update(chat, { person: { ...chat.row.person, ...change } });
      },
      outcome: (delivery, failure) => (this.#messages.outcome = { delivery, failure: failure ?? null }),
      failNext: (name, error) => this.#failures.set(name, error),
      directory: (state) => (this.#colleagues.directory = state),
      show: (key, fromEnd) => {
        const { row, items } = chats.byKey(key);
        const item = items.at(-1 - fromEnd);
        if (item?.kind === 'message') chats.emit([{ kind: 'show', conversation: row.id, message: item.id }]);
      },
      missEvents: () => chats.missEvents(),
      notice: (key, by, ...events) => chats.push(chats.byKey(key), notice(chats.now(), by === null ? null : { kind: 'other', name: by }, events)),
      membership: (key, membership) => this.#teams.changeMembership(chats.byKey(key), membership),
      fill: (key, count, side, last) => this.#threads.fill(chats.byKey(key), count, side, last),
      change: (key, fromEnd, change) => {
        const item = chats.byKey(key).items.at(-1 - fromEnd);
        if (item?.kind === 'message') chats.changeMessage(item.id, change);
      },
    };
  }

  #first(): FirstScreen {
    switch (this.#params.get('first')) {
      case 'signed-out':
        return { kind: 'signedOut', notice: this.#notice() };
      case 'locked':
        return { kind: 'locked' };
      case 'blocked':
        return { kind: 'blocked', error: { code: 'storeUnavailable' } };
      default:
        return { kind: 'signedIn', ...this.#signedIn() };
    }
  }

  #signIn({ address, password, keyProtection }: SignIn): SignedIn {
    if (!anAddress.test(address)) fail({ code: 'addressMalformed' });
    if (password === '') fail({ code: 'passwordEmpty' });
    if (address.endsWith('@nowhere.example')) fail({ code: 'serverNotFound' });
    if (password === 'wrong') fail({ code: 'notAuthorised' });
    if (keyProtection.kind === 'passphrase' && keyProtection.passphrase.length < 8) fail({ code: 'passphraseTooShort' });
    if (keyProtection.kind === 'keyring' && this.#params.get('keyring') === 'missing') fail({ code: 'keyringUnavailable' });
    return this.#signedIn();
  }

  #signedIn(): SignedIn {
    if (this.#params.has('live')) startWriting(this.#chats, this.#messages);
    if (this.#params.has('offline')) this.#connection.beginOffline();
    const { state: connection } = this.#connection;
    return { account, inbox: this.#chats.inbox(), connection, now: this.#chats.now(), textLimit: LIMIT, notice: this.#notice() };
  }

  #notice(): SignedIn['notice'] {
    return this.#params.has('notice') ? 'databaseMovedAside' : null;
  }

  /** Changes the settings of a conversation. */
  #change(chat: Chat, change: ConversationChange): void {
    switch (change.kind) {
      case 'pin':
        return this.#chats.place(chat, { pinned: change.pinned });
      case 'mute':
        return this.#chats.update(chat, { mutedUntil: change.until });
      case 'move':
        return this.#chats.place(chat, { shownIn: change.to });
      case 'markUnread':
        return this.#chats.update(chat, { markedUnread: true });
      case 'accept':
        return this.#chats.update(chat, { relation: 'known', markedUnread: false });
      case 'decline':
        return chat.row.preview === null ? this.#chats.remove(chat) : this.#chats.update(chat, { relation: 'stranger', markedUnread: false });
    }
  }
}
