import type { Appearance, Backend } from '../backend/backend';
import type {
  Blocked,
  ConversationChange,
  ConversationId,
  Event,
  FirstScreen,
  FoundPeople,
  HeldPage,
  InboxSnapshot,
  JumpTarget,
  MessageId,
  NotificationSettings,
  OpenTeam,
  Readers,
  ReadThrough,
  SignedIn,
  TeamDetails,
  TimelineSnapshot,
} from '../backend/types';
import { chatRow } from './build';

/** A backend for tests, which decide when it answers. */
export class Scripted implements Backend {
  emit: (events: Event[]) => void = () => undefined;
  first: FirstScreen = { kind: 'signedIn', ...signedIn() };
  opened: { id: ConversationId; answer: (snapshot: TimelineSnapshot) => void; refuse: (reason: unknown) => void }[] = [];
  closed: ConversationId[] = [];
  inboxes: ((snapshot: InboxSnapshot) => void)[] = [];
  signInAnswer: ((answer: SignedIn) => void) | null = null;

  starts = 0;

  start(onEvents: (events: Event[]) => void): Promise<FirstScreen> {
    this.starts += 1;
    this.emit = onEvents;
    return this.starting ?? Promise.resolve(this.first);
  }
  starting: Promise<FirstScreen> | null = null;
  signIn(): Promise<SignedIn> {
    return new Promise((resolve) => (this.signInAnswer = resolve));
  }
  openConversation(id: ConversationId): Promise<TimelineSnapshot> {
    return new Promise((answer, refuse) => this.opened.push({ id, answer, refuse }));
  }
  closeConversation(id: ConversationId): Promise<void> {
    this.closed.push(id);
    return Promise.resolve();
  }
  inbox(): Promise<InboxSnapshot> {
    return new Promise((resolve) => this.inboxes.push(resolve));
  }
  unlock = (): Promise<FirstScreen> => Promise.resolve({ kind: 'signedIn', ...signedIn() });
  savedLook = (): Partial<Appearance> => ({});
  saveLook = (): Promise<void> => Promise.resolve();
  signOut = (): Promise<void> => Promise.resolve();
  timelines: { id: ConversationId; answer: (snapshot: TimelineSnapshot) => void; refuse: (reason: unknown) => void }[] = [];
  timeline = (id: ConversationId): Promise<TimelineSnapshot> =>
    new Promise((answer, refuse) => this.timelines.push({ id, answer, refuse }));
  jumps: { to: JumpTarget; answer: (snapshot: TimelineSnapshot) => void; refuse: (reason: unknown) => void }[] = [];
  jump = (_id: ConversationId, to: JumpTarget): Promise<TimelineSnapshot> =>
    new Promise((answer, refuse) => this.jumps.push({ to, answer, refuse }));
  pageBack = (): Promise<void> => Promise.resolve();
  pageForward = (): Promise<void> => Promise.resolve();
  view = (): Promise<void> => Promise.resolve();
  send = (): Promise<MessageId> => Promise.resolve(1);
  edit = (): Promise<void> => Promise.resolve();
  readers = (): Promise<Readers> => Promise.resolve({ read: [], unread: null });
  resend = (): Promise<void> => Promise.resolve();
  discard = (): Promise<void> => Promise.resolve();
  markRead: (id?: ConversationId, message?: MessageId) => Promise<void> = () => Promise.resolve();
  readThrough: ReadThrough[][] = [];
  markAllRead = (through: ReadThrough[]): Promise<void> => {
    this.readThrough.push(through);
    return Promise.resolve();
  };
  decided: [ConversationId, ConversationChange][] = [];
  decide = (id: ConversationId, change: ConversationChange): Promise<void> => {
    this.decided.push([id, change]);
    return Promise.resolve();
  };
  findPeople = (): Promise<FoundPeople> => Promise.resolve({ people: [], directory: 'asked', address: null });
  notificationSettings = (): Promise<NotificationSettings> => Promise.resolve({ content: 'sender', sound: 'system', quietUntil: null });
  saveNotificationSettings = (): Promise<void> => Promise.resolve();
  saveDraft = (): Promise<void> => Promise.resolve();
  block = (): Promise<void> => Promise.resolve();
  unblock = (): Promise<void> => Promise.resolve();
  unblockAddress = (): Promise<void> => Promise.resolve();
  blocked = (): Promise<Blocked[]> => Promise.resolve([]);
  compose = (): Promise<void> => Promise.resolve();
  startConversation = (): Promise<ConversationId> => Promise.resolve(1);
  createTeam = (): Promise<ConversationId> => Promise.resolve(1);
  team = (): Promise<TeamDetails> => new Promise(() => undefined);
  changeTeam = (): Promise<void> => Promise.resolve();
  openTeams = (): Promise<OpenTeam[]> => Promise.resolve([]);
  joinTeam = (): Promise<ConversationId> => Promise.resolve(1);
  reconnect = (): Promise<void> => Promise.resolve();
  diagnostics = (): Promise<never> => new Promise(() => undefined);
  roundTrip = (): Promise<number> => Promise.resolve(12);
  held = (): Promise<HeldPage> => Promise.resolve({ total: 0, rows: [] });
  checkConversation = (): Promise<void> => Promise.resolve();
  stopCheck = (): Promise<void> => Promise.resolve();
  diagnosticsReport = (): Promise<string> => Promise.resolve('');
  openLink = (): Promise<void> => Promise.resolve();
  avatarUrl = (hash: string): string => hash;
}

/** The first answer to a signed-in account with two chats. */
export function signedIn(): SignedIn {
  return {
    account: { address: 'alice@ward.example', person: chatRow(1).person },
    inbox: { revision: 3, rows: [chatRow(1), chatRow(2)], unread: 0 },
    connection: { kind: 'online' },
    now: Date.now(),
    textLimit: 1000,
    notice: null,
  };
}
