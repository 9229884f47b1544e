import type { TeamEvent, TimelineItem, Who } from '../backend/types';
import { dayNumber } from '../strings/when';

type TeamEventItem = Extract<TimelineItem, { kind: 'notice' }>;

/** Items in which notices of one day that only say whom the same person added, or only who left, are one where they follow one another. */
export function folded(items: readonly TimelineItem[]): readonly TimelineItem[] {
  if (!items.some((item) => item.kind === 'notice')) return items;
  const made: TimelineItem[] = [];
  for (const item of items) {
    const before = made.at(-1);
    const joined = before?.kind === 'notice' && item.kind === 'notice' ? together(before, item) : null;
    if (joined === null) made.push(item);
    else made[made.length - 1] = joined;
  }
  return made;
}

/** Both in one, if they can be. */
function together(before: TeamEventItem, after: TeamEventItem): TeamEventItem | null {
  const one = coming(before);
  const other = coming(after);
  if (one === null || other === null || one.kind !== other.kind || dayNumber(before.at) !== dayNumber(after.at)) return null;
  const byThemselves = one.kind === 'joined' || one.kind === 'left';
  if (!byThemselves && !isSame(before.by, after.by)) return null;
  return { ...before, events: [{ kind: one.kind, who: [...one.who, ...other.who] }] };
}

function isSame(one: Who | null, other: Who | null): boolean {
  if (one?.kind === 'other' && other?.kind === 'other') return one.name === other.name;
  return one?.kind === other?.kind;
}

type Coming = Extract<TeamEvent, { kind: 'added' | 'gone' | 'joined' | 'left' }>;

/** All that a notice says, if it is one thing: that people came, or that they went. */
function coming({ events }: TeamEventItem): Coming | null {
  const [event, more] = events;
  return event !== undefined && more === undefined && isComing(event) ? event : null;
}

function isComing(event: TeamEvent): event is Coming {
  return event.kind === 'added' || event.kind === 'gone' || event.kind === 'joined' || event.kind === 'left';
}
