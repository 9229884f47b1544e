import type { TeamMember } from '../backend/types';
import { folded } from '../state/finding';

/** Members are the same objects until the team is read anew, so each is folded once. */
const known = new WeakMap<TeamMember, { name: readonly string[]; all: readonly string[] }>();

/** Whether there are words and each begins one of these. */
const begin = (words: readonly string[], all: readonly string[]): boolean => words.every((word) => all.some((one) => one.startsWith(word)));

/** The words of a text, without case and accents. */
const split = (text: string): string[] => folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

function wordsOf(member: TeamMember): { name: readonly string[]; all: readonly string[] } {
  let words = known.get(member);
  if (words === undefined) {
    const { name, role, ward } = member.person;
    words = { name: split(name), all: split(`${name} ${role ?? ''} ${ward ?? ''}`) };
    known.set(member, words);
  }
  return words;
}

/** Members of whose name, role or ward every word of the text begins one, in the order of the team. */
export function membersLike(members: readonly TeamMember[], text: string): readonly TeamMember[] {
  const wanted = split(text);
  return wanted.length === 0 ? members : members.filter((member) => begin(wanted, wordsOf(member).all));
}

/** Members of whose name every word of the text begins one: those whose name begins like the text before the others. */
export function membersCalled(members: readonly TeamMember[], text: string): readonly TeamMember[] {
  const wanted = split(text);
  const found = members.filter((member) => begin(wanted, wordsOf(member).name));
  const first = (member: TeamMember): boolean => wanted[0] === undefined || (wordsOf(member).name[0]?.startsWith(wanted[0]) ?? false);
  return [...found.filter(first), ...found.filter((member) => !first(member))];
}
