import { describe, expect, it } from 'vitest';
import type { TeamMember } from '../backend/types';
import { begun, callsEveryone, mentionables, written } from './mention';
import { Mentioning } from './mentioning.svelte';

function member(name: string): TeamMember {
  const person = { name, role: 'Nurse', ward: null, avatar: { initials: 'X', colour: 0, picture: null }, resembles: null };
  return { address: `${name}@ward.example`, person, role: 'member', presence: 'unknown', who: { kind: 'other', name }, handle: name };
}

const team = ['Asha Verma', 'Inês Carvalho', 'Tom Okafor', 'Li Tomlin'].map(member);

function offered(query: string): string[] {
  return mentionables(team, query).map((whom) => written(whom).trim());
}

describe('a mention', () => {
  it('begins with an @ before a word, and not in the middle of one', () => {
    expect(begun('@', 1)).toEqual({ from: 0, query: '' });
    expect(begun('Could @tom o', 12)).toEqual({ from: 6, query: 'tom o' });
    expect(begun('(@tom', 5)).toEqual({ from: 1, query: 'tom' });
    expect(begun('tom@ward', 8)).toBeNull();
    expect(begun('@ tom', 5)).toBeNull();
    expect(begun('@tom\nand', 8)).toBeNull();
    expect(begun('', 0)).toBeNull();
    expect(begun('@tom', 0)).toBeNull();
    expect(begun('@tom later', 4)).toEqual({ from: 0, query: 'tom' });
  });

  it('offers who is called so, whatever the accents and the case, and everyone last', () => {
    expect(offered('')).toEqual(['@Asha Verma', '@Inês Carvalho', '@Tom Okafor', '@Li Tomlin', '@everyone']);
    expect(offered('ines')).toEqual(['@Inês Carvalho']);
    expect(offered('TOM')).toEqual(['@Tom Okafor', '@Li Tomlin']);
    expect(offered('tom ok')).toEqual(['@Tom Okafor']);
    expect(offered('ev')).toEqual(['@everyone']);
    expect(offered('nurse')).toEqual([]);
  });

  it('of one of two people of one name says which', () => {
    const called = (local: string): TeamMember => ({ ...member('Tom Okafor'), address: `${local}@ward.example`, handle: `Tom Okafor (${local})` });
    const two = [...team, called('tom'), called('t.okafor2')].filter(({ address }) => !address.startsWith('Tom Okafor'));
    const both = mentionables(two, 'tom okafor').map(written);
    expect(both).toEqual(['@Tom Okafor (tom) ', '@Tom Okafor (t.okafor2) ']);
    expect(mentionables(two, 'Tom Okafor (t.okafor2) ')).toEqual([]);
  });

  it('is over once a name is complete', () => {
    expect(offered('Tom Okafor ')).toEqual([]);
    expect(offered('Tom Okafor, could')).toEqual([]);
    expect(offered('everyone ')).toEqual([]);
  });

  it('of everyone is told from words that only look like it', () => {
    expect(callsEveryone('Thanks @everyone!')).toBe(true);
    expect(callsEveryone('@Everyone please')).toBe(true);
    expect(callsEveryone('@everyones')).toBe(false);
    expect(callsEveryone('me@everyone')).toBe(false);
    expect(callsEveryone('everyone')).toBe(false);
  });
});

describe('the list of people to mention', () => {
  it('goes round with the keys and begins anew with each letter', () => {
    const list = new Mentioning(() => team);
    list.update('@', 1);
    expect([list.offered.length, list.active]).toEqual([5, 0]);
    list.step(-1);
    expect(list.active).toBe(4);
    list.step(1);
    list.step(1);
    expect(list.active).toBe(1);
    list.update('@t', 2);
    expect(list.active).toBe(0);
    expect(list.range).toEqual({ from: 0, to: 2 });
  });

  it('stays closed for the mention that it was closed for', () => {
    const list = new Mentioning(() => team);
    list.update('@', 1);
    list.close();
    list.update('@t', 2);
    expect(list.offered).toEqual([]);
    list.update('@t and @', 8);
    expect(list.offered.length).toBeGreaterThan(0);
  });

  it('is empty where nobody can be mentioned, and where text is selected', () => {
    const alone = new Mentioning(() => null);
    alone.update('@', 1);
    expect(alone.offered).toEqual([]);
    const list = new Mentioning(() => team);
    list.update('@', null);
    expect(list.offered).toEqual([]);
  });
});
