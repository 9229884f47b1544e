import type { CommandError, ConnectionView, Delivery, Directory, Membership, MessageItem, Person, SendFailure, TeamEvent } from '../types';

/** Levers for browser tests, on `window.wardlineSample`. */
export type SampleControls = {
  /** A live message of somebody else in the chat with this key. */
  arrive(chat: string, text: string, author?: string): number;
  /** Many at once, in one batch of events. */
  arriveMany(chat: string, count: number): void;
  connection(state: ConnectionView): void;
  typing(chat: string, names: string[]): void;
  /** The final state of messages sent from now on. */
  outcome(delivery: Delivery, failure?: SendFailure): void;
  /** The next command of this name rejects. */
  failNext(command: string, error: CommandError): void;
  /** The state of the directory while connected. */
  directory(state: Directory): void;
  /** As if a notification of the chat's message, so many from its end, had been clicked. */
  show(chat: string, fromEnd: number): void;
  /** Skips a revision, as if events had been missed. */
  missEvents(): void;
  /** Changes a message in place. */
  change(chat: string, fromEnd: number, change: Partial<MessageItem>): void;
  /** A page comes for the gap of a chat, at one of its sides; with the last one the gap is gone. */
  fill(chat: string, count: number, side: 'older' | 'newer', last: boolean): void;
  /** Pauses answers, states of sent messages and comparisons until their step. */
  hold(): void;
  /** Runs the next paused action. */
  step(): void;
  /** Something happens to a team, by somebody of that name or told by the team itself. */
  notice(chat: string, by: string | null, ...events: TeamEvent[]): void;
  /** Changes the membership of the signed-in person in a team. */
  membership(chat: string, membership: Membership): void;
  /** Changes the person of a chat's row. */
  person(chat: string, change: Partial<Person>): void;
  /** Every command called so far. */
  calls: { command: string; args: unknown[] }[];
};

declare global {
  interface Window {
    wardlineSample?: SampleControls;
  }
}
