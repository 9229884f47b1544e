import type { ConversationRow } from '../backend/types';
import type { Listed } from '../state/inbox';
import { archiveStart } from '../state/chatstate';

/** How far a place is followed when others come or go above it. */
const NEAR = 50;

/** What lies at a place of the list: a chat, or the header of those put aside. */
export type Place = ConversationRow | 'archive';

/**
 * The chat list as it is laid out, true until the list changes. It is laid out anew with each change, so no row is looked at
 * for it, but for a few to find where those put aside begin.
 */
export class Sections {
  /** The place of the header; `null`: nothing is put aside, or it is not told apart. */
  readonly head: number | null;
  readonly length: number;
  /** Chats put aside. */
  readonly archived: number;
  readonly #list: Listed;

  /**
   * @param list those put aside after all others
   * @param archive whether those put aside are hidden behind their header, listed below it, or `mixed` with the others without one
   */
  constructor(list: Listed, archive: 'folded' | 'open' | 'mixed') {
    const { rows } = list;
    const start = archiveStart(rows);
    this.#list = list;
    this.archived = rows.length - start;
    this.head = archive === 'mixed' || this.archived === 0 ? null : start;
    this.length = this.head === null ? rows.length : archive === 'open' ? rows.length + 1 : start + 1;
  }

  at(index: number): Place | undefined {
    if (index >= this.length) return undefined;
    if (this.head === null || index < this.head) return this.#list.rows[index];
    return index === this.head ? 'archive' : this.#list.rows[index - 1];
  }

  /** The place of a chat, or of the header; -1 if it is not shown. */
  indexOf(wanted: number | 'archive'): number {
    if (wanted === 'archive') return this.head ?? -1;
    const index = this.#list.place(wanted);
    const place = this.head === null || index < this.head ? index : index + 1;
    return place < this.length ? place : -1;
  }

  /** How far something has moved from where it was; 0 too if it is nowhere near. */
  moved(wanted: number | 'archive', from: number): number {
    for (let step = 0; step < NEAR; step += 1) {
      for (const by of [step, -step]) {
        const place = this.at(from + by);
        if (place !== undefined && keyOf(place) === wanted) return by;
      }
    }
    return 0;
  }
}

/** What tells a place from all others. */
export function keyOf(place: Place): number | 'archive' {
  return place === 'archive' ? place : place.id;
}
