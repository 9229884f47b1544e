import type { Presence } from '../../backend/types';
import type { Area } from '../catalogue';
import { delayed, failed } from './errors';
import { count, plural } from './numbers';

const presences: Record<Presence, string> = {
  unknown: '',
  offline: 'Offline',
  available: 'Available',
  away: 'Away',
  doNotDisturb: 'Do not disturb',
};

/** A thread and its composer. */
export const thread = {
  thread: {
    label: (name: string) => `Chat with ${name}`,
    messages: (name: string) => `Messages with ${name}`,
    team: 'Team chat',
    presence: presences,
    unreadLine: (n: number) => `${count.format(n)} new ${plural(n, 'message', 'messages')}`,
    beginning: (name: string) => `This is the beginning of your chat with ${name}.`,
    beginningTeam: (name: string) => `This is the beginning of ${name}.`,
    loading: 'Loading older messages…',
    offlineStart: 'Older messages are on the server. They load when the connection is back.',
    gapOffline: 'Messages are missing here. They load when the connection is back.',
    gapLoading: 'Loading earlier messages…',
    gapExpired: 'Messages that were here are no longer kept by the server',
    edited: 'edited',
    /** A sign in place of characters that would turn the text behind them. */
    turn: 'Hidden character that would change the direction of the text',
    retracted: 'This message was taken back',
    unfold: 'Show more',
    fold: 'Show less',
    unreadable: {
      encrypted: 'A message that cannot be read here: it is encrypted for other apps. Open it in the app that it was sent to, or ask for it unencrypted.',
      unsupported: 'A message that cannot be read here: it is of a kind that Wardline does not show. Open it in another app, or ask what it says.',
      blank: 'A message without any visible text. Ask the sender what was meant.',
    },
    jumping: 'Going there…',
    date: 'Go to a date',
    jump: 'Jump to latest',
    jumpUnread: 'Jump to the first new message',
    jumpNew: (n: number) => `${count.format(n)} new`,
    you: 'You',
    delivery: {
      waiting: 'Waiting to be sent',
      sent: 'Sent to the server',
      delivered: 'Delivered to their device',
      read: 'Seen',
      failed: 'Not sent',
    },
    deliveryShort: { waiting: 'Waiting', sent: 'Sent', delivered: 'Delivered', read: 'Seen', failed: 'Not sent' },
    failed,
    delayed,
    retry: 'Try again',
    edit: 'Change',
    discard: 'Delete',
    seenBy: (n: number, of: number | null) => (of === null ? `Seen by ${count.format(n)}` : `Seen by ${count.format(n)} of ${count.format(of)}`),
    seenByShort: (n: number, of: number | null) => (of === null ? count.format(n) : `${count.format(n)} of ${count.format(of)}`),
    seenByWho: (n: number, of: number | null) =>
      of === null ? `Seen by ${count.format(n)}. Show who` : `Seen by ${count.format(n)} of ${count.format(of)}. Show who`,
    pickTitle: 'Choose a chat',
    pickText: 'Pick someone on the left, or press',
    pickText2: 'to find anyone.',
    spoken: (name: string, text: string) => `${name}: ${text}`,
    empty: 'No messages yet. Say hello.',
  },

  composer: {
    to: 'To',
    label: (name: string) => `Message to ${name}`,
    hint: 'Write a message',
    send: 'Send',
    waiting: 'Waits for connection',
    keys: 'Enter to send, Shift+Enter for a new line',
    over: (n: number) => `${count.format(n)} too many`,
    left: (n: number) => `${count.format(n)} left`,
    editing: 'Changing a message that has not been sent',
    cancelEdit: 'Keep it as it was',
    save: 'Save the change',
  },

  dates: {
    title: 'Go to a date',
    open: 'Go to another date',
    text: (name: string) => `Shows what was said with ${name} from that day on.`,
    textTeam: (name: string) => `Shows what was said in ${name} from that day on.`,
    previousMonth: 'Previous month',
    nextMonth: 'Next month',
    month: 'Days of the month',
    shortcuts: 'Often wanted',
    yesterday: 'Yesterday',
    weekAgo: 'A week ago',
    monthAgo: 'A month ago',
    yearAgo: 'A year ago',
  },

  readers: {
    title: 'Seen by',
    read: (n: number) => `Seen (${count.format(n)})`,
    unread: (n: number) => `Not yet (${count.format(n)})`,
    nobody: 'Nobody yet',
    unknown: 'Who else is in this team is not known.',
    loading: 'Looking…',
  },
} satisfies Area;
