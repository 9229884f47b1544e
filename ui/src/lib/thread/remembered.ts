import type { ConversationId } from '../backend/types';
import type { Anchor } from './positioning';

/** Where the reader left each chat; in memory only, gone with the window. Chats left at the newest message are not here. */
export const remembered = new Map<ConversationId, Extract<Anchor, { kind: 'rows' }>>();
