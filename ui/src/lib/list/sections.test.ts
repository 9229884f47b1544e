import { describe, expect, it } from 'vitest';
import { chatRow } from '../testing/build';
import { keyOf, Sections } from './sections';

const rows = [chatRow(1), chatRow(2), chatRow(3, { shownIn: 'archive' }), chatRow(4, { shownIn: 'archive' })];

function laidOut(sections: Sections): (number | 'archive')[] {
  return Array.from({ length: sections.length }, (_, index) => sections.at(index)).map((place) => (place === undefined ? -1 : keyOf(place)));
}

describe('the sections of the chat list', () => {
  it('hide those put aside behind their header, list them below it, or tell nothing apart', () => {
    expect(laidOut(new Sections(rows, 'folded'))).toEqual([1, 2, 'archive']);
    expect(laidOut(new Sections(rows, 'open'))).toEqual([1, 2, 'archive', 3, 4]);
    expect(laidOut(new Sections(rows, 'mixed'))).toEqual([1, 2, 3, 4]);
    expect(new Sections(rows, 'folded').archived).toBe(2);
  });

  it('have no header where nothing is put aside', () => {
    expect(laidOut(new Sections(rows.slice(0, 2), 'folded'))).toEqual([1, 2]);
    expect(laidOut(new Sections([], 'open'))).toEqual([]);
    expect(laidOut(new Sections(rows.slice(2), 'folded'))).toEqual(['archive']);
  });

  it('find every place again, and nothing that is hidden', () => {
    for (const archive of ['folded', 'open', 'mixed'] as const) {
      const sections = new Sections(rows, archive);
      laidOut(sections).forEach((key, index) => expect(sections.indexOf(key)).toBe(index));
    }
    expect(new Sections(rows, 'folded').indexOf(4)).toBe(-1);
    expect(new Sections(rows, 'mixed').indexOf('archive')).toBe(-1);
    expect(new Sections(rows, 'open').indexOf(9)).toBe(-1);
  });
});
