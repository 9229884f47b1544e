import type { Area } from '../catalogue';
import { count, plural } from './numbers';

/** The main window around list and thread. */
export const window = {
  rail: {
    label: 'Main',
    chats: 'Chats',
    settings: 'Settings',
    account: 'Your account',
    unread: (n: number) => `${count.format(n)} unread`,
  },

  connection: {
    offline: 'Offline',
    connecting: 'Connecting',
    syncing: 'Updating',
    fetching: 'Fetching your messages…',
    fetchingShort: 'Fetching',
    fetchingText: 'Connected, and fetching your messages to this computer. You can read and write meanwhile.',
    chats: (done: number, of: number) => `${count.format(done)} of ${count.format(of)} ${plural(of, 'chat', 'chats')}`,
    online: 'Connected',
    waiting: 'No connection',
    failed: 'Needs you',
    cannotSave: 'Cannot save on this computer',
    cannotSaveShort: 'Cannot save',
    cannotSaveText: {
      full: 'The disk of this computer is full. Nothing new is fetched or sent until there is room again. Delete something, or call IT.',
      busy: 'Another program is holding the messages of this computer, such as a backup. Nothing new is fetched or sent until it lets go.',
      damaged: 'The messages kept on this computer are damaged. They are being fetched from the server again.',
      unusable: 'The messages of this computer cannot be read or written. Nothing new is fetched or sent until they can be. Call IT if this stays.',
    },
    offlineText: 'Not connected. What you write waits on this computer and is sent when the connection is back.',
    connectingText: 'Connecting to the server. What you write waits on this computer until then.',
    syncingText: 'Connected, and fetching what happened meanwhile.',
    onlineText: 'Connected and up to date.',
    retryAt: (when: string) => `The next try is at ${when}.`,
    retry: 'Connect now',
    retrySaving: 'Try now',
    signInAgain: 'Sign in again',
    title: 'Connection',
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    moving: 'Getting around',
    writing: 'Writing',
    close: 'Close',
    switcher: 'Find a chat',
    newChat: 'New chat',
    newTeam: 'New team',
    mention: 'Name somebody of the team',
    previous: 'Previous chat',
    next: 'Next chat',
    regions: 'Next part of the window',
    esc: 'Close the top layer',
    list: 'This list',
    send: 'Send',
    newline: 'New line',
    editLast: 'Change the last message while it waits',
    date: 'Go to a date in this chat',
    diagnostics: 'Diagnostics',
    rows: 'Move in a list',
    chat: 'On a chat in the list',
    read: 'Mark as read or unread',
    pin: 'Pin or unpin',
    mute: 'Mute or unmute',
    archive: 'Archive, or move back to inbox',
    chatMenu: 'All that can be done with it',
    ends: 'First or last in a list',
    message: 'On a message',
    copyMessage: 'Copy it',
    foldMessage: 'Show more or less of a long one',
  },

  textMenu: {
    title: 'Text menu',
    label: 'What to do with the text',
    choices: { cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select all', copyMessage: 'Copy message' },
  },

  link: {
    web: (host: string) => `Open ${host} in your browser?`,
    mail: (to: string) => `Write an e-mail to ${to}?`,
    phone: (to: string) => `Call ${to}?`,
    readable: (host: string) => `Written as ${host}`,
    warnings: {
      userinfo: 'The name before the @ is not where this link leads. It leads to the host above.',
      lookalike: 'This host has letters that can be taken for others. Open it only if you know it.',
      invisible: 'This link holds characters that cannot be seen. Open it only if you trust whoever sent it.',
    },
    open: 'Open',
    cancel: 'Cancel',
  },

  toast: { dismiss: 'Dismiss' },

  days: { today: 'Today', yesterday: 'Yesterday' },
} satisfies Area;
