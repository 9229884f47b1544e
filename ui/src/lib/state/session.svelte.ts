import { commandError, failure, type SessionBackend } from '../backend/backend';
import type { AccountView, CommandError, FirstScreen, LocalData, Notice, SignedIn, SignIn } from '../backend/types';
import type { EventStream } from './eventstream';
import type { Screen } from './navigation.svelte';

/** What the rest of the app does when an account comes and goes. */
type Rest = {
  enter: (signedIn: SignedIn) => void;
  leave: () => void;
  turnTo: (screen: Screen) => void;
};

/** Starting the app, and signing in and out. */
export class Session {
  #account: AccountView | null = $state.raw(null);
  #notice: Notice | null = $state.raw(null);
  #lastAddress = '';
  readonly #backend: SessionBackend;
  readonly #events: EventStream;
  readonly #rest: Rest;

  constructor(backend: SessionBackend, events: EventStream, rest: Rest) {
    this.#backend = backend;
    this.#events = events;
    this.#rest = rest;
  }

  get account(): AccountView | null {
    return this.#account;
  }

  /** What happened to the local data at the start, in case the user must know. */
  get notice(): Notice | null {
    return this.#notice;
  }

  /** The address of the last sign-in, to offer it again. In memory only. */
  get lastAddress(): string {
    return this.#lastAddress;
  }

  /** Starts the backend and shows its first answer. */
  async start(): Promise<void> {
    const error = await this.#enter(this.#backend.start(this.#events.push));
    if (error !== null) this.#show({ kind: 'blocked', error });
  }

  signIn(form: SignIn): Promise<CommandError | null> {
    return this.#enter(this.#backend.signIn(form).then((signedIn) => ({ kind: 'signedIn', ...signedIn })));
  }

  unlock(passphrase: string): Promise<CommandError | null> {
    return this.#enter(this.#backend.unlock(passphrase));
  }

  async signOut(localData: LocalData): Promise<CommandError | null> {
    const address = this.#lastAddress;
    // Before the call: the event of leaving may come before its answer, and shows the form with this address in it.
    if (localData === 'wipe') this.#lastAddress = '';
    try {
      await this.#backend.signOut(localData);
    } catch (reason) {
      this.#lastAddress = address;
      return commandError(reason);
    }
    this.leave();
    return null;
  }

  /** Forgets the account, which has signed out. */
  leave(): void {
    this.#account = null;
    this.#notice = null;
    this.#rest.leave();
    this.#rest.turnTo({ kind: 'signedOut' });
  }

  update(account: AccountView): void {
    if (this.#account !== null) this.#account = account;
  }

  dismissNotice(): void {
    this.#notice = null;
  }

  #enter(answer: Promise<FirstScreen>): Promise<CommandError | null> {
    return failure(this.#events.follow(answer.then((first) => this.#show(first))));
  }

  #show(first: FirstScreen): void {
    if (first.kind === 'signedIn') {
      this.#account = first.account;
      this.#lastAddress = first.account.address;
      this.#rest.enter(first);
    } else {
      this.#account = null;
      this.#rest.leave();
    }
    if (first.kind === 'signedIn' || first.kind === 'signedOut') this.#notice = first.notice;
    this.#rest.turnTo(first.kind === 'signedIn' ? { kind: 'inbox' } : first);
  }
}
