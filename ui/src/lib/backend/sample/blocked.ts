import type { Blocked } from '../types';
import type { Chat } from './hospital';

/** Whom nothing is taken from, with or without a row in the list. */
export class SampleBlocked {
  /** Those without one. */
  #elsewhere: Blocked[] = [];

  list(chats: readonly Chat[]): Blocked[] {
    const here = chats.filter(({ row }) => row.blocked).map(asBlocked);
    return [...here, ...this.#elsewhere].sort((a, b) => a.person.name.localeCompare(b.person.name));
  }

  /** A chat goes from the list; who was blocked stays so. */
  removed(chat: Chat): void {
    if (chat.row.blocked) this.#elsewhere.push(asBlocked(chat));
  }

  unblock(address: string): void {
    this.#elsewhere = this.#elsewhere.filter((one) => one.address !== address);
  }
}

/** The address of whom a chat is with. */
export function addressOf({ key, team }: Chat): string {
  return team?.address ?? `${key}@stalban.example`;
}

function asBlocked(chat: Chat): Blocked {
  return { address: addressOf(chat), kind: chat.row.kind, person: chat.row.person };
}
