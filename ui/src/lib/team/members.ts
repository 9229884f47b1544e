import type { TeamMember } from '../backend/types';
import { Query, type Sought, Words } from '../names/names';

/** Members are the same objects until the team is read anew, so each is folded once. */
const known = new WeakMap<TeamMember, Sought>();

const nothing = new Words('');

function soughtMember(member: TeamMember): Sought {
  let sought = known.get(member);
  if (sought === undefined) {
    const { name, role, ward } = member.person;
    sought = { name: new Words(name), about: new Words(`${role ?? ''} ${ward ?? ''}`) };
    known.set(member, sought);
  }
  return sought;
}

/** Members of whose name, role or ward every word of the text begins one, in the order of the team. */
export function membersLike(members: readonly TeamMember[], text: string): readonly TeamMember[] {
  const query = new Query(text);
  return query.isEmpty ? members : members.filter((member) => query.fit(soughtMember(member)) !== null);
}

/** Members of whose name every word of the text begins one: those whose name begins like the text before the others. */
export function membersCalled(members: readonly TeamMember[], text: string): readonly TeamMember[] {
  const query = new Query(text);
  const fits = members.map((member) => ({ member, fit: query.fit({ name: soughtMember(member).name, about: nothing }) }));
  return [...fits.filter(({ fit }) => fit === 'beginning'), ...fits.filter(({ fit }) => fit === 'name')].map(({ member }) => member);
}
