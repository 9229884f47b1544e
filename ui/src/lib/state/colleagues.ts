import { type ColleaguesBackend, failure } from '../backend/backend';
import type { CommandError, ConversationId, FoundPeople } from '../backend/types';

/** Finding colleagues and beginning conversations with them. */
export class Colleagues {
  readonly #backend: ColleaguesBackend;
  readonly #open: (conversation: ConversationId) => Promise<void>;

  /** @param open shows a conversation */
  constructor(backend: ColleaguesBackend, open: (conversation: ConversationId) => Promise<void>) {
    this.#backend = backend;
    this.#open = open;
  }

  /** Colleagues who match the text. A search that fails finds nobody: the field says that the directory is unreachable. */
  async find(text: string): Promise<FoundPeople> {
    try {
      return await this.#backend.findPeople(text);
    } catch {
      return { people: [], directory: 'unreachable', address: null };
    }
  }

  /** Opens the conversation with an address. The error, if it could not be opened. */
  startConversation(address: string): Promise<CommandError | null> {
    return failure(this.#backend.startConversation(address).then(this.#open));
  }
}
