import type { ConversationRow } from '../backend/types';
import { archiveStart } from '../state/standing';

/** What lies at a place of the list: a chat, or the header of those put aside. */
export type Place = ConversationRow | 'archive';

/**
 * The chat list as it is laid out. Rows are not wrapped or copied one by one: a list of ten thousand is laid out anew
 * with each change.
 */
export class Sections {
  /** The place of the header; `null`: nothing is put aside, or it is not told apart. */
  readonly head: number | null;
  readonly length: number;
  /** Chats put aside. */
  readonly archived: number;
  readonly #rows: readonly ConversationRow[];

  /**
   * @param rows those put aside after all others
   * @param archive whether those put aside are hidden behind their header, listed below it, or `mixed` with the others without one
   */
  constructor(rows: readonly ConversationRow[], archive: 'folded' | 'open' | 'mixed') {
    const start = archiveStart(rows);
    this.#rows = rows;
    this.archived = rows.length - start;
    this.head = archive === 'mixed' || this.archived === 0 ? null : start;
    this.length = this.head === null ? rows.length : archive === 'open' ? rows.length + 1 : start + 1;
  }

  at(index: number): Place | undefined {
    if (index >= this.length) return undefined;
    if (this.head === null || index < this.head) return this.#rows[index];
    return index === this.head ? 'archive' : this.#rows[index - 1];
  }

  /** The place of a chat, or of the header; -1 if it is not shown. */
  indexOf(wanted: number | 'archive'): number {
    if (wanted === 'archive') return this.head ?? -1;
    const index = this.#rows.findIndex((row) => row.id === wanted);
    const place = this.head === null || index < this.head ? index : index + 1;
    return place < this.length ? place : -1;
  }
}

/** What tells a place from all others. */
export function keyOf(place: Place): number | 'archive' {
  return place === 'archive' ? place : place.id;
}
