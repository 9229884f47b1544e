import type { FoundPeople } from '../backend/types';

/** The search waits this long after the last letter, in milliseconds. */
const PAUSE = 150;

const nobody: FoundPeople = { people: [], directory: 'asked', address: null };

/** Searches for colleagues while somebody types: only the answer to the last question counts. */
export class PeopleSearch {
  #found: FoundPeople = $state.raw(nobody);
  #text: string = $state.raw('');

  readonly #ask: (text: string) => Promise<FoundPeople>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wanted: string = $state.raw('');
  #asking: { text: string; answer: Promise<void> } | null = null;

  constructor(ask: (text: string) => Promise<FoundPeople>) {
    this.#ask = ask;
  }

  /** The people found for `text`. */
  get found(): FoundPeople {
    return this.#found;
  }

  /** The question that was answered last; empty: none was. */
  get text(): string {
    return this.#text;
  }

  /** An answer is awaited: the people found belong to another text. */
  get pending(): boolean {
    return this.#wanted !== this.#text;
  }

  /** The text changed. The last answer stays until there is a new one, so that nothing flickers. */
  update(text: string): void {
    this.stop();
    this.#wanted = text.trim();
    if (this.#wanted === '') {
      this.#asking = null;
      this.#found = nobody;
      this.#text = '';
    } else if (this.pending) {
      this.#timer = setTimeout(() => void this.#now(), PAUSE);
    }
  }

  /** Waits for the answer to the text typed last, and asks at once if that is still to be done. */
  async settled(): Promise<void> {
    this.stop();
    if (this.pending) await this.#now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #now(): Promise<void> {
    if (this.#asking?.text === this.#wanted) return this.#asking.answer;
    const text = this.#wanted;
    const asking = { text, answer: Promise.resolve() };
    this.#asking = asking;
    asking.answer = this.#ask(text).then((found) => {
      if (this.#asking !== asking) return;
      this.#asking = null;
      // Typed on meanwhile: its own question follows.
      if (this.#wanted !== text) return;
      this.#found = found;
      this.#text = text;
    });
    return asking.answer;
  }
}
