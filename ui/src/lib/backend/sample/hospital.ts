import type { Author, ConversationRow, Delivery, GapState, MessageItem, Person, TeamEvent, TimelineEnd, TimelineItem, TimelineStart, UnreadLine, Who } from '../types';
import { plainText } from '../../thread/layout';
import { MUTED_FOR_EVER } from '../../state/chatstate';
import { colleague, me, staff, staffMember } from './people';
import { pick, random } from './random';
import { announced, exchanges, recent } from './scripts';
import { otherTeams, type Team, teams } from './teamlist';
import { membersOf, type SampleTeam } from './teammembers';
import { meansMe, tokens } from './tokens';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** One conversation of the sample hospital with all that its server holds. */
export type Chat = {
  key: string;
  row: ConversationRow;
  /** What its server knows of a team. */
  team: SampleTeam | null;
  /** When it came up, where nothing has been said. */
  since: number;
  items: TimelineItem[];
  /** The loaded items: from this index, up to and without that one. A window whose end is the newest message grows. */
  from: number;
  to: number;
  end: TimelineEnd;
  unread: UnreadLine | null;
  /** Revision of the open thread; `null`: not open. */
  open: number | null;
  start: TimelineStart;
};

/** Minutes from the newest message to now, unread count, and what became of the last own message. */
const endings: Readonly<Record<string, readonly [ago: number, unread: number, delivery: Delivery]>> = {
  asha: [1, 2, 'read'],
  take: [4, 3, 'read'],
  ward7b: [17, 0, 'read'],
  callum: [32, 0, 'delivered'],
  nadia: [55, 0, 'read'],
  tom: [74, 0, 'sent'],
  yusuf: [96, 1, 'read'],
  flow: [128, 6, 'read'],
  priya: [190, 0, 'delivered'],
  helen: [305, 0, 'read'],
  wen: [700, 0, 'read'],
  stewards: [900, 0, 'read'],
  night: [1300, 0, 'read'],
  liam: [1510, 0, 'read'],
  sam: [1700, 0, 'read'],
  oliver: [2100, 0, 'failed'],
  ines: [2950, 0, 'read'],
  stroke: [3300, 0, 'read'],
  grace: [4500, 0, 'read'],
  fatima: [6100, 0, 'sent'],
  george: [9100, 0, 'read'],
};

let nextMessage = 1;
let nextGap = 1;

/** Builds the whole sample hospital as of `now`. */
export function hospital(now: number, extraPeople: number, allTeams: boolean): Chat[] {
  const chats = Object.keys(endings).map((key, index) => {
    const team = teams.find((one) => one.key === key);
    return team === undefined ? oneToOne(key, index + 1, now) : teamChat(team, index + 1, now);
  });
  const settings: Readonly<Record<string, Partial<ConversationRow>>> = {
    asha: { pinned: true },
    helen: { draft: 'Could we swap the order, resus first and then' },
    flow: { mutedUntil: MUTED_FOR_EVER },
    stewards: { mutedUntil: now + 3 * 60 * MINUTE },
    wen: { markedUnread: true },
    george: { shownIn: 'archive' },
  };
  for (const chat of chats) chat.row = { ...chat.row, ...settings[chat.key] };
  if (allTeams) for (const team of otherTeams) chats.push(teamChat(team, chats.length + 1, now));
  for (let index = 0; index < extraPeople; index += 1) chats.push(extra(index, chats.length + 1, now));
  return chats;
}

function oneToOne(key: string, id: number, now: number): Chat {
  const { person, presence } = staffMember(key);
  return chat(key, freshRow(id, person, { presence }), null, [key], now);
}

/** A team's chat, with what has been said in it unless one has not come in yet. */
export function teamChat(team: Team, id: number, now: number): Chat {
  const { key, person, purpose, members, membership, writers } = team;
  const row = freshRow(id, person, { kind: 'team', team: { members, membership, mentions: 0, level: 'all' } });
  const known: SampleTeam = { address: `${key}@teams.stalban.example`, purpose, members: membersOf(team) };
  if (membership.kind === 'invited') return freshChat(key, row, known, now - 2 * MINUTE);
  return chat(key, row, known, writers, now);
}

