import type { ConversationId, ConversationRow, InboxDiff } from '../backend/types';
import { type Applied, order } from './applied';
import { Rows } from './rows';

/** Rows in their order, and where each of them is. */
export type Listed = {
  readonly rows: readonly ConversationRow[];
  /** -1: it is not there. */
  place(id: ConversationId): number;
};

/**
 * The chat list at one revision. The next one takes over its rows, changed in place, so only the last one is true; it is
 * another object so that components that draw the list are drawn again.
 */
export class Inbox implements Listed {
  readonly revision: number;
  readonly #rows: Rows;

  private constructor(revision: number, rows: Rows) {
    this.revision = revision;
    this.#rows = rows;
  }

  static of({ revision, rows }: { revision: number; rows: readonly ConversationRow[] }): Inbox {
    return new Inbox(revision, new Rows(rows));
  }

  get rows(): readonly ConversationRow[] {
    return this.#rows.all;
  }

  row(id: ConversationId): ConversationRow | undefined {
    return this.#rows.row(id);
  }

  place(id: ConversationId): number {
    return this.#rows.place(id);
  }

  /** Applies one event's diffs. Where one does not fit, those before it stay applied until a new snapshot takes the place of all. */
  apply(revision: number, diffs: readonly InboxDiff[]): Applied<Inbox> {
    const when = order(this.revision, revision);
    if (when !== 'next') return { kind: when };
    if (!diffs.every((diff) => this.#rows.apply(diff))) return { kind: 'missed' };
    return { kind: 'applied', state: new Inbox(revision, this.#rows) };
  }
}

/** Only the rows that pass every test. Without a test it is the list itself, at no cost; a test reads each row. */
export function narrowed(list: Listed, tests: readonly ((row: ConversationRow) => boolean)[]): Listed {
  if (tests.length === 0) return list;
  const rows = list.rows.filter((row) => tests.every((test) => test(row)));
  return { rows, place: (id) => rows.findIndex((row) => row.id === id) };
}
