import type { TeamEvent, Who } from '../backend/types';

/** So many people are named in a line; of more it says how many. */
const NAMED = 3;

const count = new Intl.NumberFormat('en-GB');
const list = new Intl.ListFormat('en-GB');

const isMe = (one: Who): boolean => one.kind === 'me';

/** Several people: by name, the reader first, or how many there are. */
function people(who: readonly Who[], named: boolean, you: 'you' | 'You'): string {
  const others = who.filter((one) => !isMe(one)).map((one) => (one.kind === 'other' ? one.name : ''));
  const me = who.some(isMe);
  if (!named) return me ? `${you} and ${count.format(others.length)} others` : `${count.format(others.length)} people`;
  return list.format(me ? [you, ...others] : others);
}

/** Whom a line is about that does not name them all; nobody where it does. */
function unnamed(event: TeamEvent): readonly Who[] {
  if (event.kind === 'renamed' || event.kind === 'purpose') return [];
  const who = event.kind === 'created' ? event.with : event.who;
  return who.length > NAMED ? who : [];
}

/** What a team says of itself, in one line. */
function line(event: TeamEvent): string {
  switch (event.kind) {
    case 'created': {
      const made = event.by.length === 0 ? 'The team was made' : `${people(event.by, true, 'You')} made the team`;
      return event.with.length === 0 ? made : `${made} with ${people(event.with, unnamed(event).length === 0, 'you')}`;
    }
    case 'renamed':
      return `The team is now called “${event.name}”`;
    case 'purpose':
      return event.text === '' ? 'The team has no purpose any more' : `Purpose: ${event.text}`;
    case 'added':
    case 'gone':
    case 'owner': {
      const who = people(event.who, unnamed(event).length === 0, 'You');
      const alone = event.who.length === 1 && !event.who.some(isMe);
      if (event.kind === 'added') return `${who} ${alone ? 'was' : 'were'} added`;
      if (event.kind === 'gone') return `${who} ${alone ? 'is' : 'are'} no longer in the team`;
      return `${who} ${alone ? 'runs' : 'run'} the team now`;
    }
  }
}

/** The words of the lines in which a team says something of itself. */
export const notices = {
  line,
  unnamed,
  names: (who: readonly Who[]) => people(who, true, 'You'),
  show: 'Show names',
  hide: 'Hide names',
};
