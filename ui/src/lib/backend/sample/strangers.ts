import type { ConversationRow, MessageItem, Person } from '../types';
import { type Chat, freshChat, freshRow, message, previewOf } from './hospital';

const MINUTE = 60_000;

function person(name: string): Person {
  const avatar = { initials: name.slice(0, 1).toUpperCase(), colour: 4, picture: null };
  return { name, role: null, ward: null, avatar, resembles: null };
}

/** Somebody who is not in the directory, somebody who asks to be a contact, and the server's announcements. */
export function strangers(now: number, id: number): Chat[] {
  const stranger: Partial<ConversationRow> = { relation: 'stranger', address: 'rep@pharma.example', unread: 2 };
  const encrypted: MessageItem = { ...message('rep', '', now - MINUTE, 'read'), text: [], unreadable: 'encrypted' };
  const service: Partial<ConversationRow> = { relation: 'service', address: 'stalban.example' };
  const requesting: Partial<ConversationRow> = { relation: 'requesting', address: 'locum@agency.example', markedUnread: true };
  return [
    said('rep', freshRow(id, person('rep'), stranger), [message('rep', 'Hello, may I present our new pump?', now - 2 * MINUTE, 'read'), encrypted]),
    freshChat('locum', freshRow(id + 1, person('locum'), requesting), null, now - 3 * MINUTE),
    said('stalban.example', freshRow(id + 2, person('stalban.example'), service), [
      message('stalban.example', 'Maintenance\nThe messenger is down 02:00-03:00', now - 60 * MINUTE, 'read'),
    ]),
  ];
}

function said(key: string, row: ConversationRow, items: MessageItem[]): Chat {
  const fresh = freshChat(key, row, null, items.at(-1)?.at ?? 0);
  const made: Chat = { ...fresh, items: items.map((item) => ({ kind: 'message', ...item })), to: items.length };
  return { ...made, row: { ...made.row, preview: previewOf(made) } };
}
