/** Delayed actions of the sample hospital; a test can pause them and run them step by step. */
export class Later {
  /** The paused actions, the next first; `null`: actions run in their time. */
  #paused: { due: number; act: () => void }[] | null = null;

  /** Runs `act` after that many milliseconds, or when its turn comes. */
  after(delay: number, act: () => void): void {
    if (this.#paused === null) {
      setTimeout(act, delay);
      return;
    }
    const due = performance.now() + delay;
    const at = this.#paused.findIndex((action) => action.due > due);
    this.#paused.splice(at < 0 ? this.#paused.length : at, 0, { due, act });
  }

  /** Pauses new actions. */
  hold(): void {
    this.#paused ??= [];
  }

  /** Runs the next paused action. */
  step(): void {
    const next = this.#paused?.shift();
    if (next === undefined) throw new Error('no action is paused');
    next.act();
  }
}
