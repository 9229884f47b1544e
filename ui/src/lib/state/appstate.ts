import { now } from '../appearance/now.svelte';
import type { Backend, DiagnosticsBackend, NotificationsBackend, PicturesBackend } from '../backend/backend';
import type { Event } from '../backend/types';
import { ChatList } from './chatlist.svelte';
import { Checks } from './checks.svelte';
import { Colleagues } from './colleagues';
import { Connection } from './connection.svelte';
import { Contacts } from './contacts';
import { Errors } from './errors.svelte';
import { EventStream } from './eventstream';
import { Links } from './links.svelte';
import { Messages } from './messages.svelte';
import { Navigation } from './navigation.svelte';
import { Session } from './session.svelte';
import { Teams } from './teams.svelte';
import { Thread } from './thread.svelte';

/**
 * Makes the parts of the interface's state and hands each event to the part that it concerns. The parts hold nothing that is not
 * in a snapshot or an event: the truth is in the store. Components are given parts, never the whole.
 */
export class AppState {
  readonly errors = new Errors();
  readonly checks = new Checks();
  readonly connection: Connection;
  readonly chatList: ChatList;
  readonly thread: Thread;
  readonly navigation: Navigation;
  readonly messages: Messages;
  readonly teams: Teams;
  readonly contacts: Contacts;
  readonly colleagues: Colleagues;
  readonly links: Links;
  readonly session: Session;
  /** Slices of the backend whose answers no part keeps. */
  readonly diagnostics: DiagnosticsBackend;
  readonly notifications: NotificationsBackend;
  readonly pictures: PicturesBackend;

  constructor(backend: Backend) {
    const { errors } = this;
    const open = (id: number): Promise<void> => this.thread.open(id);
    this.diagnostics = backend;
    this.notifications = backend;
    this.pictures = backend;
    this.connection = new Connection(backend);
    this.chatList = new ChatList(backend, errors);
    this.thread = new Thread(backend, errors, (id) => this.chatList.clearMark(id));
    this.navigation = new Navigation((id, message) => this.thread.openAt(id, message));
    this.messages = new Messages(backend, errors);
    this.teams = new Teams(backend, open);
    this.contacts = new Contacts(backend, errors);
    this.colleagues = new Colleagues(backend, open);
    this.session = new Session(backend, new EventStream((event) => this.#handle(event)), {
      enter: ({ inbox, connection, textLimit, now: at }) => {
        this.chatList.enter(inbox);
        this.connection.update(connection);
        this.messages.enter(textLimit);
        now.set(at);
      },
      leave: () => this.#leave(),
      turnTo: (screen) => this.navigation.turnTo(screen),
    });
    this.links = new Links(backend, errors, () => this.session.account?.address.split('@').at(-1)?.toLowerCase() ?? null);
  }

  #leave(): void {
    this.thread.leave();
    this.chatList.leave();
    this.links.dismiss();
    this.teams.forget();
    this.checks.leave();
    this.connection.leave();
  }

  #handle(event: Event): void {
    switch (event.kind) {
      case 'connection':
        return this.connection.update(event.state);
      case 'account':
        return this.session.update(event.account);
      case 'inbox':
        return this.chatList.receive(event);
      case 'unread':
        return this.chatList.receiveUnread(event.total);
      case 'timeline':
        return this.thread.receive(event);
      case 'arrived':
        return this.thread.receiveArrived(event);
      case 'team':
        return this.teams.changed(event.conversation);
      case 'show':
        return this.navigation.go(event.conversation, event.message);
      case 'clock':
        return now.set(event.now);
      case 'check':
        return this.checks.update(event.conversation, event.state);
      case 'reload':
        this.chatList.reload();
        this.teams.reload();
        return this.thread.reload();
      case 'anew':
        // The local data are gone: nothing on screen exists any more, and its ids mean something else.
        this.thread.close();
        void this.session.start();
        return;
      case 'signedOut':
        return this.session.leave();
    }
  }
}
