/**
 * Which key was pressed, unless the press belongs to an input method: the one place that reads `key` of a keyboard event.
 *
 * While somebody composes a word, Enter, Escape and the arrows choose among what the input method offers. The engines differ in
 * how they say so: Chromium and WebKitGTK set `isComposing` or send the code 229; WebKit on macOS ends the composition first and
 * sends the key after it, with the code 229 and no `isComposing`; some input methods on Linux hand Enter on after they have ended
 * the composition with it, as an ordinary key.
 */

/** The code of a key press that an input method has processed (UI Events, section 7.3). */
const PROCESSED = 229;

/** A key press so soon after a composition's end is the one that ended it, in milliseconds. */
const SAME_PRESS = 100;

/** Follows the compositions of a window. */
export class Compositions {
  readonly #processed = new WeakSet<Event>();
  /** When the last composition ended, until another key press or the release of a key. */
  #endedAt: number | null = null;

  /** Looks at the events of `target` before anything else does. */
  watch(target: EventTarget): void {
    target.addEventListener('compositionstart', () => (this.#endedAt = null), { capture: true });
    target.addEventListener('compositionend', ({ timeStamp }) => (this.#endedAt = timeStamp), { capture: true });
    target.addEventListener('keyup', () => (this.#endedAt = null), { capture: true });
    target.addEventListener('keydown', (event) => this.#follow(event as KeyboardEvent), { capture: true });
  }

  /** Whether an input method has the press. */
  owns(event: KeyboardEvent): boolean {
    return event.isComposing || event.keyCode === PROCESSED || this.#processed.has(event);
  }

  #follow(event: KeyboardEvent): void {
    // The stamp of a key is when it went down, which may be before the end that it brought about.
    const ending = this.#endedAt !== null && event.timeStamp - this.#endedAt < SAME_PRESS;
    this.#endedAt = null;
    if (ending) this.#processed.add(event);
    // The platform acts on these itself: it closes a dialog, begins a line or submits a form.
    if ((event.key === 'Escape' && this.owns(event)) || (event.key === 'Enter' && ending)) event.preventDefault();
  }
}

const compositions = new Compositions();

/** Begins to follow the compositions of the window. */
export function watchCompositions(window: EventTarget): void {
  compositions.watch(window);
}

/** The key that was pressed; `null`: the press belongs to an input method. */
export function pressed(event: KeyboardEvent): string | null {
  return compositions.owns(event) ? null : event.key;
}

/** Whether a press asks for a menu. Web views differ in whether they ask for it by themselves. */
export function asksForMenu(event: KeyboardEvent): boolean {
  const key = pressed(event);
  return key === 'ContextMenu' || (key === 'F10' && event.shiftKey);
}
