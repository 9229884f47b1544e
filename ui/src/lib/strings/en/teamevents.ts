import type { TeamEvent, Who } from '../../backend/types';
import type { Area } from '../catalogue';
import { count, locale } from './numbers';

/** A line names up to so many people, and counts more. */
const NAMED = 3;

const list = new Intl.ListFormat(locale);

const isMe = (one: Who): boolean => one.kind === 'me';

/** Several people: by name, the reader first, or how many there are. */
function people(who: readonly Who[], named: boolean, you: 'you' | 'You'): string {
  const others = who.filter((one) => !isMe(one)).map((one) => (one.kind === 'other' ? one.name : ''));
  const me = who.some(isMe);
  if (!named) return me ? `${you} and ${count.format(others.length)} others` : `${count.format(others.length)} people`;
  return list.format(me ? [you, ...others] : others);
}

/** The people of a line that only counts them; nobody where the line names them. */
function unnamed(event: TeamEvent): readonly Who[] {
  if (!('who' in event) && event.kind !== 'created') return [];
  const who = event.kind === 'created' ? event.with : event.who;
  return who.length > NAMED ? who : [];
}

/** An event of a team in one line: with the person who did it, where known. */
function line(event: TeamEvent, by: Who | null): string {
  if (event.kind === 'created') {
    const makers = by === null ? event.by : [by];
    const made = makers.length === 0 ? 'The team was made' : `${people(makers, true, 'You')} made the team`;
    return event.with.length === 0 ? made : `${made} with ${people(event.with, unnamed(event).length === 0, 'you')}`;
  }
  return by === null ? byTeam(event) : byPerson(event, people([by], true, 'You'));
}

type Change = Exclude<TeamEvent, { kind: 'created' }>;

/** As somebody's action. */
function byPerson(event: Change, by: string): string {
  switch (event.kind) {
    case 'renamed':
      return `${by} renamed the team to “${event.name}”`;
    case 'purpose':
      return event.text === '' ? `${by} took away the purpose of the team` : `${by} changed the purpose: ${event.text}`;
    case 'topic':
      return event.text === '' ? `${by} took away the topic` : `${by} changed the topic: ${event.text}`;
    case 'private':
      return by === 'You'
        ? 'You wrote to somebody privately through this team, with another app. It is not shown here.'
        : `${by} sent you a private message through this team. It was not taken, and they were told to write to you directly.`;
    case 'announced':
    case 'joined':
    case 'left':
      return byTeam(event);
    case 'added':
    case 'gone':
    case 'owner': {
      const whom = people(event.who, unnamed(event).length === 0, 'you');
      if (event.kind === 'owner') return `${by} handed the team over to ${whom}`;
      return `${by} ${event.kind === 'added' ? 'added' : 'removed'} ${whom}`;
    }
  }
}

/** As the team says it, without naming who did it. */
function byTeam(event: Change): string {
  switch (event.kind) {
    case 'renamed':
      return `The team is now called “${event.name}”`;
    case 'purpose':
      return event.text === '' ? 'The team has no purpose any more' : `Purpose: ${event.text}`;
    case 'topic':
      return event.text === '' ? 'The topic was taken away' : `Topic: ${event.text}`;
    case 'private':
      return 'A private message through this team was not taken. Its sender was told to write to you directly.';
    case 'announced':
      return `The server says: ${event.text}`;
    case 'joined':
    case 'left':
    case 'added':
    case 'gone':
    case 'owner': {
      const who = people(event.who, unnamed(event).length === 0, 'You');
      if (event.kind === 'joined' || event.kind === 'left') return `${who} ${event.kind}`;
      const alone = event.who.length === 1 && !event.who.some(isMe);
      if (event.kind === 'added') return `${who} ${alone ? 'was' : 'were'} added`;
      if (event.kind === 'gone') return `${who} ${alone ? 'is' : 'are'} no longer in the team`;
      return `${who} ${alone ? 'runs' : 'run'} the team now`;
    }
  }
}

/** The lines in a thread that say what has happened to its team. */
export const teamEvents = {
  line,
  unnamed,
  names: (who: readonly Who[]) => people(who, true, 'You'),
  show: 'Show names',
  hide: 'Hide names',
} satisfies Area;
