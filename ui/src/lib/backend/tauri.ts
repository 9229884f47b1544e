import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import type { Backend, Appearance } from './backend';
import type { Event } from './types';

declare global {
  interface Window {
    /** Put there by the shell before the page's first line runs; the web view itself keeps nothing. */
    readonly __WARDLINE_LOOK__?: Partial<Appearance>;
  }
}

/** The desktop shell. The only file that knows Tauri. */
export const tauri: Backend = {
  start(onEvents) {
    const channel = new Channel<Event[]>();
    channel.onmessage = onEvents;
    return invoke('start', { onEvents: channel });
  },
  unlock: (passphrase) => invoke('unlock', { passphrase }),
  signIn: (form) => invoke('sign_in', { form }),
  signOut: (localData) => invoke('sign_out', { localData }),
  inbox: () => invoke('inbox'),
  openConversation: (conversation) => invoke('open_conversation', { conversation }),
  closeConversation: (conversation) => invoke('close_conversation', { conversation }),
  timeline: (conversation) => invoke('timeline', { conversation }),
  pageBack: (conversation) => invoke('page_back', { conversation }),
  pageForward: (conversation) => invoke('page_forward', { conversation }),
  jump: (conversation, to) => invoke('jump', { conversation, to }),
  view: (conversation, message) => invoke('view', { conversation, message }),
  send: (conversation, text) => invoke('send', { conversation, text }),
  edit: (message, text) => invoke('edit', { message, text }),
  readers: (message) => invoke('readers', { message }),
  resend: (message) => invoke('resend', { message }),
  discard: (message) => invoke('discard', { message }),
  markRead: (conversation, message) => invoke('mark_read', { conversation, message }),
  markAllRead: (through) => invoke('mark_all_read', { through }),
  decide: (conversation, change) => invoke('decide', { conversation, change }),
  block: (conversation) => invoke('block', { conversation }),
  unblock: (conversation) => invoke('unblock', { conversation }),
  unblockAddress: (address) => invoke('unblock_address', { address }),
  blocked: () => invoke('blocked'),
  findPeople: (text) => invoke('find_people', { text }),
  notificationSettings: () => invoke('notification_settings'),
  saveNotificationSettings: (settings) => invoke('save_notification_settings', { settings }),
  saveDraft: (conversation, text) => invoke('save_draft', { conversation, text }),
  compose: (conversation, composing) => invoke('compose', { conversation, composing }),
  startConversation: (address) => invoke('start_conversation', { address }),
  createTeam: (team) => invoke('create_team', { team }),
  team: (conversation) => invoke('team', { conversation }),
  changeTeam: (conversation, change) => invoke('change_team', { conversation, change }),
  openTeams: () => invoke('open_teams'),
  joinTeam: (address) => invoke('join_team', { address }),
  reconnect: () => invoke('reconnect'),
  diagnostics: () => invoke('diagnostics'),
  roundTrip: () => invoke('round_trip'),
  held: (query) => invoke('held', { query }),
  checkConversation: (conversation) => invoke('check_conversation', { conversation }),
  stopCheck: (conversation) => invoke('stop_check', { conversation }),
  diagnosticsReport: () => invoke('diagnostics_report'),
  openLink: (url) => invoke('open_link', { url }),
  avatarUrl: (hash) => convertFileSrc(hash, 'avatar'),
  savedLook: () => window.__WARDLINE_LOOK__ ?? {},
  saveLook: (appearance) => invoke('save_look', { look: appearance }),
};
