import type { ConversationRow, MessageItem, NoticeItem, TeamEvent, TeamHead, TimelineItem, TimelineSnapshot } from '../backend/types';

/** A chat list row for tests. */
export function chatRow(id: number, change: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id,
    kind: 'person',
    person: { name: `Person ${String(id)}`, role: null, ward: null, avatar: { initials: 'P', colour: 0, picture: null }, resembles: null },
    relation: 'known',
    address: null,
    team: null,
    presence: 'offline',
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

/** What a team chat's row knows of its team, for tests. */
export function teamHead(change: Partial<TeamHead> = {}): TeamHead {
  return { members: 5, membership: { kind: 'member' }, mentions: 0, level: 'all', ...change };
}

/** A line that says what has happened to a team, in the team's own words, for tests. */
export function notice(id: number, at: number, ...events: TeamEvent[]): { kind: 'notice' } & NoticeItem {
  return { kind: 'notice', id, at, by: null, events };
}

/** A message for tests: of one's own unless a name is given. */
export function message(id: number, at: number, from: string | null, change: Partial<MessageItem> = {}): Extract<TimelineItem, { kind: 'message' }> {
  return {
    kind: 'message',
    id,
    author: from === null ? { kind: 'me' } : { kind: 'other', key: from, name: from, avatar: { initials: 'X', colour: 1, picture: null } },
    text: [{ kind: 'plain', text: `text ${String(id)}` }],
    at,
    delivery: from === null ? 'sent' : null,
    failure: null,
    unsent: null,
    readBy: null,
    unreadable: null,
    edited: false,
    retracted: false,
    ...change,
  };
}

/** A thread for tests. */
export function thread(conversation: number, items: TimelineItem[], change: Partial<TimelineSnapshot> = {}): TimelineSnapshot {
  return { conversation: chatRow(conversation), revision: 1, start: 'more', end: 'newest', items, unread: null, focus: null, ...change };
}
