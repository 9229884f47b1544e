/**
 * The server's time: this computer's clock is used only through its difference to it. `at` is to the minute, for relative times;
 * components that read it are drawn anew each minute.
 */
class Now {
  #ahead = 0;
  #at = $state(Date.now());
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#wait();
  }

  /** What the server's clock shows just now, in milliseconds. */
  set(server: number): void {
    this.#ahead = server - Date.now();
    this.#at = server;
    this.#wait();
  }

  get at(): number {
    return this.#at;
  }

  /** The same to the millisecond; reading it draws nothing anew. */
  exactly(): number {
    return Date.now() + this.#ahead;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#at = this.exactly();
        this.#wait();
      },
      60_000 - (this.exactly() % 60_000),
    );
  }
}

export const now = new Now();
