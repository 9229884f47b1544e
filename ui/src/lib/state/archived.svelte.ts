import type { ConversationId, ConversationRow } from '../backend/types';
import { UNDO } from './allread.svelte';

/** The chat that was put aside last, for as long as that can be undone with one press: a single key does it, and it may be the wrong one. */
export class Archived {
  chat: { id: ConversationId; name: string } | null = $state.raw(null);

  #timer: ReturnType<typeof setTimeout> | undefined;

  offer({ id, person }: ConversationRow): void {
    this.withdraw();
    this.chat = { id, name: person.name };
    this.#timer = setTimeout(() => this.withdraw(), UNDO);
  }

  withdraw(): void {
    clearTimeout(this.#timer);
    this.chat = null;
  }
}
