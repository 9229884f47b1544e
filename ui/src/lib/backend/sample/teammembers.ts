import type { TeamMember, TeamRole, Who } from '../types';
import { colleague, me, type Member, staff, staffMember } from './people';
import type { Team } from './teamlist';

/** What the sample hospital's server knows of a team. */
export type SampleTeam = { address: string; purpose: string | null; members: TeamMember[] };

const ranks: Readonly<Record<TeamRole, number>> = { owner: 0, admin: 1, member: 2 };

/** Who is in a team: those who write in it, then others of the staff, then colleagues without end. */
export function membersOf({ key, members, writers, me: mine, membership }: Team): TeamMember[] {
  const inside = membership.kind === 'member' ? [teamMember(me, mine)] : [];
  const others = [...writers.map(staffMember), ...staff.filter((one) => !writers.includes(one.key))].slice(0, members - inside.length);
  const more = Array.from({ length: Math.max(0, members - inside.length - others.length) }, (_, index) => colleague(index + key.length));
  const first = mine === 'owner' ? undefined : writers[0];
  return inOrder([...inside, ...[...others, ...more].map((one) => teamMember(one, one.key === first ? 'owner' : 'member'))]);
}

/** Somebody of the hospital as a member of a team. */
export function teamMember({ key, person, presence }: Member, role: TeamRole): TeamMember {
  const who: Who = key === me.key ? { kind: 'me' } : { kind: 'other', name: person.name };
  return { address: `${key}@stalban.example`, person, role, presence, who, handle: person.name };
}

/** Owners, administrators, members, each by name. */
export function inOrder(members: readonly TeamMember[]): TeamMember[] {
  return [...members].sort((a, b) => ranks[a.role] - ranks[b.role] || a.person.name.localeCompare(b.person.name));
}

/** Whoever has this address. */
export function byAddress(address: string): Member {
  const local = address.split('@')[0] ?? '';
  const known = [...staff, me].find(({ key }) => key === local);
  return known ?? { key: local, presence: 'unknown', person: { name: local, role: null, ward: null, avatar: { initials: local.charAt(0).toUpperCase(), colour: 4, picture: null }, resembles: null } };
}
