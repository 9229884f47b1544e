import type { Author, ConversationRow, Delivery, GapState, MessageItem, Person, Presence, TextToken, TimelineEnd, TimelineItem, TimelineStart, UnreadLine } from '../types';
import { plainText } from '../../thread/layout';
import { MUTED_FOR_EVER } from '../../state/standing';
import { me, staff, staffMember, type Team, teams } from './people';
import { pick, random } from './random';
import { exchanges, recent } from './scripts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** One conversation of the sample hospital with all that its server holds. */
export type Chat = {
  key: string;
  row: ConversationRow;
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
export function hospital(now: number, extraPeople: number): Chat[] {
  const chats = Object.keys(endings).map((key, index) => {
    const team = teams.find((one) => one.key === key);
    return team === undefined ? oneToOne(key, index + 1, now) : teamChat(team, index + 1, now);
  });
  const decided: Readonly<Record<string, Partial<ConversationRow>>> = {
    asha: { pinned: true },
    helen: { draft: 'Could we swap the order, resus first and then' },
    flow: { mutedUntil: MUTED_FOR_EVER },
    stewards: { mutedUntil: now + 3 * 60 * MINUTE },
    wen: { markedUnread: true },
    george: { shownIn: 'archive' },
  };
  for (const chat of chats) chat.row = { ...chat.row, ...decided[chat.key] };
  for (let index = 0; index < extraPeople; index += 1) chats.push(extra(index, chats.length + 1, now));
  return chats;
}

function oneToOne(key: string, id: number, now: number): Chat {
  const { person, presence } = staffMember(key);
  return chat(key, id, person, presence, null, [key], now);
}

function teamChat(team: Team, id: number, now: number): Chat {
  return chat(team.key, id, team.person, 'unknown', team.members, team.writers, now);
}

function chat(
  key: string,
  id: number,
  person: Person,
  presence: Presence,
  members: number | null,
  writers: readonly string[],
  now: number,
): Chat {
  const [ago, unread, delivery] = endings[key] ?? [10_000, 0, 'read'];
  const script = recent[key] ?? [];
  const length = script.reduce((sum, [, minutes]) => sum + minutes, 0);
  let at = now - (ago + length) * MINUTE;
  const items = history(id, writers, at, members === null ? 260 : 520);
  for (const [who, minutes, text] of script) {
    at += minutes * MINUTE;
    items.push({ kind: 'message', ...message(who, text, at, 'read') });
  }
  settleLastOwn(items, delivery);
  if (members !== null) seenInTeam(items, members - 1);
  const gaps: Readonly<Record<string, GapState>> = { ward7b: 'open', flow: 'expired' };
  const gap = gaps[key];
  if (gap !== undefined) items.splice(items.length - script.length - 4, 0, { kind: 'gap', id: nextGap++, state: gap });
  const row: ConversationRow = {
    id,
    kind: members === null ? 'person' : 'team',
    person,
    members,
    presence,
    preview: null,
    draft: null,
    typing: [],
    shownIn: 'inbox',
    unread,
    markedUnread: false,
    pinned: false,
    mutedUntil: null,
    blocked: false,
  };
  const made: Chat = { key, row, items, from: Math.max(0, items.length - 50), to: items.length, end: 'newest', unread: null, open: null, start: 'more' };
  made.row = { ...row, preview: previewOf(made) };
  return made;
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
    failure: null,
    edited: false,
    retracted: false,
  };
}

function author(who: string): Author {
  if (who === 'me') return { kind: 'me' };
  const found = staff.find((one) => one.key === who);
  return found === undefined
    ? { kind: 'other', key: who, name: who, avatar: { initials: who.slice(0, 1), colour: 2, picture: null } }
    : { kind: 'other', key: who, name: found.person.name, avatar: found.person.avatar };
}

/** The sample's own rough tokens; the real ones are made in Rust. */
function tokens(text: string): TextToken[] {
  const made: TextToken[] = [];
  for (const part of text.split(/(https?:\/\/\S+|\*[^*\n]+\*|_[^_\n]+_|`[^`\n]+`)/)) {
    if (part === '') continue;
    if (/^https?:/.test(part)) made.push({ kind: 'link', text: part, url: part });
    else if (/^\*.+\*$/.test(part)) made.push({ kind: 'strong', text: part.slice(1, -1) });
    else if (/^_.+_$/.test(part)) made.push({ kind: 'emphasis', text: part.slice(1, -1) });
    else if (/^`.+`$/.test(part)) made.push({ kind: 'code', text: part.slice(1, -1) });
    else made.push({ kind: 'plain', text: part });
  }
  return made;
}

/** What the chat list shows of a conversation's last message. */
export function previewOf(chat: Chat): ConversationRow['preview'] {
  const last = chat.items.findLast((item) => item.kind === 'message');
  if (last?.kind !== 'message') return null;
  const firstName = last.author.kind === 'other' ? last.author.name : null;
  return {
    message: last.id,
    sender: chat.row.kind === 'team' ? firstName : null,
    text: last.text
      .map((token) => token.text)
      .join('')
      .replace(/\s+/g, ' ')
      .slice(0, 160),
    at: last.at,
    delivery: last.delivery,
  };
}

const givenNames = ['Amara', 'Ben', 'Chloe', 'Dev', 'Elif', 'Farid', 'Gwen', 'Hana', 'Ivan', 'Jonas', 'Kira', 'Lena', 'Milo', 'Nora', 'Omar', 'Pia'];
const familyNames = ['Adeyemi', 'Brandt', 'Costa', 'Doyle', 'Eriksen', 'Fraser', 'Gupta', 'Hughes', 'Ivanov', 'Jansen', 'Khan', 'Larsen', 'Moreau'];
const roles = ['Staff nurse', 'Healthcare assistant', 'Foundation doctor', 'Surgical registrar', 'Porter', 'Midwife', 'Radiographer'];

/** One more colleague, for tests of long lists. */
function extra(index: number, id: number, now: number): Chat {
  const given = givenNames[index % givenNames.length] ?? '';
  const family = familyNames[Math.floor(index / givenNames.length) % familyNames.length] ?? '';
  const name = `${given} ${family} ${String(index + 1)}`;
  const person: Person = {
    name,
    role: roles[index % roles.length] ?? null,
    ward: `Ward ${String(1 + (index % 20))}`,
    avatar: { initials: `${given.charAt(0)}${family.charAt(0)}`, colour: index % 12, picture: null },
  };
  const key = `extra${String(index)}`;
  const items: TimelineItem[] = [{ kind: 'message', ...message(key, 'Thanks, all done.', now - 8 * DAY - index * 7 * MINUTE, 'read') }];
  const row: ConversationRow = {
    id,
    kind: 'person',
    person,
    members: null,
    presence: index % 3 === 0 ? 'available' : 'offline',
    preview: null,
    draft: null,
    typing: [],
    shownIn: 'inbox',
    unread: 0,
    markedUnread: false,
    pinned: false,
    mutedUntil: null,
    blocked: false,
  };
  const made: Chat = { key, row, items, from: 0, to: items.length, end: 'newest', unread: null, open: null, start: 'beginning' };
  made.row = { ...row, preview: previewOf(made) };
  return made;
}

/** The signed-in person. */
export const account = { address: 'maya.lindqvist@stalban.example', person: me.person };
