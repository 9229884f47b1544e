import type { Applied } from './applied';

/** Waits for events whose snapshot is still on its way, then catches up. */
export class Held<Change extends { revision: number }> {
  #early: Change[] = [];

  /** Keeps an event that arrived before the snapshot it belongs to. */
  keep(change: Change): void {
    this.#early.push(change);
  }

  /** Applies what arrived early to the snapshot that has now come. `null`: something is missing in between. */
  catchUp<State>(snapshot: State, apply: (state: State, change: Change) => Applied<State>): State | null {
    const early = this.#early;
    this.#early = [];
    let state = snapshot;
    for (const change of early) {
      const outcome = apply(state, change);
      if (outcome.kind === 'missed') return null;
      if (outcome.kind === 'applied') state = outcome.state;
    }
    return state;
  }
}
