import type { ConnectionBackend } from '../backend/backend';
import type { ConnectionView } from '../backend/types';
import { ignoreFailure } from './errors.svelte';

const offline: ConnectionView = { kind: 'offline' };

/** The connection to the server. */
export class Connection {
  #state: ConnectionView = $state.raw(offline);
  readonly #backend: ConnectionBackend;

  constructor(backend: ConnectionBackend) {
    this.#backend = backend;
  }

  get state(): ConnectionView {
    return this.#state;
  }

  /** Whether the server can be asked now. */
  readonly connected: boolean = $derived(['online', 'syncing', 'fetching'].includes(this.#state.kind));

  update(state: ConnectionView): void {
    this.#state = state;
  }

  leave(): void {
    this.#state = offline;
  }

  reconnect(): void {
    ignoreFailure(this.#backend.reconnect());
  }
}
