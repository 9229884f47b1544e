import type { CheckView, ConversationId } from '../backend/types';

const none: ReadonlyMap<ConversationId, CheckView> = new Map();

/** Comparisons of conversations with the server. */
export class Checks {
  #states: ReadonlyMap<ConversationId, CheckView> = $state.raw(none);

  /** The last known state of each comparison, in the order in which they began. */
  get states(): ReadonlyMap<ConversationId, CheckView> {
    return this.#states;
  }

  update(conversation: ConversationId, state: CheckView): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each event, never changed
    this.#states = new Map(this.#states).set(conversation, state);
  }

  leave(): void {
    this.#states = none;
  }
}
