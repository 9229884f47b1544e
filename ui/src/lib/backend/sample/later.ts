/** What happens in the sample hospital by itself after a while; a test can hold it and let it happen step by step. */
export class Later {
  /** What is held back, the next first; `null` while everything happens in its time. */
  #held: { due: number; act: () => void }[] | null = null;

  /** Does `act` after that many milliseconds, or when its turn comes. */
  after(delay: number, act: () => void): void {
    if (this.#held === null) {
      setTimeout(act, delay);
      return;
    }
    const due = performance.now() + delay;
    const at = this.#held.findIndex((one) => one.due > due);
    this.#held.splice(at < 0 ? this.#held.length : at, 0, { due, act });
  }

  /** From now on nothing new happens by itself. */
  hold(): void {
    this.#held ??= [];
  }

  /** The next thing that is held back happens. */
  step(): void {
    const next = this.#held?.shift();
    if (next === undefined) throw new Error('nothing is held back');
    next.act();
  }
}
