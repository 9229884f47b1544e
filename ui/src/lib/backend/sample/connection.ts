import type { ConnectionView, Event } from '../types';
import type { Later } from './later';

/** The sample hospital's connection to its server. */
export class SampleConnection {
  #state: ConnectionView = { kind: 'online' };
  readonly #later: Later;
  readonly #emit: (events: Event[]) => void;

  constructor(later: Later, emit: (events: Event[]) => void) {
    this.#later = later;
    this.#emit = emit;
  }

  get state(): ConnectionView {
    return this.#state;
  }

  get online(): boolean {
    return this.#state.kind === 'online';
  }

  set(state: ConnectionView): void {
    this.#state = state;
    this.#emit([{ kind: 'connection', state }]);
  }

  /** Begins without a connection, before any event can be received. */
  beginOffline(): void {
    this.#state = { kind: 'waiting', retryAt: Date.now() + 25_000, error: { code: 'serverUnreachable' } };
  }

  reconnect(): void {
    this.set({ kind: 'connecting' });
    this.#later.after(600, () => this.set({ kind: 'online' }));
  }
}
