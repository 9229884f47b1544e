import type { ConversationRow, InboxDiff, InboxSnapshot } from '../backend/types';
import { type Applied, order } from './applied';

/**
 * Applies one event's diffs to the chat list. The given list is not changed; rows that did not change stay the same
 * objects, so that nothing is drawn again for them.
 */
export function applyInbox(state: InboxSnapshot, revision: number, diffs: readonly InboxDiff[]): Applied<InboxSnapshot> {
  const when = order(state.revision, revision);
  if (when !== 'next') return { kind: when };
  const rows = [...state.rows];
  for (const diff of diffs) {
    if (!applyOne(rows, diff)) return { kind: 'missed' };
  }
  return { kind: 'applied', state: { ...state, revision, rows } };
}

function applyOne(rows: ConversationRow[], diff: InboxDiff): boolean {
  switch (diff.kind) {
    case 'insert':
      if (diff.index > rows.length) return false;
      rows.splice(diff.index, 0, diff.row);
      return true;
    case 'move': {
      const [row] = rows.splice(diff.from, 1);
      if (row === undefined || diff.to > rows.length) return false;
      rows.splice(diff.to, 0, row);
      return true;
    }
    case 'remove':
      return rows.splice(diff.index, 1).length === 1;
    case 'update':
      // The index must still mean the same conversation: a wrong one would show a message under another name.
      if (rows[diff.index]?.id !== diff.row.id) return false;
      rows[diff.index] = diff.row;
      return true;
  }
}
