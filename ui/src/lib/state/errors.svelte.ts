import { commandError } from '../backend/backend';
import type { CommandError } from '../backend/types';

/** The error of a command that no form shows: one at a time, over the window. */
export class Errors {
  #current: CommandError | null = $state.raw(null);

  get current(): CommandError | null {
    return this.#current;
  }

  show(error: CommandError): void {
    this.#current = error;
  }

  dismiss(): void {
    this.#current = null;
  }

  /** Shows the error if the command fails. */
  watch(command: Promise<unknown>): void {
    command.catch((reason: unknown) => this.show(commandError(reason)));
  }
}

/** Lets a command fail in silence: it is repeated by itself, or the connection state shows the failure. */
export function ignoreFailure(command: Promise<unknown>): void {
  command.catch(() => undefined);
}
