import type {
  Blocked,
  CommandError,
  Composing,
  ConversationChange,
  ConversationId,
  Diagnostics,
  Event,
  FirstScreen,
  FoundPeople,
  HeldPage,
  HeldQuery,
  InboxSnapshot,
  JumpTarget,
  LocalData,
  MessageId,
  NewTeam,
  NotificationSettings,
  OpenTeam,
  Readers,
  ReadThrough,
  SignedIn,
  SignIn,
  TeamChange,
  TeamDetails,
  TimelineSnapshot,
} from './types';

/*
 * Everything the interface can ask of the rest of the app, in slices: a part of the interface is handed only the slice that it
 * needs. Each method is one command of the desktop shell; a method that fails rejects with a {@link CommandError}.
 */

/** Starting, unlocking, signing in and out. */
export interface SessionBackend {
  /** The first call: hands over the receiver of all events and answers with what to show, from the local store alone. */
  start(onEvents: (events: Event[]) => void): Promise<FirstScreen>;
  /** Opens a local database that a passphrase protects. */
  unlock(passphrase: string): Promise<FirstScreen>;
  signIn(form: SignIn): Promise<SignedIn>;
  signOut(localData: LocalData): Promise<void>;
}

/** The connection to the server. */
export interface ConnectionBackend {
  /** Tries to connect now. */
  reconnect(): Promise<void>;
}

/** The chat list and the settings of its conversations. */
export interface ChatListBackend {
  /** The chat list anew, after events were missed. */
  inbox(): Promise<InboxSnapshot>;
  /** Marks a conversation as read up to this message. */
  markRead(conversation: ConversationId, message: MessageId): Promise<void>;
  /** Marks conversations as read, each up to a message. */
  markAllRead(through: ReadThrough[]): Promise<void>;
  /** Pins, mutes, archives or marks as unread, for all devices of the account. */
  decide(conversation: ConversationId, change: ConversationChange): Promise<void>;
}

/** The loaded window of the open thread. */
export interface ThreadBackend {
  /** The thread's loaded window; its changes arrive as events until {@link ThreadBackend.closeConversation}. */
  openConversation(conversation: ConversationId): Promise<TimelineSnapshot>;
  closeConversation(conversation: ConversationId): Promise<void>;
  /** The open thread's window anew, after events were missed. */
  timeline(conversation: ConversationId): Promise<TimelineSnapshot>;
  /** Asks for older messages; they arrive as events. */
  pageBack(conversation: ConversationId): Promise<void>;
  /** Asks for newer messages where the window does not reach the newest; they arrive as events. */
  pageForward(conversation: ConversationId): Promise<void>;
  /** Makes another window of the open thread. The server is asked for a date that is not stored here. */
  jump(conversation: ConversationId, to: JumpTarget): Promise<TimelineSnapshot>;
  /** The reader has this message before them: messages missing near it are fetched first. */
  view(conversation: ConversationId, message: MessageId): Promise<void>;
}

/** Writing and sending messages. */
export interface MessagesBackend {
  send(conversation: ConversationId, text: string): Promise<MessageId>;
  /** Replaces the text of a message that has not been sent; a failed message is sent again. */
  edit(message: MessageId, text: string): Promise<void>;
  /** The members of a team who have seen an own message. */
  readers(message: MessageId): Promise<Readers>;
  /** Tries a failed message again. */
  resend(message: MessageId): Promise<void>;
  /** Removes a message that has not been sent. */
  discard(message: MessageId): Promise<void>;
  saveDraft(conversation: ConversationId, text: string): Promise<void>;
  compose(conversation: ConversationId, composing: Composing): Promise<void>;
}

/** Finding colleagues and writing to them. */
export interface ColleaguesBackend {
  /** Colleagues whose name, role, ward or address has words that begin like those of the text; the best match first. */
  findPeople(text: string): Promise<FoundPeople>;
  /** Finds or makes the one-to-one conversation with an address. */
  startConversation(address: string): Promise<ConversationId>;
}

/** Blocking. */
export interface BlockingBackend {
  /** Blocks the person of a conversation; all devices of the account follow. */
  block(conversation: ConversationId): Promise<void>;
  unblock(conversation: ConversationId): Promise<void>;
  unblockAddress(address: string): Promise<void>;
  blocked(): Promise<Blocked[]>;
}

/** Teams. */
export interface TeamsBackend {
  /** Makes a team with these people in it. */
  createTeam(team: NewTeam): Promise<ConversationId>;
  /** A team in full. */
  team(conversation: ConversationId): Promise<TeamDetails>;
  /** Changes a team or the own membership; the consequences arrive as events. */
  changeTeam(conversation: ConversationId, change: TeamChange): Promise<void>;
  /** The teams that anybody may enter. */
  openTeams(): Promise<OpenTeam[]>;
  /** Enters an open team. */
  joinTeam(address: string): Promise<ConversationId>;
}

/** How the system notifies of new messages. */
export interface NotificationsBackend {
  notificationSettings(): Promise<NotificationSettings>;
  saveNotificationSettings(settings: NotificationSettings): Promise<void>;
}

/** Diagnostics. */
export interface DiagnosticsBackend {
  /** The connection, the server's features, and the stored data in numbers; at once. */
  diagnostics(): Promise<Diagnostics>;
  /** How long the server takes to answer, in milliseconds. */
  roundTrip(): Promise<number>;
  /** The stored conversations, a page at a time: those that need attention first. */
  held(query: HeldQuery): Promise<HeldPage>;
  /** Compares a conversation with the server and repairs what can be repaired; progress follows as events. */
  checkConversation(conversation: ConversationId): Promise<void>;
  /** Cancels a comparison. */
  stopCheck(conversation: ConversationId): Promise<void>;
  /** Counts, states, features and versions as text, to hand on: names nobody. */
  diagnosticsReport(): Promise<string>;
}

/** Opening links. */
export interface LinksBackend {
  /** Opens a web, mail or telephone link outside the app. */
  openLink(url: string): Promise<void>;
}

/** Pictures of people. */
export interface PicturesBackend {
  /** The URL of the picture with this hash. */
  avatarUrl(hash: string): string;
}

/** Keeping the appearance. The names are those of the shell's command. */
export interface AppearanceBackend {
  /** Theme and text size as they were last saved; known before the first line is drawn. */
  savedLook(): Partial<Appearance>;
  /** Keeps theme and text size for the next start. */
  saveLook(appearance: Appearance): Promise<void>;
}

/** Every command of the desktop shell. Only the app itself is handed the whole. */
export interface Backend
  extends SessionBackend,
    ConnectionBackend,
    ChatListBackend,
    ThreadBackend,
    MessagesBackend,
    ColleaguesBackend,
    BlockingBackend,
    TeamsBackend,
    NotificationsBackend,
    DiagnosticsBackend,
    LinksBackend,
    PicturesBackend,
    AppearanceBackend {}

/** The appearance of the interface: the only setting kept for a computer rather than a person. */
export type Appearance = {
  theme: 'system' | 'light' | 'dark';
  /** Per cent of the usual, 100 to 200. */
  textSize: number;
};

/** The {@link CommandError} that a command rejected with; an internal error for any other reason. */
export function commandError(reason: unknown): CommandError {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'string') {
    return reason as CommandError;
  }
  return { code: 'internal', reference: 'ui' };
}

/** The error of a command; `null`: it succeeded. */
export async function failure(command: Promise<unknown>): Promise<CommandError | null> {
  try {
    await command;
    return null;
  } catch (reason) {
    return commandError(reason);
  }
}
