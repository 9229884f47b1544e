import type { TeamMember } from '../backend/types';
import { membersCalled } from '../team/members';
import { isSame, Words } from '../names/names';

/** What means everyone in a team, without its `@`. */
export const EVERYONE = 'everyone';

/** So many members are offered at once; who has more to choose from types on. */
const OFFERED = 20;
/** Nobody's name is longer. */
const LONGEST = 80;

/** A mention that is being written: where its `@` stands, and what follows it so far. */
export type Begun = { from: number; query: string };

/** Somebody to be mentioned. */
export type Mentionable = { kind: 'member'; member: TeamMember } | { kind: 'everyone' };

/** The mention in front of the caret, if there is one. An `@` inside a word, as in an address, begins none. */
export function begun(text: string, caret: number): Begun | null {
  const from = caret === 0 ? -1 : text.lastIndexOf('@', caret - 1);
  const query = text.slice(from + 1, caret);
  if (from < 0 || query.length > LONGEST || /\n/.test(query) || /^[^\p{L}\p{N}]/u.test(query)) return null;
  return /[\p{L}\p{N}]$/u.test(text.slice(0, from)) ? null : { from, query };
}

/** Who may be meant, the likeliest first and everyone last; nobody once a name is complete. */
export function mentionables(members: readonly TeamMember[], query: string): readonly Mentionable[] {
  const complete = (name: string): boolean => / $/.test(query) && isSame(query, name);
  if (complete(EVERYONE) || members.some(({ handle }) => complete(handle))) return [];
  const called = membersCalled(members, query).slice(0, OFFERED);
  const offered: Mentionable[] = called.map((member) => ({ kind: 'member', member }));
  if (EVERYONE.startsWith(new Words(query).letters)) offered.push({ kind: 'everyone' });
  return offered;
}

/** How somebody is written. */
export function written(whom: Mentionable): string {
  return `@${whom.kind === 'everyone' ? EVERYONE : whom.member.handle} `;
}

/** Whether a text mentions everyone: as the backend finds it. */
export function callsEveryone(text: string): boolean {
  return /(?<![\p{L}\p{N}])@everyone(?![\p{L}\p{N}])/iu.test(text);
}
