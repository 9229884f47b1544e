import type { ConversationRow, InboxDiff } from '../src/lib/backend/types';
import { Sections } from '../src/lib/list/sections';
import { Inbox } from '../src/lib/state/inbox';
import { chatRow } from '../src/lib/testing/build';

/** `npm run bench:list`: what one change of the chat list costs, beside the same change of a bare array. */

const CHANGES = 20_000;
const ROUNDS = 7;
/** As many rows as a large window draws. */
const DRAWN = 30;

type Change = { from: number; to: number; row: ConversationRow };

/** Messages in any of the chats: each moves its row up, below those pinned, and changes it. */
function messages(rows: readonly ConversationRow[]): Change[] {
  const now = [...rows];
  let seed = 20_261_128;
  return Array.from({ length: CHANGES }, (_, count) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const from = 3 + (seed % (now.length - 3));
    const [old] = now.splice(from, 1);
    if (old === undefined) throw new Error('no such row');
    const row = { ...old, unread: count };
    now.splice(3, 0, row);
    return { from, to: 3, row };
  });
}

/** Microseconds for one change, the median of the rounds. */
function measured(round: () => void): number {
  const times = Array.from({ length: ROUNDS + 1 }, () => {
    const begun = performance.now();
    round();
    return ((performance.now() - begun) * 1000) / CHANGES;
  });
  // The first round only warms up.
  return times.slice(1).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}

function bare(rows: readonly ConversationRow[], changes: readonly Change[]): void {
  const array = [...rows];
  for (const { from, to, row } of changes) {
    array.splice(from, 1);
    array.splice(to, 0, row);
  }
}

/** Applies each event; `drawing` also lays the list out after it, as if each had a frame of its own. */
function applied(rows: readonly ConversationRow[], events: readonly InboxDiff[][], drawing: boolean): void {
  let inbox = Inbox.of({ revision: 0, rows });
  const chosen = rows.length >> 1;
  let seen = 0;
  for (const diffs of events) {
    const outcome = inbox.apply(inbox.revision + 1, diffs);
    if (outcome.kind !== 'applied') throw new Error(outcome.kind);
    inbox = outcome.state;
    if (!drawing) continue;
    const sections = new Sections(inbox, 'folded');
    seen += sections.indexOf(chosen);
    for (let index = 0; index < DRAWN; index += 1) if (sections.at(index) !== undefined) seen += 1;
  }
  if (drawing && seen <= 0) throw new Error('nothing was laid out');
}

const table = [100, 1000, 10_000].map((length) => {
  const rows = Array.from({ length }, (_, index) => chatRow(index, { pinned: index < 3, shownIn: index < length * 0.9 ? 'inbox' : 'archive' }));
  // Those put aside stay where they are.
  const changes = messages(rows.slice(0, length * 0.9));
  const events = changes.map(({ from, to, row }): InboxDiff[] => [
    { kind: 'move', from, to },
    { kind: 'update', index: to, row },
  ]);
  return {
    chats: length,
    'bare splices, µs': measured(() => bare(rows, changes)).toFixed(2),
    'change applied, µs': measured(() => applied(rows, events, false)).toFixed(2),
    'and laid out, µs': measured(() => applied(rows, events, true)).toFixed(2),
  };
});
console.table(table);
