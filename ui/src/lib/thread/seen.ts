/** A message counts as seen after being wholly visible in a focused window for this long, in milliseconds. */
export const DWELL = 1000;

/** What a reader has before them. */
export type Sight = {
  /** Keys of the messages of others that are wholly visible, from the top down. */
  visible: () => readonly string[];
  /** How many messages of the conversation are unread, as far as the list knows by now. */
  unread: () => number;
  /** Whether somebody can be looking: the window is visible and has the focus. */
  attentive: () => boolean;
};

/**
 * Decides when messages have been seen. Each message has a second of its own, so that a stream is read while it arrives. The
 * count of unread messages may arrive before or after the message itself: a message that was seen meanwhile is published with it.
 */
export class Seen {
  readonly #sight: Sight;
  readonly #publish: (key: string) => void;
  /** Since when each message has been in view without a break. */
  readonly #since = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #published: string | null = null;
  #unread = 0;

  /** @param publish everything up to and with this key has been seen */
  constructor(sight: Sight, publish: (key: string) => void) {
    this.#sight = sight;
    this.#publish = publish;
  }

  /** Checks again: something moved or arrived, the count of unread messages changed, or the window got or lost the focus. */
  check(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const keys = this.#sight.attentive() ? this.#sight.visible() : [];
    this.#follow(keys, now);
    const unread = this.#sight.unread();
    // More has become unread since: the same message may be the last one seen of it.
    if (unread > this.#unread) this.#published = null;
    this.#unread = unread;
    const seen = keys.findLast((key) => this.#age(key, now) >= DWELL);
    if (seen !== undefined && unread > 0 && seen !== this.#published) {
      this.#published = seen;
      this.#publish(seen);
    }
    const next = Math.max(...keys.map((key) => this.#age(key, now)).filter((age) => age < DWELL));
    if (next >= 0) this.#timer = setTimeout(() => this.check(), DWELL - next);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#since.clear();
  }

  #follow(keys: readonly string[], now: number): void {
    const visible = new Set(keys);
    for (const key of this.#since.keys()) if (!visible.has(key)) this.#since.delete(key);
    for (const key of keys) if (!this.#since.has(key)) this.#since.set(key, now);
  }

  #age(key: string, now: number): number {
    return now - (this.#since.get(key) ?? now);
  }
}

/** Whether somebody can be looking at this window. */
export function windowAttentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