/** The row of a conversation of which only the name is known. */
export function freshRow(id: number, person: Person, change: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id,
    kind: 'person',
    person,
    relation: 'known',
    address: null,
    team: null,
    presence: 'unknown',
    preview: null,
    draft: null,
    typing: [],
    shownIn: 'inbox',
    unread: 0,
    markedUnread: false,
    pinned: false,
    mutedUntil: null,
    blocked: false,
    ...change,
  };
}

/** A conversation in which nothing has been said. */
export function freshChat(key: string, row: ConversationRow, team: SampleTeam | null, since: number): Chat {
  return { key, row, team, since, items: [], from: 0, to: 0, end: 'newest', unread: null, open: null, start: 'beginning' };
}

function chat(key: string, row: ConversationRow, team: SampleTeam | null, writers: readonly string[], now: number): Chat {
  const [ago, unread, delivery] = endings[key] ?? [10_000, 0, 'read'];
  const script = recent[key] ?? [];
  const length = script.reduce((sum, [, minutes]) => sum + minutes, 0);
  let at = now - (ago + length) * MINUTE;
  const items = history(row.id, writers, at, team === null ? 260 : 520);
  for (const { by, events } of announced[key] ?? []) items.push(notice(at - MINUTE, by, events));
  for (const [who, minutes, text] of script) {
    at += minutes * MINUTE;
    items.push({ kind: 'message', ...message(who, text, at, 'read') });
  }
  settleLastOwn(items, delivery);
  if (team !== null) seenInTeam(items, team.members.length - 1);
  const gaps: Readonly<Record<string, GapState>> = { ward7b: 'open', flow: 'expired' };
  const gap = gaps[key];
  if (gap !== undefined) items.splice(items.length - script.length - 4, 0, { kind: 'gap', id: nextGap++, state: gap });
  const made = { ...freshChat(key, { ...row, unread }, team, at), items, from: Math.max(0, items.length - 50), to: items.length, start: 'more' as const };
  return { ...made, row: { ...made.row, preview: previewOf(made), team: withMentions(made) } };
}

/** Unread messages, oldest first. */
export function unreadIn(chat: Pick<Chat, 'items' | 'row'>): MessageItem[] {
  if (chat.row.unread === 0) return [];
  return chat.items.filter((item): item is MessageItem & { kind: 'message' } => item.kind === 'message' && item.delivery === null).slice(-chat.row.unread);
}

/** The row's part about a team, with the mentions among its unread messages counted anew. */
export function withMentions(chat: Pick<Chat, 'items' | 'row'>): ConversationRow['team'] {
  return chat.row.team === null ? null : { ...chat.row.team, mentions: unreadIn(chat).filter(meansMe).length };
}

function settleLastOwn(items: TimelineItem[], delivery: Delivery): void {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.kind === 'message' && item.delivery !== null) {
      const unsent = delivery === 'failed' || delivery === 'waiting' ? plainText(item) : null;
      items[index] = { ...item, delivery, unsent, failure: delivery === 'failed' ? 'refused' : null };
      return;
    }
  }
}

/** Own messages in a team: older ones were seen by all, the last one by some. */
function seenInTeam(items: TimelineItem[], others: number): void {
  let last = true;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.kind !== 'message' || item.delivery === null) continue;
    items[index] = { ...item, readBy: { count: last ? Math.ceil(others / 2) : others, of: others } };
    last = false;
  }
}

