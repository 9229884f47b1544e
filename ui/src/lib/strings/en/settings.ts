import type { Area } from '../catalogue';
import { count } from './numbers';

/** Settings. */
export const settings = {
  settings: {
    title: 'Settings',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    textSize: 'Text size',
    textSizeValue: (percent: number) => `${String(percent)} %`,
    smaller: 'Smaller text',
    larger: 'Larger text',
    shortcuts: 'Keyboard shortcuts',
    blocked: 'Blocked people and teams',
    diagnostics: 'Diagnostics',
  },

  blockedList: {
    title: 'Blocked people and teams',
    text: 'Nothing reaches you from people whom you have blocked, and nobody can add you to teams that you have blocked. They are not told.',
    label: 'Blocked',
    none: 'Nobody is blocked.',
    loading: 'Looking…',
    retry: 'Try again',
    team: 'Team',
    count: (n: number) => `${count.format(n)} blocked`,
    unblock: 'Unblock',
    unblockOne: (name: string) => `Unblock ${name}`,
    busy: 'Unblocking…',
    unblocked: (name: string) => `${name} is no longer blocked`,
  },

  notifications: {
    title: 'Notifications show',
    contents: { nothing: 'Only that there is something new', sender: 'Who it is from', senderAndText: 'Who it is from and what it says' },
    warning: 'Others who see this screen can read your messages.',
    sound: 'With sound',
    quiet: 'Do not disturb',
    quietUntil: (when: string) => `Until ${when}`,
    quietHour: '1 hour',
    quietNight: 'Until 8:00 tomorrow',
    quietOff: 'Off',
  },
} satisfies Area;
