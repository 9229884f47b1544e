import type { Directory, FoundPeople } from '../types';
import type { SampleChats } from './chats';
import { fail } from './fail';
import { type Chat, freshChat, freshRow } from './hospital';
import { colleagues, staff } from './people';

/** An address in full. */
export const anAddress = /^[^@\s]+@[^@\s]+$/;

/** Finding colleagues in the sample hospital and beginning chats with them. */
export class SampleColleagues {
  /** The state of the directory while connected. */
  directory: Directory = 'asked';
  readonly #chats: SampleChats;
  readonly #online: () => boolean;

  constructor(chats: SampleChats, online: () => boolean) {
    this.#chats = chats;
    this.#online = online;
  }

  find(text: string): FoundPeople {
    const conversations = new Map(this.#chats.all.map((chat) => [chat.key, chat.row.id]));
    const online = this.#online();
    const people = colleagues(text).filter(({ key }) => online || conversations.has(key));
    return {
      people: people.map(({ key, person, presence }) => ({ address: `${key}@stalban.example`, person, presence, conversation: conversations.get(key) ?? null })),
      directory: online ? this.directory : 'unreachable',
      address: anAddress.test(text.trim()) ? text.trim().toLowerCase() : null,
    };
  }

  /** The conversation with an address; a new one where there is none. */
  startConversation(address: string): number {
    if (!anAddress.test(address)) fail({ code: 'addressMalformed' });
    const local = address.split('@')[0] ?? '';
    const known = this.#chats.all.find((chat) => chat.key === local);
    return (known ?? this.#begin(local)).row.id;
  }

  #begin(local: string): Chat {
    const name = local.replace(/[._]/g, ' ').replace(/\b\w/g, (letter) => letter.toUpperCase());
    const known = staff.find((colleague) => colleague.key === local);
    const person = known?.person ?? { name, role: null, ward: null, avatar: { initials: name.charAt(0), colour: 4, picture: null }, resembles: null };
    const chat = freshChat(local, freshRow(this.#chats.nextId(), person, { presence: known?.presence ?? 'unknown' }), null, this.#chats.now());
    this.#chats.add(chat);
    return chat;
  }
}
