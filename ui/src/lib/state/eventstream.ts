import type { Event } from '../backend/types';
import { Frames } from '../frames/frames';

/** Hands the events of the backend on in their order, at most once a frame. */
export class EventStream {
  readonly #frames: Frames<Event>;
  readonly #handle: (event: Event) => void;
  /** Events that arrived while an answer is on its way that they must follow; `null`: no answer is. */
  #early: Event[] | null = null;

  constructor(handle: (event: Event) => void) {
    this.#handle = handle;
    this.#frames = new Frames((events) => this.#receive(events));
  }

  readonly push = (events: readonly Event[]): void => this.#frames.push(events);

  /**
   * Keeps events back until an answer has been shown. Answers and events reach the window on two ways: an event must not be lost
   * for want of a list, and the answer's connection must not replace a later one.
   */
  async follow(answer: Promise<void>): Promise<void> {
    this.#early ??= [];
    try {
      await answer;
    } finally {
      const early = this.#early;
      this.#early = null;
      if (early !== null) this.#receive(early);
    }
  }

  #receive(events: readonly Event[]): void {
    if (this.#early !== null) this.#early.push(...events);
    else for (const event of events) this.#handle(event);
  }
}
