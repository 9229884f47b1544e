import type { Blocked } from '../types';
import type { Chat } from './hospital';

/** Blocked people and teams, with or without a row in the list. */
export class SampleBlocked {
  /** Those without a row. */
  #elsewhere: Blocked[] = [];

  list(chats: readonly Chat[]): Blocked[] {
    const here = chats.filter(({ row }) => row.blocked).map(asBlocked);
    return [...here, ...this.#elsewhere].sort((a, b) => a.person.name.localeCompare(b.person.name));
  }

  /** A chat leaves the list; its person stays blocked. */
  removed(chat: Chat): void {
    if (chat.row.blocked) this.#elsewhere.push(asBlocked(chat));
  }

  unblock(address: string): void {
    this.#elsewhere = this.#elsewhere.filter((blocked) => blocked.address !== address);
  }
}

/** The address of a chat's person or team. */
export function addressOf({ key, team }: Chat): string {
  return team?.address ?? `${key}@stalban.example`;
}

function asBlocked(chat: Chat): Blocked {
  return { address: addressOf(chat), kind: chat.row.kind, person: chat.row.person };
}
