import type { CommandError } from '../types';

/** Rejects as the desktop shell does: with a plain object. */
export function fail(error: CommandError): never {
  throw error;
}
