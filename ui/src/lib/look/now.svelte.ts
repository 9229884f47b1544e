/** The current time to the minute, for relative times; components that read it are drawn anew each minute. */
class Now {
  #at = $state(Date.now());

  constructor() {
    const tick = (): void => {
      this.#at = Date.now();
      setTimeout(tick, 60_000 - (Date.now() % 60_000));
    };
    setTimeout(tick, 60_000 - (Date.now() % 60_000));
  }

  get at(): number {
    return this.#at;
  }
}

export const now = new Now();
