import type { LinksBackend } from '../backend/backend';
import { type Destination, destination, isOwn } from '../links/destination';
import type { Errors } from './errors.svelte';

/** Opening links: a host of the account's own domain at once, any other after a question. */
export class Links {
  #asked: Destination | null = $state.raw(null);
  readonly #backend: LinksBackend;
  readonly #errors: Errors;
  readonly #domain: () => string | null;

  /** @param domain the domain of the account */
  constructor(backend: LinksBackend, errors: Errors, domain: () => string | null) {
    this.#backend = backend;
    this.#errors = errors;
    this.#domain = domain;
  }

  /** Where the link leads that the question is about; `null`: no question is open. */
  get asked(): Destination | null {
    return this.#asked;
  }

  follow(link: string): void {
    const to = destination(link);
    // The shell refuses a link that leads nowhere, and its error is shown.
    if (to === null) this.#open(link);
    else if (isOwn(to, this.#domain())) this.#open(to.url);
    else this.#asked = to;
  }

  confirm(): void {
    const to = this.#asked;
    this.#asked = null;
    if (to !== null) this.#open(to.url);
  }

  dismiss(): void {
    this.#asked = null;
  }

  #open(url: string): void {
    this.#errors.watch(this.#backend.openLink(url));
  }
}
