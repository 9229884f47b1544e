import type { Area } from '../catalogue';

/** People whom the reader may not know. */
export const people = {
  request: 'Contact request',
  requests: (address: string) => `${address} asks to be your contact`,
  requestText: 'Accepting lets you see when the other is there. Until you do, they learn nothing from here.',
  stranger: 'Not in the directory',
  strangerWhat: (name: string) => `${name} is not in the directory`,
  strangerText: (address: string) => `They write from ${address}. They don’t see that you are there or what you have read, until you accept.`,
  service: 'Announcements',
  serviceText: 'These come from the server. Nobody reads an answer.',
  accept: 'Accept',
  decline: 'Decline',
  block: 'Block',
  unblock: 'Unblock',
  busy: 'One moment…',
  blocked: (name: string) => `You have blocked ${name}`,
} satisfies Area;
