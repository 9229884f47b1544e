import type { Membership, Person } from '../types';

/** A team chat of the sample hospital. */
export type Team = {
  key: string;
  person: Person;
  purpose: string | null;
  /** How many are in it. */
  members: number;
  /** Who writes in it; the first one runs it, unless `me` does. */
  writers: readonly string[];
  /** What the signed-in person is in it. */
  me: 'owner' | 'admin' | 'member';
  membership: Membership;
};

type Rest = Partial<Pick<Team, 'purpose' | 'me' | 'membership'>>;

function team(key: string, name: string, initials: string, colour: number, members: number, writers: readonly string[], rest: Rest = {}): Team {
  const person = { name, role: null, ward: null, avatar: { initials, colour, picture: null }, resembles: null };
  return { key, person, members, writers, purpose: null, me: 'member', membership: { kind: 'member' }, ...rest };
}

export const teams: readonly Team[] = [
  team('take', 'Medical take', 'MT', 0, 14, ['helen', 'callum', 'wen', 'sam', 'asha'], {
    purpose: 'Referrals, beds and jobs of today’s acute take. Emergencies go to the bleep, not here.',
    me: 'owner',
  }),
  team('ward7b', 'Ward 7B handover', '7B', 8, 23, ['tom', 'callum', 'liam', 'george', 'priya'], { purpose: 'Handover of Ward 7B, morning and evening' }),
  team('night', 'Hospital at night', 'HN', 6, 11, ['grace', 'wen', 'oliver', 'callum']),
  team('flow', 'Beds and flow', 'BF', 3, 31, ['sam', 'grace', 'tom', 'ines'], { purpose: 'Capacity every three hours', me: 'admin' }),
  team('stewards', 'Antimicrobial stewardship', 'AS', 9, 8, ['nadia', 'priya', 'helen']),
  team('stroke', 'Stroke pathway', 'SP', 11, 17, ['ines', 'yusuf', 'helen', 'liam']),
];

/** Teams that the signed-in person is not in, or that are very large: only with `?teams`. */
export const otherTeams: readonly Team[] = [
  team('rota', 'Registrar rota', 'RR', 5, 9, ['asha', 'wen', 'yusuf'], {
    purpose: 'Swaps and gaps of the registrar rota',
    membership: { kind: 'invited', by: 'Asha Verma' },
  }),
  team('hospital', 'Whole hospital', 'WH', 10, 500, ['grace', 'sam', 'helen'], { purpose: 'What everybody needs to know', me: 'owner' }),
  team('social', 'Summer party', 'SU', 2, 12, ['liam', 'fatima'], { membership: { kind: 'left' } }),
  team('audit', 'Sepsis audit', 'SA', 4, 6, ['nadia', 'helen'], { membership: { kind: 'removed' } }),
  team('winter', 'Winter pressures', 'WP', 7, 20, ['sam', 'grace'], { membership: { kind: 'ended' } }),
];

/** Teams that anybody may enter and that the signed-in person is not in. */
export const openTeams: readonly Team[] = [
  team('teaching', 'Grand round and teaching', 'GT', 1, 42, ['helen', 'nadia'], { purpose: 'Dates, slides and questions' }),
  team('green', 'Greener wards', 'GW', 8, 16, ['liam', 'priya']),
  team('choir', 'Hospital choir', 'HC', 2, 27, ['grace', 'george'], { purpose: 'Mondays at six in the chapel' }),
];
