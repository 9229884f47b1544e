import type { ConversationRow } from '../backend/types';
import { now } from '../appearance/now.svelte';
import type { Session } from '../state/session.svelte';
import { type Choice, meaning } from './choices';

/** Does what was chosen for a chat, as the chat stands now. */
export function applyChoice(session: Session, choice: Choice, chat: ConversationRow): void {
  const { id } = chat;
  if (choice === 'unread') session.allRead.except(id);
  const what = meaning(choice, session.inbox.row(id) ?? chat, now.exactly());
  if (what?.kind === 'read') session.markRead(id, what.message);
  else if (what?.kind === 'block') session.contacts.block(id, what.blocked);
  else if (what !== null) session.decide(id, what);
  if (choice === 'archive') session.archived.offer(chat);
  // Back by hand already.
  else if (choice === 'inbox' && session.archived.chat?.id === id) session.archived.withdraw();
}
