import { describe, expect, it } from 'vitest';
import { Inbox } from '../state/inbox';
import { chatRow } from '../testing/build';
import { keyOf, Sections } from './sections';

const rows = [chatRow(1), chatRow(2), chatRow(3, { shownIn: 'archive' }), chatRow(4, { shownIn: 'archive' })];
const list = (from = 0, to = 4): Inbox => Inbox.of({ revision: 1, rows: rows.slice(from, to) });

function laidOut(sections: Sections): (number | 'archive')[] {
  return Array.from({ length: sections.length }, (_, index) => sections.at(index)).map((place) => (place === undefined ? -1 : keyOf(place)));
}

describe('the sections of the chat list', () => {
  it('hide those put aside behind their header, list them below it, or tell nothing apart', () => {
    expect(laidOut(new Sections(list(), 'folded'))).toEqual([1, 2, 'archive']);
    expect(laidOut(new Sections(list(), 'open'))).toEqual([1, 2, 'archive', 3, 4]);
    expect(laidOut(new Sections(list(), 'mixed'))).toEqual([1, 2, 3, 4]);
    expect(new Sections(list(), 'folded').archived).toBe(2);
  });

  it('have no header where nothing is put aside', () => {
    expect(laidOut(new Sections(list(0, 2), 'folded'))).toEqual([1, 2]);
    expect(laidOut(new Sections(list(0, 0), 'open'))).toEqual([]);
    expect(laidOut(new Sections(list(2), 'folded'))).toEqual(['archive']);
  });

  it('find every place again, and nothing that is hidden', () => {
    for (const archive of ['folded', 'open', 'mixed'] as const) {
      const sections = new Sections(list(), archive);
      laidOut(sections).forEach((key, index) => expect(sections.indexOf(key)).toBe(index));
    }
    expect(new Sections(list(), 'folded').indexOf(4)).toBe(-1);
    expect(new Sections(list(), 'mixed').indexOf('archive')).toBe(-1);
    expect(new Sections(list(), 'open').indexOf(9)).toBe(-1);
  });

  it('tell how far something has moved, if it is near', () => {
    const sections = new Sections(list(), 'open');
    expect([sections.moved(1, 0), sections.moved(1, 3), sections.moved('archive', 0), sections.moved(9, 0), sections.moved(1, 80)]).toEqual([0, -3, 2, 0, 0]);
  });
});
