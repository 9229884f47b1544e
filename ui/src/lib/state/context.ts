import { createContext } from 'svelte';
import type { DiagnosticsBackend, NotificationsBackend, PicturesBackend } from '../backend/backend';
import type { AppState } from './appstate';
import type { ChatList } from './chatlist.svelte';
import type { Checks } from './checks.svelte';
import type { Colleagues } from './colleagues';
import type { Connection } from './connection.svelte';
import type { Contacts } from './contacts';
import type { Errors } from './errors.svelte';
import type { Links } from './links.svelte';
import type { Messages } from './messages.svelte';
import type { Navigation } from './navigation.svelte';
import type { Session } from './session.svelte';
import type { Teams } from './teams.svelte';
import type { Thread } from './thread.svelte';

// Each part on its own, so that a component names what it uses.
export const [getChatList, setChatList] = createContext<ChatList>();
export const [getChecks, setChecks] = createContext<Checks>();
export const [getColleagues, setColleagues] = createContext<Colleagues>();
export const [getConnection, setConnection] = createContext<Connection>();
export const [getContacts, setContacts] = createContext<Contacts>();
export const [getDiagnostics, setDiagnostics] = createContext<DiagnosticsBackend>();
export const [getErrors, setErrors] = createContext<Errors>();
export const [getLinks, setLinks] = createContext<Links>();
export const [getMessages, setMessages] = createContext<Messages>();
export const [getNavigation, setNavigation] = createContext<Navigation>();
export const [getNotifications, setNotifications] = createContext<NotificationsBackend>();
export const [getPictures, setPictures] = createContext<PicturesBackend>();
export const [getSession, setSession] = createContext<Session>();
export const [getTeams, setTeams] = createContext<Teams>();
export const [getThread, setThread] = createContext<Thread>();

/** Gives every component below the app access to the parts. */
export function provide(app: AppState): void {
  setChatList(app.chatList);
  setChecks(app.checks);
  setColleagues(app.colleagues);
  setConnection(app.connection);
  setContacts(app.contacts);
  setDiagnostics(app.diagnostics);
  setErrors(app.errors);
  setLinks(app.links);
  setMessages(app.messages);
  setNavigation(app.navigation);
  setNotifications(app.notifications);
  setPictures(app.pictures);
  setSession(app.session);
  setTeams(app.teams);
  setThread(app.thread);
}
