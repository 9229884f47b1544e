import type { ConversationRow, InboxDiff, InboxSnapshot } from '../backend/types';
import { type Applied, order } from './applied';

/** A row that went, one that came, or both where it changed. */
export type Change = { gone?: ConversationRow; come?: ConversationRow };

/**
 * Applies one event's diffs to the chat list. The given list is not changed; rows that did not change stay the same
 * objects, so that nothing is drawn again for them. `changes` is told what was done, in order.
 */
export function applyInbox(state: InboxSnapshot, revision: number, diffs: readonly InboxDiff[], changes?: Change[]): Applied<InboxSnapshot> {
  const when = order(state.revision, revision);
  if (when !== 'next') return { kind: when };
  const rows = [...state.rows];
  for (const diff of diffs) {
    if (!applyOne(rows, diff, changes)) return { kind: 'missed' };
  }
  return { kind: 'applied', state: { revision, rows } };
}

function applyOne(rows: ConversationRow[], diff: InboxDiff, changes?: Change[]): boolean {
  switch (diff.kind) {
    case 'insert':
      if (diff.index > rows.length) return false;
      rows.splice(diff.index, 0, diff.row);
      changes?.push({ come: diff.row });
      return true;
    case 'move': {
      const [row] = rows.splice(diff.from, 1);
      if (row === undefined || diff.to > rows.length) return false;
      rows.splice(diff.to, 0, row);
      return true;
    }
    case 'remove': {
      const [gone] = rows.splice(diff.index, 1);
      if (gone === undefined) return false;
      changes?.push({ gone });
      return true;
    }
    case 'update': {
      // The index must still mean the same conversation: a wrong one would show a message under another name.
      const gone = rows[diff.index];
      if (gone?.id !== diff.row.id) return false;
      rows[diff.index] = diff.row;
      changes?.push({ gone, come: diff.row });
      return true;
    }
  }
}
