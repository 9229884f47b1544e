import type { TimelineDiff, TimelineItem, TimelineSnapshot } from '../backend/types';
import { type Applied, order } from './applied';

/** Where the identity of each kind of item begins. */
const letters = { message: 'm', notice: 'n', gap: 'g' } as const;

/** Identity of an item within its thread. */
export function itemKey(item: TimelineItem): string {
  return `${letters[item.kind]}${String(item.id)}`;
}

/** Applies one event's diffs to a thread. The given thread is not changed; unchanged items stay the same objects. */
export function applyTimeline(
  state: TimelineSnapshot,
  revision: number,
  diffs: readonly TimelineDiff[],
): Applied<TimelineSnapshot> {
  const when = order(state.revision, revision);
  if (when !== 'next') return { kind: when };
  const items = [...state.items];
  let { start, end } = state;
  for (const diff of diffs) {
    if (diff.kind === 'start') start = diff.start;
    else if (diff.kind === 'end') end = diff.end;
    else if (!applyOne(items, diff)) return { kind: 'missed' };
  }
  return { kind: 'applied', state: { ...state, revision, items, start, end } };
}

function applyOne(items: TimelineItem[], diff: Exclude<TimelineDiff, { kind: 'start' | 'end' }>): boolean {
  switch (diff.kind) {
    case 'insert':
      if (diff.index > items.length) return false;
      items.splice(diff.index, 0, ...diff.items);
      return true;
    case 'update':
      if (diff.index >= items.length) return false;
      items[diff.index] = diff.item;
      return true;
    case 'remove':
      return items.splice(diff.index, diff.count).length === diff.count;
  }
}
