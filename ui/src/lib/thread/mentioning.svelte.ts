import type { TeamMember } from '../backend/types';
import { begun, type Begun, type Mentionable, mentionables } from './mention';

/** The list of people that opens while a mention is being written. */
export class Mentioning {
  #text: string = $state('');
  /** `null`: text is selected, or the focus is elsewhere. */
  #caret: number | null = $state(null);
  /** Where the `@` stands whose list was closed. */
  #closed: number | null = $state(null);
  #active: number = $state(0);
  readonly #members: () => readonly TeamMember[] | null;

  /** @param members who can be mentioned; `null`: nobody, it is no team */
  constructor(members: () => readonly TeamMember[] | null) {
    this.#members = members;
  }

  readonly #begun: Begun | null = $derived(at(this.#text, this.#caret));

  /** Who is offered; nobody while the list is closed. */
  readonly offered: readonly Mentionable[] = $derived.by(() => {
    const members = this.#members();
    const written = this.#begun;
    return members === null || written === null || written.from === this.#closed ? [] : mentionables(members, written.query);
  });

  /** The place of whoever Enter picks. */
  readonly active: number = $derived(Math.min(this.#active, this.offered.length - 1));

  /** What is written, and where the caret is. */
  update(text: string, caret: number | null): void {
    if (text === this.#text && caret === this.#caret) return;
    // Not by what is derived: the text may lose the focus because it goes.
    const before = at(this.#text, this.#caret);
    const after = at(text, caret);
    this.#text = text;
    this.#caret = caret;
    if (after?.query !== before?.query) this.#active = 0;
    if (after === null) this.#closed = null;
  }

  step(by: 1 | -1): void {
    const count = this.offered.length;
    this.#active = (this.active + by + count) % count;
  }

  point(index: number): void {
    this.#active = index;
  }

  close(): void {
    this.#closed = this.#begun?.from ?? null;
  }

  /** The part of the text in whose place a name goes. */
  get range(): { from: number; to: number } | null {
    return this.#begun === null || this.#caret === null ? null : { from: this.#begun.from, to: this.#caret };
  }
}

function at(text: string, caret: number | null): Begun | null {
  return caret === null ? null : begun(text, caret);
}
