import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FoundPeople } from '../backend/types';
import { chatRow } from '../testing/build';
import { PeopleSearch } from './people.svelte';

const found = (...names: string[]): FoundPeople => ({
  directory: 'asked',
  address: null,
  people: names.map((name) => ({ address: `${name}@ward.example`, person: chatRow(1).person, presence: 'unknown', conversation: null })),
});

describe('the search for people', () => {
  let asked: { text: string; answer: (found: FoundPeople) => void }[];
  let search: PeopleSearch;
  const shown = (): string[] => search.found.people.map((one) => one.address.split('@')[0] ?? '');
  const turn = async (): Promise<void> => {
    for (let index = 0; index < 5; index += 1) await Promise.resolve();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    search = new PeopleSearch((text) => new Promise((answer) => asked.push({ text, answer })));
  });
  afterEach(() => void vi.useRealTimers());

  it('asks once after a pause in typing', () => {
    for (const text of ['a', 'as', 'ash']) {
      search.update(text);
      vi.advanceTimersByTime(149);
    }
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(asked.map(({ text }) => text)).toEqual(['ash']);
  });

  it('ignores an answer that comes too late, even after the one that counts', async () => {
    search.update('a');
    vi.advanceTimersByTime(150);
    search.update('as');
    vi.advanceTimersByTime(150);
    asked[1]?.answer(found('asha'));
    await turn();
    asked[0]?.answer(found('anna', 'asha'));
    await turn();
    expect(shown()).toEqual(['asha']);
    search.update('');
    expect([shown(), search.text]).toEqual([[], '']);
  });

  it('knows whether who was found belongs to what was typed', async () => {
    expect(search.pending).toBe(false);
    search.update('tom');
    expect(search.pending).toBe(true);
    const settled = search.settled();
    search.update('tomas');
    asked[0]?.answer(found('tom'));
    await settled;
    expect([search.pending, shown()]).toEqual([true, []]);
    vi.advanceTimersByTime(150);
    asked[1]?.answer(found('tomas'));
    await turn();
    expect([search.pending, shown()]).toEqual([false, ['tomas']]);
    // Back to what was answered already: nothing is awaited, whatever was asked meanwhile.
    search.update('toma');
    vi.advanceTimersByTime(150);
    search.update('tomas');
    expect(search.pending).toBe(false);
    asked[2]?.answer(found('toma'));
    await turn();
    expect(shown()).toEqual(['tomas']);
  });

  it('asks at once, and only once, when the answer is waited for', async () => {
    search.update('tom');
    const settled = search.settled();
    expect(asked.map(({ text }) => text)).toEqual(['tom']);
    vi.advanceTimersByTime(1000);
    asked[0]?.answer(found('tom'));
    await settled;
    expect(shown()).toEqual(['tom']);
    await search.settled();
    expect(asked).toHaveLength(1);
  });

  it('shows nothing any more for a text that was cleared while its answer was on its way', async () => {
    search.update('tom');
    vi.advanceTimersByTime(150);
    search.update('');
    asked[0]?.answer(found('tom'));
    await turn();
    expect(shown()).toEqual([]);
  });
});
