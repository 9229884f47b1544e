import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnreadLine } from '../backend/types';
import { message, notice } from '../testing/build';
import { rows } from './layout';
import { around, carried, newer, newest, older } from './slice';

const minute = 60_000;
const noon = new Date(2026, 10, 22, 12).getTime();

function shape(items: Parameters<typeof rows>[0], unread: UnreadLine | null = null): string[] {
  return rows(items, 0, items.length, unread).map((row) =>
    row.kind === 'gap'
      ? 'gap'
      : row.kind === 'notice'
        ? [row.day === null ? '' : 'day', 'notice'].filter(Boolean).join(' ')
      : [row.day === null ? '' : 'day', row.unread !== null ? 'unread' : '', row.first ? 'first' : '', row.last ? 'last' : ''].filter(Boolean).join(' '),
  );
}

describe('the layout of a thread', () => {
  it('groups one person’s messages within five minutes', () => {
    expect(shape([message(1, noon, 'bob'), message(2, noon + minute, 'bob'), message(3, noon + 7 * minute, 'bob'), message(4, noon + 8 * minute, null)])).toEqual([
      'day first',
      'last',
      'first last',
      'first last',
    ]);
  });

  it('breaks a group at a new day, even a minute later', () => {
    const midnight = new Date(2026, 10, 23).getTime();
    expect(shape([message(1, midnight - 30_000, 'bob'), message(2, midnight + 30_000, 'bob')])).toEqual(['day first last', 'day first last']);
  });

  it('breaks a group at the unread line', () => {
    expect(shape([message(1, noon, 'bob'), message(2, noon, 'bob')], { before: 2, count: 1, mentions: [] })).toEqual(['day first last', 'unread first last']);
  });

  it('breaks a group at a gap and shows the day once', () => {
    expect(shape([message(1, noon, 'bob'), { kind: 'gap', id: 1, state: 'open' }, message(2, noon, 'bob')])).toEqual(['day first last', 'gap', 'first last']);
  });

  it('breaks a group at a notice, which begins a day like a message', () => {
    const said = (id: number): ReturnType<typeof notice> => notice(id, noon, { kind: 'added', who: [{ kind: 'me' }] });
    const made = [said(1), message(2, noon, 'bob'), said(3), message(4, noon, 'bob')];
    expect(shape(made)).toEqual(['day notice', 'first last', 'notice', 'first last']);
  });

  it('is the same for a part as for that part of the whole', () => {
    const person = fc.constantFrom('bob', 'carol', null);
    fc.assert(
      fc.property(fc.array(fc.tuple(person, fc.integer({ min: 0, max: 600 })), { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (spec, a, b) => {
        let at = noon;
        const items = spec.map(([from, minutes], index) => message(index, (at += minutes * minute), from));
        const from = a % items.length;
        const to = from + (b % (items.length - from)) + 1;
        expect(rows(items, from, to, null)).toEqual(rows(items, 0, items.length, null).slice(from, to));
      }),
    );
  });
});

describe('the part of a thread in the document', () => {
  it('stays within five viewports and within the items, wherever the reader goes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.array(fc.constantFrom('older', 'newer', 'end'), { maxLength: 60 }), (length, moves) => {
        const perView = 20;
        let slice = newest(length, perView);
        for (const move of moves) {
          slice = move === 'older' ? older(slice, perView) : move === 'newer' ? newer(slice, length, perView) : newest(length, perView);
          expect(slice.from).toBeGreaterThanOrEqual(0);
          expect(slice.to).toBeLessThanOrEqual(length);
          expect(slice.to).toBeGreaterThan(slice.from);
          expect(slice.to - slice.from).toBeLessThanOrEqual(5 * perView);
        }
      }),
    );
  });

  it('follows its items when older ones are put before them', () => {
    expect(carried({ from: 10, to: 50 }, 100, 60, 99, 150, 20)).toEqual({ from: 60, to: 100 });
  });

  it('takes in what is appended only as far as five viewports', () => {
    expect(carried({ from: 60, to: 100 }, 100, 60, 99, 600, 20)).toEqual({ from: 60, to: 160 });
    expect(carried({ from: 60, to: 100 }, 100, 60, 99, 103, 20)).toEqual({ from: 60, to: 103 });
  });

  it('goes to the end when nothing of it is left', () => {
    expect(carried({ from: 0, to: 5 }, 5, -1, -1, 100, 20)).toEqual({ from: 60, to: 100 });
  });

  it('surrounds a message with a viewport before it and two after', () => {
    expect(around(50, 500, 20)).toEqual({ from: 30, to: 90 });
  });
});
