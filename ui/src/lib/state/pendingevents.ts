import type { Applied } from './applied';

/** Events whose snapshot is still on its way. */
export class PendingEvents<Change extends { revision: number }> {
  #pending: Change[] = [];

  /** Keeps an event that arrived before the snapshot it belongs to. */
  keep(change: Change): void {
    this.#pending.push(change);
  }

  /** Applies the pending events to the snapshot that has arrived. `null`: an event in between is missing. */
  catchUp<State>(snapshot: State, apply: (state: State, change: Change) => Applied<State>): State | null {
    const pending = this.#pending;
    this.#pending = [];
    let state = snapshot;
    for (const change of pending) {
      const outcome = apply(state, change);
      if (outcome.kind === 'missed') return null;
      if (outcome.kind === 'applied') state = outcome.state;
    }
    return state;
  }
}
