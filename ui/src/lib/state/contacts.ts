import { type Backend, commandError, failure } from '../backend/backend';
import type { Blocked, CommandError, ConversationId } from '../backend/types';

type Asked = Pick<Backend, 'decide' | 'block' | 'unblock' | 'blocked' | 'unblockAddress'>;

/** From whom messages are taken. */
export class Contacts {
  readonly #backend: Asked;
  readonly #say: (error: CommandError) => void;

  /** @param say shows why something could not be done */
  constructor(backend: Asked, say: (error: CommandError) => void) {
    this.#backend = backend;
    this.#say = say;
  }

  /** Accepts or declines somebody who asks to be a contact, or accepts a stranger. The error, if that could not be done. */
  answer(id: ConversationId, kind: 'accept' | 'decline'): Promise<CommandError | null> {
    return failure(this.#backend.decide(id, { kind }));
  }

  /** Takes nothing more from a person, or again; the list changes when the server says so. */
  block(id: ConversationId, blocked: boolean): void {
    const done = blocked ? this.#backend.block(id) : this.#backend.unblock(id);
    done.catch((reason: unknown) => { this.#say(commandError(reason)); });
  }

  /** Everybody who is blocked; the error, if they are not known. */
  async blocked(): Promise<readonly Blocked[] | CommandError> {
    try {
      return await this.#backend.blocked();
    } catch (reason) {
      return commandError(reason);
    }
  }

  /** Takes again what comes from an address. The error, if that could not be done. */
  unblockAddress(address: string): Promise<CommandError | null> {
    return failure(this.#backend.unblockAddress(address));
  }
}
