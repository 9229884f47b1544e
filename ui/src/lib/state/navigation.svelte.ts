import type { CommandError, ConversationId, MessageId } from '../backend/types';

/** A screen of the app. */
export type Screen =
  | { kind: 'starting' }
  | { kind: 'signedOut' }
  | { kind: 'locked' }
  | { kind: 'blocked'; error: CommandError }
  | { kind: 'inbox' };

type Place = { id: ConversationId; message: MessageId | null };

/** Which screen is shown, and where a request from outside the window leads. */
export class Navigation {
  #screen: Screen = $state.raw({ kind: 'starting' });
  #requests: number = $state.raw(0);
  /** A request that came before the list: a page that was loaded anew is led back so. */
  #awaited: Place | null = null;
  readonly #openAt: (id: ConversationId, message: MessageId | null) => void;

  /** @param openAt opens a conversation at a message */
  constructor(openAt: (id: ConversationId, message: MessageId | null) => void) {
    this.#openAt = openAt;
  }

  get screen(): Screen {
    return this.#screen;
  }

  /** Counts the requests from outside the window: layers over the thread close at each. */
  get requests(): number {
    return this.#requests;
  }

  turnTo(screen: Screen): void {
    this.#screen = screen;
    const awaited = this.#awaited;
    if (awaited === null || screen.kind !== 'inbox') return;
    this.#awaited = null;
    this.go(awaited.id, awaited.message);
  }

  /** Opens a conversation at a message, as asked for from outside the window, such as by a notification. */
  go(id: ConversationId, message: MessageId | null): void {
    if (this.#screen.kind === 'starting') this.#awaited = { id, message };
    if (this.#screen.kind !== 'inbox') return;
    this.#requests += 1;
    this.#openAt(id, message);
  }
}
