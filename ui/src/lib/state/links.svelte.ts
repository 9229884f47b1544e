import { type Destination, destination, isOwn } from '../links/destination';

/** Opening links: a host of the account's own domain at once, any other after a question. */
export class Links {
  /** Where the link leads that is asked about. */
  asked: Destination | null = $state.raw(null);

  readonly #open: (url: string) => void;
  readonly #domain: () => string | null;

  /**
   * @param open opens a link outside the app
   * @param domain the domain of the account
   */
  constructor(open: (url: string) => void, domain: () => string | null) {
    this.#open = open;
    this.#domain = domain;
  }

  follow(link: string): void {
    const to = destination(link);
    // The shell refuses what leads nowhere, and says so.
    if (to === null) this.#open(link);
    else if (isOwn(to, this.#domain())) this.#open(to.url);
    else this.asked = to;
  }

  confirm(): void {
    const to = this.asked;
    this.asked = null;
    if (to !== null) this.#open(to.url);
  }

  dismiss(): void {
    this.asked = null;
  }
}
