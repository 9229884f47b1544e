import type { Backend, Look } from '../backend';
import type {
  CommandError,
  ConnectionView,
  ConversationRow,
  Delivery,
  Event,
  InboxDiff,
  InboxSnapshot,
  MessageItem,
  SendFailure,
  SignedIn,
  TimelineDiff,
  TimelineItem,
  TimelineSnapshot,
} from '../types';
import { face } from './faces';
import { account, type Chat, hospital, message, previewOf } from './hospital';
import { staff } from './people';
import { live } from './scripts';

const PAGE = 50;
const LIMIT = 10_000;

/** Levers for browser tests, on `window.wardlineSample`. */
export type SampleControls = {
  /** A live message of somebody else in the chat with this key. */
  arrive(chat: string, text: string, author?: string): number;
  /** Many at once, in one batch of events. */
  arriveMany(chat: string, count: number): void;
  connection(state: ConnectionView): void;
  typing(chat: string, names: string[]): void;
  /** What becomes of messages sent from now on. */
  outcome(delivery: Delivery, failure?: SendFailure): void;
  /** The next command of this name rejects. */
  failNext(command: string, error: CommandError): void;
  /** Skips a revision, as if events had been missed. */
  missEvents(): void;
  /** Changes a message in place. */
  change(chat: string, fromEnd: number, change: Partial<MessageItem>): void;
  /** Every command called so far. */
  calls: { command: string; args: unknown[] }[];
};

declare global {
  interface Window {
    wardlineSample?: SampleControls;
  }
}

/** The sample hospital, all in memory. `params`: `first`, `people`, `live`, `keyring`, `delay`, `empty`. */
export function sampleBackend(params: URLSearchParams): Backend {
  return new Sample(params).backend();
}

class Sample {
  #chats: Chat[];
  #revision = 1;
  #emit: (events: Event[]) => void = () => undefined;
  #connection: ConnectionView = { kind: 'online' };
  #outcome: { delivery: Delivery; failure: SendFailure | null } = { delivery: 'read', failure: null };
  #failures = new Map<string, CommandError>();
  #calls: SampleControls['calls'] = [];
  readonly #params: URLSearchParams;

