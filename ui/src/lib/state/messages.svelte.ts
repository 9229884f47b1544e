import { commandError, failure, type MessagesBackend } from '../backend/backend';
import type { CommandError, Composing, ConversationId, MessageId, Readers } from '../backend/types';
import { type Errors, ignoreFailure } from './errors.svelte';

/** Writing, sending and resending messages. */
export class Messages {
  #textLimit: number = $state.raw(Number.POSITIVE_INFINITY);
  readonly #backend: MessagesBackend;
  readonly #errors: Errors;

  constructor(backend: MessagesBackend, errors: Errors) {
    this.#backend = backend;
    this.#errors = errors;
  }

  /** Longest text of a message, as `thread/weight.ts` measures. */
  get textLimit(): number {
    return this.#textLimit;
  }

  enter(textLimit: number): void {
    this.#textLimit = textLimit;
  }

  /** Stores a message for sending. The error, if it could not even be stored. */
  send(id: ConversationId, text: string): Promise<CommandError | null> {
    return failure(this.#backend.send(id, text));
  }

  /** Changes a message that has not been sent. The error, if that failed. */
  edit(message: MessageId, text: string): Promise<CommandError | null> {
    return failure(this.#backend.edit(message, text));
  }

  resend(message: MessageId): void {
    this.#errors.watch(this.#backend.resend(message));
  }

  discard(message: MessageId): void {
    this.#errors.watch(this.#backend.discard(message));
  }

  /** The people who have seen a message; the error, if they are not known. */
  async readers(message: MessageId): Promise<Readers | CommandError> {
    try {
      return await this.#backend.readers(message);
    } catch (reason) {
      return commandError(reason);
    }
  }

  saveDraft(id: ConversationId, text: string): void {
    ignoreFailure(this.#backend.saveDraft(id, text));
  }

  compose(id: ConversationId, composing: Composing): void {
    ignoreFailure(this.#backend.compose(id, composing));
  }
}
