import { now } from '../appearance/now.svelte';
import type { ConversationRow } from '../backend/types';
import type { ChatList } from '../state/chatlist.svelte';
import type { Contacts } from '../state/contacts';
import { type Choice, meaning } from './choices';

/** Applies a choice to a chat as it is now. */
export function applyChoice(chatList: ChatList, contacts: Contacts, choice: Choice, chat: ConversationRow): void {
  const { id } = chat;
  if (choice === 'unread') chatList.allRead.except(id);
  const what = meaning(choice, chatList.inbox.row(id) ?? chat, now.exactly());
  if (what?.kind === 'read') chatList.markRead(id, what.message);
  else if (what?.kind === 'block') contacts.block(id, what.blocked);
  else if (what !== null) chatList.change(id, what);
  if (choice === 'archive') chatList.archived.offer(chat);
  // The chat is back already, so there is nothing to undo.
  else if (choice === 'inbox' && chatList.archived.chat?.id === id) chatList.archived.withdraw();
}
