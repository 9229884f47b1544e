import { weight } from '../../thread/weight';
import type { Delivery, Readers, SendFailure } from '../types';
import type { SampleChats } from './chats';
import { fail } from './fail';
import { type Chat, message } from './hospital';
import type { Later } from './later';

/** Longest text of a message, in bytes. */
export const LIMIT = 10_000;

/** The final state of messages that are sent from now on. */
export type Outcome = { delivery: Delivery; failure: SendFailure | null };

/** Messages that are sent and that arrive in the sample hospital. */
export class SampleMessages {
  outcome: Outcome = { delivery: 'read', failure: null };
  readonly #chats: SampleChats;
  readonly #later: Later;
  readonly #online: () => boolean;

  constructor(chats: SampleChats, later: Later, online: () => boolean) {
    this.#chats = chats;
    this.#later = later;
    this.#online = online;
  }

  send(chat: Chat, text: string): number {
    if (text.trim() === '') fail({ code: 'messageEmpty' });
    if (weight(text) > LIMIT) fail({ code: 'messageTooLong', limitBytes: LIMIT });
    const sent = message('me', text, this.#chats.now(), 'waiting');
    this.#chats.append(chat, sent);
    this.#progress(sent.id);
    return sent.id;
  }

  edit(id: number, text: string): void {
    const before = this.#chats.message(id).message;
    if (before.unsent === null) fail({ code: 'alreadySent' });
    this.#chats.changeMessage(id, { ...message('me', text, before.at, 'waiting'), id });
    this.#progress(id);
  }

  resend(id: number): void {
    this.#chats.changeMessage(id, { delivery: 'waiting', failure: null });
    this.#progress(id);
  }

  readers(id: number): Readers {
    const { chat, message: sent } = this.#chats.message(id);
    if (chat.row.kind !== 'team' || sent.readBy === null) fail({ code: 'notFound' });
    const others = (chat.team?.members ?? []).filter(({ who }) => who.kind === 'other');
    const people = others.map(({ person }) => ({ name: person.name, role: person.role, avatar: person.avatar }));
    return { read: people.slice(0, sent.readBy.count), unread: people.slice(sent.readBy.count) };
  }

  /** A live message of somebody else. */
  arrive(chat: Chat, text: string, writer: string): number {
    const arrived = message(writer, text, this.#chats.now(), 'read');
    this.#chats.append(chat, arrived, { unread: chat.row.unread + 1 });
    const author = arrived.author.kind === 'other' ? arrived.author.name : '';
    this.#chats.emit([{ kind: 'arrived', conversation: chat.row.id, message: arrived.id, author, text }]);
    return arrived.id;
  }

  /** Takes an own message through the states up to the chosen outcome. */
  #progress(id: number): void {
    const path: Delivery[] = ['sent', 'delivered', 'read'];
    const { delivery, failure } = this.outcome;
    if (!this.#online()) return;
    if (delivery === 'failed') {
      this.#later.after(150, () => this.#chats.changeMessage(id, { delivery, failure: failure ?? 'refused' }));
      return;
    }
    path.slice(0, path.indexOf(delivery) + 1).forEach((state, step) => {
      this.#later.after(150 + step * 700, () => this.#chats.changeMessage(id, { delivery: state }));
    });
  }
}

/** The person who wrote last in a chat, but for the signed-in person. */
export function lastWriter(chat: Chat): string {
  const last = chat.items.findLast((item) => item.kind === 'message' && item.author.kind === 'other');
  return last?.kind === 'message' && last.author.kind === 'other' ? last.author.key : chat.key;
}
