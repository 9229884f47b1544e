/** A message counts as seen after being wholly visible in a focused window for this long, in milliseconds. */
const DWELL = 1000;

/** Decides when what is on screen has been seen. */
export class Seen {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #candidate: string | null = null;
  #told: string | null = null;

  /**
   * @param visible key of the last message of somebody else that is wholly visible
   * @param tell what was seen, up to and with this key
   * @param wanted whether anything is unread at all
   */
  constructor(
    private readonly visible: () => string | null,
    private readonly tell: (key: string) => void,
    private readonly wanted: () => boolean,
  ) {}

  /** Looks again: something moved, arrived, or the window got or lost the focus. */
  look(): void {
    const key = this.wanted() && attentive() ? this.visible() : null;
    if (key === this.#candidate && this.#timer !== undefined) return;
    this.stop();
    if (key === null || key === this.#told) return;
    this.#candidate = key;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!attentive() || this.visible() !== key) {
        this.look();
        return;
      }
      this.#told = key;
      this.tell(key);
    }, DWELL);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#candidate = null;
  }
}

function attentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
