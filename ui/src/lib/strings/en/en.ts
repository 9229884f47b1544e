import type { Area } from '../catalogue';
import { account } from './account';
import { chats } from './chats';
import { diagnostics } from './diagnostics';
import { error } from './errors';
import { count } from './numbers';
import { people } from './people';
import { settings } from './settings';
import { teamEvents } from './teamevents';
import { teams } from './teams';
import { thread } from './thread';
import { window } from './window';

/** The English catalogue, one file for each area. */
export const en = {
  app: 'Wardline',
  windowTitle: (unread: number) => (unread === 0 ? 'Wardline' : `(${count.format(unread)}) Wardline`),
  tagline: 'Messages for the people on the ward.',
  error,
  teamEvents,
  people,
  teams,
  ...account,
  ...chats,
  ...diagnostics,
  ...settings,
  ...thread,
  ...window,
} satisfies Area;
