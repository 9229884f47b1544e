import { type BlockingBackend, type ChatListBackend, commandError, failure } from '../backend/backend';
import type { Blocked, CommandError, ConversationId } from '../backend/types';
import type { Errors } from './errors.svelte';

type ContactsBackend = BlockingBackend & Pick<ChatListBackend, 'decide'>;

/** The people and teams whose messages are accepted. */
export class Contacts {
  readonly #backend: ContactsBackend;
  readonly #errors: Errors;

  constructor(backend: ContactsBackend, errors: Errors) {
    this.#backend = backend;
    this.#errors = errors;
  }

  /** Accepts or declines a contact request, or accepts a stranger. The error, if that failed. */
  answer(id: ConversationId, kind: 'accept' | 'decline'): Promise<CommandError | null> {
    return failure(this.#backend.decide(id, { kind }));
  }

  /** Blocks or unblocks the person of a conversation; the list changes when the server confirms it. */
  block(id: ConversationId, blocked: boolean): void {
    this.#errors.watch(blocked ? this.#backend.block(id) : this.#backend.unblock(id));
  }

  /** Everybody who is blocked; the error, if that could not be read. */
  async blocked(): Promise<readonly Blocked[] | CommandError> {
    try {
      return await this.#backend.blocked();
    } catch (reason) {
      return commandError(reason);
    }
  }

  /** Unblocks an address. The error, if that failed. */
  unblockAddress(address: string): Promise<CommandError | null> {
    return failure(this.#backend.unblockAddress(address));
  }
}
