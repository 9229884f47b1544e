import { describe, expect, it } from 'vitest';
import type { ConversationRow } from '../backend/types';
import { chatRow } from '../testing/build';
import { finder, ranked, suggested } from './finding';

const named = (id: number, name: string, role: string | null = null, unread = 0): ReturnType<typeof chatRow> =>
  chatRow(id, { unread, person: { name, role, ward: null, avatar: { initials: '', colour: 0, picture: null }, resembles: null } });

const rows = [named(1, 'Inês Carvalho', 'Stroke nurse'), named(2, 'Carl Benson', 'Porter', 2), named(3, 'Nina Oscar', 'Cardiology registrar')];

function found(among: readonly ConversationRow[], text: string): number[] {
  const finds = finder(text);
  return among.filter((row) => finds?.(row) === true).map((row) => row.id);
}

describe('finding', () => {
  it('by name knows no case and no accents', () => {
    expect(found(rows, 'INES')).toEqual([1]);
    expect(found(rows, 'carvalho ines')).toEqual([1]);
    expect(found(rows, 'nes')).toEqual([]);
    expect(finder('  ')).toBeNull();
    expect(found(rows, 'porter')).toEqual([]);
  });

  it('filters by the beginnings of words of the last message too, put aside or not', () => {
    const said = (id: number, text: string): ReturnType<typeof chatRow> =>
      chatRow(id, { shownIn: 'archive', preview: { message: id, sender: null, kind: 'text', text, at: 0, delivery: null } });
    const all = [...rows, said(4, 'Bed 3 is ready – (Échocardiogram) at 15:30')];
    expect(['echo', 'bed 3', '15:3', 'gram', 'eady', '–'].map((text) => found(all, text))).toEqual([[4], [4], [4], [], [], []]);
  });

  it('ranked puts the beginning of a name before the middle and a role', () => {
    expect(ranked(rows, 'car', 10).map((row) => row.id)).toEqual([2, 1, 3]);
    expect(ranked(rows, 'rses', 10)).toEqual([]);
    expect(ranked(rows, 'nurse ines', 10).map((row) => row.id)).toEqual([1]);
  });

  it('suggests unread chats first', () => {
    const { unread, recent } = suggested(rows, 2);
    expect(unread.map((row) => row.id)).toEqual([2]);
    expect(recent).toHaveLength(1);
    expect(suggested([chatRow(7, { markedUnread: true }), chatRow(8, { shownIn: 'archive', unread: 3 })], 9)).toMatchObject({ unread: [{ id: 7 }], recent: [] });
  });
});
