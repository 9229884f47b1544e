import type { ConversationRow } from '../backend/types';
import { type Fit, Query, type Sought, Words } from '../names/names';
import { archiveStart, isUnread } from './chatstate';

/** The searchable text of a row, folded when it is first used. */
class SoughtRow implements Sought {
  readonly #row: ConversationRow;
  #name: Words | null = null;
  #about: Words | null = null;
  #preview: Words | null = null;

  constructor(row: ConversationRow) {
    this.#row = row;
  }

  get name(): Words {
    return (this.#name ??= new Words(this.#row.person.name));
  }

  get about(): Words {
    const { role, ward } = this.#row.person;
    return (this.#about ??= new Words(`${role ?? ''} ${ward ?? ''}`));
  }

  get preview(): Words {
    return (this.#preview ??= new Words(this.#row.preview?.text ?? ''));
  }
}

/** Rows that did not change stay the same objects, so each is folded once. */
const soughtRows = new WeakMap<ConversationRow, SoughtRow>();

function soughtRow(row: ConversationRow): SoughtRow {
  let known = soughtRows.get(row);
  if (known === undefined) {
    known = new SoughtRow(row);
    soughtRows.set(row, known);
  }
  return known;
}

const nothing = new Words('');

/**
 * A test for rows whose name has words that begin like those of the text, or whose last message has them one after another; `null`:
 * the text is empty.
 */
export function finder(text: string): ((row: ConversationRow) => boolean) | null {
  const query = new Query(text);
  if (text.trim() === '') return null;
  return (row) => {
    const sought = soughtRow(row);
    return !query.isEmpty && (query.fit({ name: sought.name, about: nothing }) !== null || query.standsIn(sought.preview));
  };
}

/** Rows that match every word by name, role or ward; the beginnings of names first. */
export function ranked(rows: readonly ConversationRow[], text: string, limit: number): ConversationRow[] {
  const query = new Query(text);
  const found: Record<Fit, ConversationRow[]> = { beginning: [], name: [], about: [] };
  for (const row of rows) {
    const fit = query.fit(soughtRow(row));
    if (fit !== null) found[fit].push(row);
  }
  return [...found.beginning, ...found.name, ...found.about].slice(0, limit);
}

/** What the switcher offers before anything is typed: unread first, then recent; no archived chat. */
export function suggested(rows: readonly ConversationRow[], limit: number): { unread: ConversationRow[]; recent: ConversationRow[] } {
  const here = rows.slice(0, archiveStart(rows));
  const unread = here.filter(isUnread).slice(0, limit);
  const recent = here
    .filter((row) => !isUnread(row))
    .slice(0, 200)
    .sort((a, b) => (b.preview?.at ?? 0) - (a.preview?.at ?? 0))
    .slice(0, Math.max(0, limit - unread.length));
  return { unread, recent };
}
