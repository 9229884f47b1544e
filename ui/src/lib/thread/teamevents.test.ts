import { describe, expect, it } from 'vitest';
import type { TeamEvent, TimelineItem, Who } from '../backend/types';
import { message, notice } from '../testing/build';
import { strings } from '../strings/strings';
import { folded } from './teamevents';

const noon = new Date(2026, 10, 22, 12).getTime();
const named = (...names: string[]): Who[] => names.map((name) => ({ kind: 'other', name }));
const added = (...names: string[]): TeamEvent => ({ kind: 'added', who: named(...names) });
const gone = (...names: string[]): TeamEvent => ({ kind: 'gone', who: named(...names) });

function lines(items: readonly TimelineItem[]): string[][] {
  return folded(items).map((item) => (item.kind === 'notice' ? item.events.map((event) => strings.teamEvents.line(event, item.by)) : [item.kind]));
}

describe('notices in a thread', () => {
  it('are one where they follow one another and say the same', () => {
    const items = [notice(1, noon, added('Ben')), notice(2, noon, added('Carol')), notice(3, noon, gone('Dev')), notice(4, noon, gone('Elif'))];
    expect(lines(items)).toEqual([['Ben and Carol were added'], ['Dev and Elif are no longer in the team']]);
  });

  it('stay apart across a message, another day, and whatever else is said', () => {
    const tomorrow = noon + 24 * 3_600_000;
    const items = [notice(1, noon, added('Ben')), message(2, noon, 'bob'), notice(3, noon, added('Carol')), notice(4, tomorrow, added('Dev'))];
    expect(lines(items)).toEqual([['Ben was added'], ['message'], ['Carol was added'], ['Dev was added']]);
    const renamed = notice(1, noon, { kind: 'renamed', name: 'Take' }, added('Ben'));
    expect(lines([renamed, notice(2, noon, added('Carol'))])).toEqual([['The team is now called “Take”', 'Ben was added'], ['Carol was added']]);
  });

  it('are one of one person’s deeds, and of all who came or went by themselves', () => {
    const [asha, ben] = named('Asha', 'Ben');
    const by = (who: Who | undefined, id: number, event: TeamEvent): TimelineItem => ({ ...notice(id, noon, event), by: who ?? null });
    const items = [by(asha, 1, added('Dev')), by(asha, 2, added('Elif')), by(ben, 3, added('Femi')), notice(4, noon, added('Gro'))];
    expect(lines(items)).toEqual([['Asha added Dev and Elif'], ['Ben added Femi'], ['Gro was added']]);
    const left = (who: Who | undefined, id: number): TimelineItem => by(who, id, { kind: 'left', who: who === undefined ? [] : [who] });
    expect(lines([left(asha, 1), left(ben, 2)])).toEqual([['Asha and Ben left']]);
  });

  it('keep their first identity, and change nothing that holds none', () => {
    const items = [notice(1, noon, added('Ben')), notice(2, noon, added('Carol'))];
    expect(folded(items)).toMatchObject([{ kind: 'notice', id: 1 }]);
    const messages = [message(1, noon, 'bob')];
    expect(folded(messages)).toBe(messages);
  });
});

describe('the text of a team event', () => {
  const me: Who = { kind: 'me' };
  const line = (event: TeamEvent, by: Who | null = null): string => strings.teamEvents.line(event, by);

  it('name a few, the reader first, and count many', () => {
    expect(line({ kind: 'added', who: [me] })).toBe('You were added');
    expect(line({ kind: 'gone', who: [me] })).toBe('You are no longer in the team');
    expect(line({ kind: 'added', who: [...named('Ben'), me] })).toBe('You and Ben were added');
    const many = { kind: 'added', who: named('A', 'B', 'C', 'D') } as const;
    expect(line({ ...many, who: [...many.who] })).toBe('4 people were added');
    expect(line({ ...many, who: [me, ...many.who] })).toBe('You and 4 others were added');
    expect(strings.teamEvents.unnamed({ ...many, who: [...many.who] })).toHaveLength(4);
    expect(strings.teamEvents.unnamed({ kind: 'added', who: named('A', 'B', 'C') })).toEqual([]);
  });

  it('say whose deed it was, where that is known', () => {
    const [asha] = named('Asha');
    const by = asha ?? null;
    expect(line({ kind: 'created', by: [], with: named('Ben') }, by)).toBe('Asha made the team with Ben');
    expect(line({ kind: 'added', who: [me] }, by)).toBe('Asha added you');
    expect(line({ kind: 'added', who: named('Ben') }, me)).toBe('You added Ben');
    expect(line({ kind: 'added', who: [me, ...named('A', 'B', 'C', 'D')] }, by)).toBe('Asha added you and 4 others');
    expect(line({ kind: 'gone', who: named('Ben') }, by)).toBe('Asha removed Ben');
    expect(line({ kind: 'owner', who: [me] }, by)).toBe('Asha handed the team over to you');
    expect(line({ kind: 'renamed', name: 'Take' }, by)).toBe('Asha renamed the team to “Take”');
    expect(line({ kind: 'purpose', text: 'Handover' }, me)).toBe('You changed the purpose: Handover');
    expect(line({ kind: 'purpose', text: '' }, by)).toBe('Asha took away the purpose of the team');
    expect(line({ kind: 'joined', who: [me] }, me)).toBe('You joined');
    expect(line({ kind: 'left', who: named('Asha') }, by)).toBe('Asha left');
  });

  it('say who made the team, who runs it, what it is called and what for', () => {
    expect(line({ kind: 'created', by: named('Asha'), with: [...named('Ben'), me] })).toBe('Asha made the team with you and Ben');
    expect(line({ kind: 'created', by: [], with: [] })).toBe('The team was made');
    expect(line({ kind: 'owner', who: named('Ben') })).toBe('Ben runs the team now');
    expect(line({ kind: 'owner', who: [me] })).toBe('You run the team now');
    expect(line({ kind: 'purpose', text: 'Handover' })).toBe('Purpose: Handover');
    expect(line({ kind: 'purpose', text: '' })).toBe('The team has no purpose any more');
  });
});

describe('who is typing', () => {
  it('is named, up to two', () => {
    expect(strings.list.typing(['Ben'])).toBe('Ben is typing…');
    expect(strings.list.typing(['Ben', 'Carol'])).toBe('Ben and Carol are typing…');
    expect(strings.list.typing(['Ben', 'Carol', 'Dev'])).toBe('3 people are typing…');
  });
});
