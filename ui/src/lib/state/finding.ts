import type { ConversationRow } from '../backend/types';
import { archiveStart, isUnread } from './standing';

/** Folds case and accents, so that “ines” finds “Inês”. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** What is looked through of a row. Rows that did not change stay the same objects, so each is folded once. */
const foldedRows = new WeakMap<ConversationRow, { name: string; preview: string }>();

function foldedRow(row: ConversationRow): { name: string; preview: string } {
  let known = foldedRows.get(row);
  if (known === undefined) {
    // Each word begins after a space: one search finds the beginning of any of them.
    known = { name: folded(row.person.name), preview: ` ${folded(row.preview?.text ?? '').replace(/[^\p{L}\p{N}]+/gu, ' ')}` };
    foldedRows.set(row, known);
  }
  return known;
}

/** Tells a row whose name holds the text, or whose last message has it at the beginning of a word; `null`: nothing is looked for. */
export function finder(text: string): ((row: ConversationRow) => boolean) | null {
  const wanted = folded(text.trim());
  if (wanted === '') return null;
  const begins = ` ${wanted.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()}`;
  return (row) => {
    const { name, preview } = foldedRow(row);
    return name.includes(wanted) || (begins !== ' ' && preview.includes(begins));
  };
}

/** Rows that match every word by name, role or ward; the beginnings of names first. */
export function ranked(rows: readonly ConversationRow[], text: string, limit: number): ConversationRow[] {
  const wanted = folded(text.trim()).split(/\s+/).filter(Boolean);
  const found: { row: ConversationRow; rank: number; order: number }[] = [];
  rows.forEach((row, order) => {
    const name = folded(row.person.name);
    const all = `${name} ${folded(row.person.role ?? '')} ${folded(row.person.ward ?? '')}`;
    if (!wanted.every((word) => all.includes(word))) return;
    const first = wanted[0] ?? '';
    const rank = name.startsWith(first) ? 0 : name.split(' ').some((part) => part.startsWith(first)) ? 1 : name.includes(first) ? 2 : 3;
    found.push({ row, rank, order });
  });
  return found
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, limit)
    .map(({ row }) => row);
}

/** What the switcher offers before anything is typed: unread first, then recent; none that is put aside. */
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
