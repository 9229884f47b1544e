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

/**
 * Everything the interface can ask of the rest of the app. Each method is one command of the desktop shell.
 * A method that fails rejects with a {@link CommandError}.
 */
export interface Backend {
  /** The first call: hands over the receiver of all events and answers with what to show, from the local store alone. */
  start(onEvents: (events: Event[]) => void): Promise<FirstScreen>;
  /** Opens a local database that a passphrase protects. */
  unlock(passphrase: string): Promise<FirstScreen>;
  signIn(form: SignIn): Promise<SignedIn>;
  signOut(localData: LocalData): Promise<void>;
  /** The chat list anew, after events were missed. */
  inbox(): Promise<InboxSnapshot>;
  /** The thread's loaded window; its changes arrive as events until {@link Backend.closeConversation}. */
  openConversation(conversation: ConversationId): Promise<TimelineSnapshot>;
  closeConversation(conversation: ConversationId): Promise<void>;
  /** The open thread's window anew, after events were missed. */
  timeline(conversation: ConversationId): Promise<TimelineSnapshot>;
  /** Asks for older messages; they arrive as events. */
  pageBack(conversation: ConversationId): Promise<void>;
  /** Asks for newer messages where the window does not reach the newest; they arrive as events. */
  pageForward(conversation: ConversationId): Promise<void>;
  /** Makes another window of the open thread. A date that is not here is asked of the server. */
  jump(conversation: ConversationId, to: JumpTarget): Promise<TimelineSnapshot>;
  /** The reader has this message before them: what is missing near it is fetched first. */
  view(conversation: ConversationId, message: MessageId): Promise<void>;
  send(conversation: ConversationId, text: string): Promise<MessageId>;
  /** Puts another text in the place of a message that has not been sent; one that failed is sent again. */
  edit(message: MessageId, text: string): Promise<void>;
  /** Who of a team has seen a message of one's own. */
  readers(message: MessageId): Promise<Readers>;
  /** Tries a failed message again. */
  resend(message: MessageId): Promise<void>;
  /** Removes a message that has not been sent. */
  discard(message: MessageId): Promise<void>;
  /** Everything up to this message was seen. */
  markRead(conversation: ConversationId, message: MessageId): Promise<void>;
  /** Marks conversations as read, each up to a message. */
  markAllRead(through: ReadThrough[]): Promise<void>;
  /** Pins, mutes, puts aside or marks as unread, for all devices of the account. */
  decide(conversation: ConversationId, change: ConversationChange): Promise<void>;
  /** Takes nothing more from the person of a conversation; all devices of the account follow. */
  block(conversation: ConversationId): Promise<void>;
  unblock(conversation: ConversationId): Promise<void>;
  unblockAddress(address: string): Promise<void>;
  blocked(): Promise<Blocked[]>;
  /** Colleagues whose name, role, ward or address has words that begin like those of the text; the best match first. */
  findPeople(text: string): Promise<FoundPeople>;
  /** How the system tells of new messages. */
  notificationSettings(): Promise<NotificationSettings>;
  saveNotificationSettings(settings: NotificationSettings): Promise<void>;
  saveDraft(conversation: ConversationId, text: string): Promise<void>;
  compose(conversation: ConversationId, composing: Composing): Promise<void>;
  /** Finds or makes the one-to-one conversation with an address. */
  startConversation(address: string): Promise<ConversationId>;
  /** Makes a team with these people in it. */
  createTeam(team: NewTeam): Promise<ConversationId>;
  /** A team in full. */
  team(conversation: ConversationId): Promise<TeamDetails>;
  /** Does something about a team; what follows from it arrives as events. */
  changeTeam(conversation: ConversationId, change: TeamChange): Promise<void>;
  /** The teams that anybody may enter. */
  openTeams(): Promise<OpenTeam[]>;
  /** Enters an open team. */
  joinTeam(address: string): Promise<ConversationId>;
  /** Tries to connect now. */
  reconnect(): Promise<void>;
  /** The connection, what the server can do, and what is held in numbers; at once. */
  diagnostics(): Promise<Diagnostics>;
  /** How long the server takes to answer, in milliseconds. */
  roundTrip(): Promise<number>;
  /** What is held of conversations, a page at a time: those that need attention first. */
  held(query: HeldQuery): Promise<HeldPage>;
  /** Compares a conversation with the server and repairs what can be; how far it is follows as events. */
  checkConversation(conversation: ConversationId): Promise<void>;
  /** Gives up a comparison. */
  stopCheck(conversation: ConversationId): Promise<void>;
  /** Counts, states, features and versions as text, to hand on: names nobody. */
  diagnosticsReport(): Promise<string>;
  /** Opens a web, mail or telephone link outside the app. */
  openLink(url: string): Promise<void>;
  /** Where the picture with this hash is served. */
  avatarUrl(hash: string): string;
  /** Theme and text size as they were last saved; known before the first line is drawn. */
  savedLook(): Partial<Appearance>;
  /** Keeps theme and text size for the next start. */
  saveLook(appearance: Appearance): Promise<void>;
}

/** What diagnostics ask for. */
export type Inspection = Pick<Backend, 'diagnostics' | 'roundTrip' | 'held' | 'checkConversation' | 'stopCheck' | 'diagnosticsReport'>;

/** The appearance of the interface: the only setting kept for a computer rather than a person. */
export type Appearance = {
  theme: 'system' | 'light' | 'dark';
  /** Per cent of the usual, 100 to 200. */
  textSize: number;
};

/** Makes a {@link CommandError} of whatever a command rejected with. */
export function commandError(reason: unknown): CommandError {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'string') {
    return reason as CommandError;
  }
  return { code: 'internal', reference: 'ui' };
}

/** The error of a command; `null`: it was done. */
export async function failure(command: Promise<unknown>): Promise<CommandError | null> {
  try {
    await command;
    return null;
  } catch (reason) {
    return commandError(reason);
  }
}
