import type { ConversationId, ConversationRow } from '../backend/types';
import { UNDO } from './allread.svelte';

type Chat = { id: ConversationId; name: string };

/** The chat that was archived last, for as long as one press undoes it: a single key archives, and it may be the wrong key. */
export class Archived {
  #chat: Chat | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  get chat(): Chat | null {
    return this.#chat;
  }

  offer({ id, person }: ConversationRow): void {
    this.withdraw();
    this.#chat = { id, name: person.name };
    this.#timer = setTimeout(() => this.withdraw(), UNDO);
  }

  withdraw(): void {
    clearTimeout(this.#timer);
    this.#chat = null;
  }
}