/** Weeks of older messages up to `end`. */
function history(id: number, writers: readonly string[], end: number, atLeast: number): TimelineItem[] {
  const next = random(id * 7919);
  const bursts: MessageItem[][] = [];
  let total = 0;
  let at = end - 3 * 60 * MINUTE;
  while (total < atLeast) {
    const burst: MessageItem[] = [];
    let when = at;
    const lines = pick(next, exchanges);
    const starter = next() < 0.5 ? 'me' : pick(next, writers);
    lines.forEach((line, index) => {
      const other = starter === 'me' ? pick(next, writers) : 'me';
      const text = line
        .replace('{n}', String(1 + Math.floor(next() * 26)))
        .replace('{m}', String(100 + 20 * Math.floor(next() * 30)))
        .replace('{s}', String(Math.floor(next() * 4)));
      burst.push(message(index % 2 === 0 ? starter : other, text, when, 'read'));
      when += Math.ceil(next() * 9) * MINUTE;
    });
    total += burst.length;
    bursts.push(burst);
    at -= (40 + Math.floor(next() * 420)) * MINUTE;
    // Nights are quiet.
    const hour = new Date(at).getHours();
    if (hour < 7) at -= (hour + 2) * 60 * MINUTE;
  }
  return bursts.reverse().flatMap((burst) => burst.map((one): TimelineItem => ({ kind: 'message', ...one })));
}

/** A message by a staff key or `me`. */
export function message(who: string, text: string, at: number, delivery: Delivery): MessageItem {
  return {
    id: nextMessage++,
    author: author(who),
    text: tokens(text),
    at,
    delivery: who === 'me' ? delivery : null,
    unsent: who === 'me' && (delivery === 'waiting' || delivery === 'failed') ? text : null,
    readBy: null,
    unreadable: null,
    failure: null,
    edited: false,
    retracted: false,
  };
}

/** An event of a team, by somebody or published by the team. */
export function notice(at: number, by: Who | null, events: readonly TeamEvent[]): TimelineItem {
  return { kind: 'notice', id: nextMessage++, at, by, events: [...events] };
}

function author(who: string): Author {
  if (who === 'me') return { kind: 'me' };
  const found = staff.find((one) => one.key === who);
  return found === undefined
    ? { kind: 'other', key: who, name: who, avatar: { initials: who.slice(0, 1), colour: 2, picture: null } }
    : { kind: 'other', key: who, name: found.person.name, avatar: found.person.avatar };
}

/** The preview of a conversation's last message. */
export function previewOf(chat: Pick<Chat, 'items' | 'row'>): ConversationRow['preview'] {
  const last = chat.items.findLast((item) => item.kind === 'message');
  if (last?.kind !== 'message') return null;
  const firstName = last.author.kind === 'other' ? (last.author.name.replace(/^Dr /, '').split(' ')[0] ?? null) : null;
  const written = last.text
    .map((token) => token.text)
    .join('')
    .replace(/\s+/g, ' ');
  const sent = /^https:\S+\/(\S+\.(?:jpg|(pdf)))$/.exec(written);
  return {
    message: last.id,
    sender: chat.row.kind === 'team' ? firstName : null,
    kind: last.unreadable !== null ? 'unreadable' : sent === null ? 'text' : sent[2] === undefined ? 'photo' : 'file',
    text: (sent?.[1] ?? written).slice(0, 160),
    at: last.at,
    delivery: last.delivery,
  };
}

/** One more colleague, for tests of long lists. */
function extra(index: number, id: number, now: number): Chat {
  const { person } = colleague(index);
  const key = `extra${String(index)}`;
  const items: TimelineItem[] = [{ kind: 'message', ...message(key, 'Thanks, all done.', now - 8 * DAY - index * 7 * MINUTE, 'read') }];
  const named = { ...person, name: `${person.name} ${String(index + 1)}` };
  const made = { ...freshChat(key, freshRow(id, named, { presence: index % 3 === 0 ? 'available' : 'offline' }), null, now), items, to: items.length };
  return { ...made, row: { ...made.row, preview: previewOf(made) } };
}

/** The signed-in person. */
export const account = { address: 'maya.lindqvist@stalban.example', person: me.person };
