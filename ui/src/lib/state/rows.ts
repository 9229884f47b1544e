import type { ConversationId, ConversationRow, InboxDiff } from '../backend/types';

/** Rows whose places are kept up: the chosen chat, the one that has the focus, and what these were just before. */
const FOLLOWED = 4;

/**
 * The rows of the chat list, changed in place: among ten thousand a change costs what it costs among ten, but for the
 * pointers that a splice pushes along.
 */
export class Rows {
  readonly #all: ConversationRow[];
  readonly #byId: Map<ConversationId, ConversationRow>;
  /** Diffs say where every row goes, so the places of a few are kept up rather than searched after each. */
  readonly #followed = new Map<ConversationId, number>();

  constructor(rows: readonly ConversationRow[]) {
    this.#all = [...rows];
    this.#byId = new Map(rows.map((row) => [row.id, row]));
  }

  get all(): readonly ConversationRow[] {
    return this.#all;
  }

  row(id: ConversationId): ConversationRow | undefined {
    return this.#byId.get(id);
  }

  /** Where a row is; -1 if it is not there. A row is searched once, and then followed until others are asked for. */
  place(id: ConversationId): number {
    const known = this.#followed.get(id);
    if (known !== undefined) return known;
    const row = this.#byId.get(id);
    if (row === undefined) return -1;
    const place = this.#all.indexOf(row);
    const [oldest] = this.#followed.keys();
    if (oldest !== undefined && this.#followed.size === FOLLOWED) this.#followed.delete(oldest);
    this.#followed.set(id, place);
    return place;
  }

  /** Whether the diff fits the rows; one that does not changes nothing. */
  apply(diff: InboxDiff): boolean {
    switch (diff.kind) {
      case 'insert':
        if (diff.index > this.#all.length || this.#byId.has(diff.row.id)) return false;
        this.#all.splice(diff.index, 0, diff.row);
        this.#byId.set(diff.row.id, diff.row);
        this.#follow((place) => (place >= diff.index ? place + 1 : place));
        return true;
      case 'move': {
        const { from, to } = diff;
        const row = this.#all[from];
        if (row === undefined || to >= this.#all.length) return false;
        this.#all.splice(from, 1);
        this.#all.splice(to, 0, row);
        this.#follow((place) => {
          if (place === from) return to;
          if (place > from && place <= to) return place - 1;
          return place < from && place >= to ? place + 1 : place;
        });
        return true;
      }
      case 'remove': {
        const [row] = this.#all.splice(diff.index, 1);
        if (row === undefined) return false;
        this.#byId.delete(row.id);
        this.#followed.delete(row.id);
        this.#follow((place) => (place > diff.index ? place - 1 : place));
        return true;
      }
      case 'update':
        // The index must still mean the same conversation: a wrong one would show a message under another name.
        if (this.#all[diff.index]?.id !== diff.row.id) return false;
        this.#all[diff.index] = diff.row;
        this.#byId.set(diff.row.id, diff.row);
        return true;
    }
  }

  #follow(after: (place: number) => number): void {
    for (const [id, place] of this.#followed) this.#followed.set(id, after(place));
  }
}
