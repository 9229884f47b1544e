import type { ConversationRow } from '../backend/types';

/** Folds case and accents, so that “ines” finds “Inês”. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** Rows whose name holds the text. */
export function byName(rows: readonly ConversationRow[], text: string): readonly ConversationRow[] {
  const wanted = folded(text.trim());
  return wanted === '' ? rows : rows.filter((row) => folded(row.person.name).includes(wanted));
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

/** What the switcher offers before anything is typed: unread first, then recent. */
export function suggested(rows: readonly ConversationRow[], limit: number): { unread: ConversationRow[]; recent: ConversationRow[] } {
  const unread = rows.filter((row) => row.unread > 0).slice(0, limit);
  const recent = rows
    .filter((row) => row.unread === 0)
    .slice(0, 200)
    .sort((a, b) => (b.preview?.at ?? 0) - (a.preview?.at ?? 0))
    .slice(0, Math.max(0, limit - unread.length));
  return { unread, recent };
}
