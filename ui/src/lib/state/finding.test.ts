import { describe, expect, it } from 'vitest';
import { chatRow } from '../testing/build';
import { byName, ranked, suggested } from './finding';

const named = (id: number, name: string, role: string | null = null, unread = 0): ReturnType<typeof chatRow> =>
  chatRow(id, { unread, person: { name, role, ward: null, avatar: { initials: '', colour: 0, picture: null } } });

const rows = [named(1, 'Inês Carvalho', 'Stroke nurse'), named(2, 'Carl Benson', 'Porter', 2), named(3, 'Nina Oscar', 'Cardiology registrar')];

describe('finding', () => {
  it('by name knows no case and no accents', () => {
    expect(byName(rows, 'INES').map((row) => row.id)).toEqual([1]);
    expect(byName(rows, '  ')).toBe(rows);
    expect(byName(rows, 'porter')).toEqual([]);
  });

  it('ranked puts the beginning of a name before the middle and a role', () => {
    expect(ranked(rows, 'car', 10).map((row) => row.id)).toEqual([2, 1, 3]);
    expect(ranked(rows, 'nurse ines', 10).map((row) => row.id)).toEqual([1]);
  });

  it('suggests unread chats first', () => {
    const { unread, recent } = suggested(rows, 2);
    expect(unread.map((row) => row.id)).toEqual([2]);
    expect(recent).toHaveLength(1);
  });
});
