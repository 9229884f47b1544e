/** The frames of the window: the only module that schedules work by them (a test checks it). */

/** One frame at 60 Hz, in milliseconds. */
const FRAME = 16;

/**
 * Hands batches on at most once a frame: the first at once, so that a live message waits for nothing, and those that
 * follow within the frame together. Timers rather than animation frames, which a hidden window does not get.
 */
export class Frames<T> {
  #waiting: T[] = [];
  #last = -FRAME;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly handle: (batch: T[]) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  push(batch: readonly T[]): void {
    for (const item of batch) this.#waiting.push(item);
    if (this.#timer !== undefined || this.#waiting.length === 0) return;
    const wait = this.#last + FRAME - this.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    this.#timer = undefined;
    this.#last = this.now();
    const batch = this.#waiting;
    this.#waiting = [];
    this.handle(batch);
  }
}

/** Acts once the document as it is now has been painted: a frame draws it, and by the next frame it is on screen. */
export function afterPaint(act: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(act));
}