  constructor(params: URLSearchParams) {
    this.#params = params;
    this.#chats = params.has('empty') ? [] : hospital(Date.now(), Number(params.get('people') ?? 0));
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
        chat.loadedFrom = Math.max(chat.loadedFrom, chat.items.length - PAGE);
      }),
      pageBack: run('pageBack', (id) => this.#pageBack(this.#byId(id))),
      send: run('send', (id, text) => this.#send(this.#byId(id), text)),
      resend: run('resend', (id) => {
        this.#changeMessage(id, { delivery: 'waiting', failure: null });
        this.#progress(id);
      }),
      discard: run('discard', (id) => {
        const { chat, index } = this.#find(id);
        chat.items.splice(index, 1);
        this.#timeline(chat, [{ kind: 'remove', index: index - chat.loadedFrom, count: 1 }]);
        this.#refresh(chat);
      }),
      markRead: run('markRead', (id, message) => {
        const chat = this.#byId(id);
        const index = chat.items.findIndex((item) => item.kind === 'message' && item.id === message);
        const left = chat.items.slice(index + 1).filter((item) => item.kind === 'message' && item.delivery === null).length;
        if (left < chat.row.unread) this.#update(chat, { unread: left });
      }),
      saveDraft: run('saveDraft', (id, text) => this.#update(this.#byId(id), { draft: text === '' ? null : text })),
      compose: run('compose', () => undefined),
      startConversation: run('startConversation', (address) => {
        if (!/^[^@\s]+@[^@\s]+$/.test(address)) fail({ code: 'addressMalformed' });
        const local = address.split('@')[0] ?? '';
        const known = this.#chats.find((chat) => chat.key === local);
        return (known ?? this.#begin(local)).row.id;
      }),
      reconnect: run('reconnect', () => {
        this.#setConnection({ kind: 'connecting' });
        setTimeout(() => this.#setConnection({ kind: 'online' }), 600);
      }),
      openLink: run('openLink', () => undefined),
      avatarUrl: (hash) => face(hash),
      savedLook: () => JSON.parse(localStorage.getItem('look') ?? '{}') as Partial<Look>,
      saveLook: run('saveLook', (look) => localStorage.setItem('look', JSON.stringify(look))),
    };
  }

  #controls(): SampleControls {
    return {
      calls: this.#calls,
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
      outcome: (delivery, failure) => (this.#outcome = { delivery, failure: failure ?? null }),
      failNext: (command, error) => this.#failures.set(command, error),
      missEvents: () => {
        this.#revision += 1;
        for (const chat of this.#chats) if (chat.open !== null) chat.open += 1;
      },
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
    return { account, inbox: this.#inbox(), connection: this.#connection, notice };
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
    return { revision: this.#revision, rows: this.#chats.map((chat) => chat.row) };
  }

  #open(chat: Chat): TimelineSnapshot {
    chat.open ??= 1;
    let left = chat.row.unread;
    let firstUnread: number | null = null;
    for (let index = chat.items.length - 1; index >= 0 && left > 0; index -= 1) {
      const item = chat.items[index];
      if (item?.kind !== 'message' || item.delivery !== null) continue;
      firstUnread = item.id;
      left -= 1;
    }
    return { conversation: chat.row, revision: chat.open, start: chat.start, items: chat.items.slice(chat.loadedFrom), firstUnread };
  }

  #pageBack(chat: Chat): void {
    if (chat.start !== 'more') return;
    chat.start = 'loading';
    this.#timeline(chat, [{ kind: 'start', start: 'loading' }]);
    setTimeout(() => {
      const from = Math.max(0, chat.loadedFrom - PAGE);
      const items = chat.items.slice(from, chat.loadedFrom);
      chat.loadedFrom = from;
      chat.start = from === 0 ? 'beginning' : 'more';
      this.#timeline(chat, [
        { kind: 'insert', index: 0, items },
        { kind: 'start', start: chat.start },
      ]);
    }, 120);
  }

  #send(chat: Chat, text: string): number {
    if (text.trim() === '') fail({ code: 'messageEmpty' });
    if (new TextEncoder().encode(text).length > LIMIT) fail({ code: 'messageTooLong', limitBytes: LIMIT });
    const sent = message('me', text, Date.now(), 'waiting');
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
      setTimeout(() => this.#changeMessage(id, { delivery, failure: failure ?? 'refused' }), 150);
      return;
    }
    path.slice(0, path.indexOf(delivery) + 1).forEach((state, step) => {
      setTimeout(() => this.#changeMessage(id, { delivery: state }), 150 + step * 700);
    });
  }

  #arrive(chat: Chat, text: string, writer: string): number {
    const arrived = message(writer, text, Date.now(), 'read');
    this.#append(chat, { kind: 'message', ...arrived });
    this.#update(chat, { unread: chat.row.unread + 1 });
    const author = arrived.author.kind === 'other' ? arrived.author.name : '';
    this.#emit([{ kind: 'arrived', conversation: chat.row.id, message: arrived.id, author, text }]);
    return arrived.id;
  }

  #append(chat: Chat, item: TimelineItem): void {
    chat.items.push(item);
    this.#timeline(chat, [{ kind: 'insert', index: chat.items.length - 1 - chat.loadedFrom, items: [item] }]);
    this.#refresh(chat);
    const from = this.#chats.indexOf(chat);
    const to = chat.row.pinned ? 0 : this.#chats.filter((one) => one.row.pinned).length;
    if (from === to) return;
    this.#chats.splice(from, 1);
    this.#chats.splice(to, 0, chat);
    this.#inboxDiffs([{ kind: 'move', from, to }]);
  }

  #begin(local: string): Chat {
    const name = local.replace(/[._]/g, ' ').replace(/\b\w/g, (letter) => letter.toUpperCase());
    const row: ConversationRow = {
      id: Math.max(0, ...this.#chats.map((chat) => chat.row.id)) + 1,
      kind: 'person',
      person: { name, role: null, ward: null, avatar: { initials: name.charAt(0), colour: 4, picture: null } },
      members: null,
      presence: 'unknown',
      preview: null,
      draft: null,
      typing: [],
      unread: 0,
      pinned: false,
      muted: false,
    };
    const chat: Chat = { key: local, row, items: [], loadedFrom: 0, open: null, start: 'beginning' };
    const index = this.#chats.filter((one) => one.row.pinned).length;
    this.#chats.splice(index, 0, chat);
    this.#inboxDiffs([{ kind: 'insert', index, row }]);
    return chat;
  }

  #changeMessage(id: number, change: Partial<MessageItem>): void {
    const { chat, index } = this.#find(id);
    const held = chat.items[index];
    if (held?.kind !== 'message') return;
    const item: TimelineItem = { ...held, ...change };
    chat.items[index] = item;
    if (index >= chat.loadedFrom) this.#timeline(chat, [{ kind: 'update', index: index - chat.loadedFrom, item }]);
    this.#refresh(chat);
  }

  #refresh(chat: Chat): void {
    this.#update(chat, { preview: previewOf(chat) });
  }

  #update(chat: Chat, change: Partial<ConversationRow>): void {
    chat.row = { ...chat.row, ...change };
    this.#inboxDiffs([{ kind: 'update', index: this.#chats.indexOf(chat), row: chat.row }]);
  }

  #inboxDiffs(diffs: InboxDiff[]): void {
    this.#revision += 1;
    this.#emit([{ kind: 'inbox', revision: this.#revision, diffs }]);
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
    const at = (chat: Chat): number => chat.row.preview?.at ?? 0;
    this.#chats.sort((a, b) => Number(b.row.pinned) - Number(a.row.pinned) || at(b) - at(a));
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

function writerOf(chat: Chat): string {
  const last = chat.items.findLast((item) => item.kind === 'message' && item.author.kind === 'other');
  return last?.kind === 'message' && last.author.kind === 'other' ? last.author.key : chat.key;
}

/** Rejects as the desktop shell does: with a plain object. */
function fail(error: CommandError): never {
  throw error;
}
