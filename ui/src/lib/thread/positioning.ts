/**
 * The one authority over a thread's scroll position. Nothing else sets `scrollTop`.
 *
 * It always knows what the reader is holding on to: the newest message, or some row at some height. Before the document
 * changes it makes sure of that, and after the change it puts that thing back where it was. The browser's own scroll
 * anchoring is switched off: WebKit has none, and two authorities would argue.
 */

/** What stays in place when the thread changes. */
export type Anchor =
  | { kind: 'bottom' }
  /** Candidates from the top of the viewport down; the first that still exists counts. */
  | { kind: 'rows'; rows: readonly { key: string; top: number }[] };

/** Within this many pixels of the end the reader is at the end. */
const AT_END = 32;

/** How many rows are remembered as candidates. */
const CANDIDATES = 12;

export class Positioning {
  #anchor: Anchor = { kind: 'bottom' };
  #setTop = 0;

  /**
   * @param scroller the element that scrolls
   * @param list holds the rows as children, each with `data-key`
   * @param reachesEnd whether the newest item is among the rows
   */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly list: HTMLElement,
    private readonly reachesEnd: () => boolean,
  ) {}

  get anchor(): Anchor {
    return this.#anchor;
  }

  /** Whether the reader is at the newest message. */
  get atBottom(): boolean {
    return this.#anchor.kind === 'bottom';
  }

  /** Holds on to something else from now on: a jump, or a remembered position. */
  hold(anchor: Anchor): void {
    this.#anchor = anchor;
  }

  /** Before the document changes: takes in what the reader scrolled since the last event. */
  before(): void {
    if (Math.abs(this.scroller.scrollTop - this.#setTop) > 1) this.look();
  }

  /** After the document changed: puts the anchor back. */
  settle(): void {
    const { scroller } = this;
    if (this.#anchor.kind === 'bottom') {
      this.#scrollTo(scroller.scrollHeight - scroller.clientHeight);
      return;
    }
    for (const { key, top } of this.#anchor.rows) {
      const row = this.row(key);
      if (row === null) continue;
      const now = row.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      if (Math.abs(now - top) > 0.5) this.#scrollTo(scroller.scrollTop + now - top);
      else this.#setTop = scroller.scrollTop;
      return;
    }
    this.#scrollTo(scroller.scrollHeight - scroller.clientHeight);
  }

  /** The reader scrolled: whatever was held on to is let go for what is visible now. */
  look(): void {
    const { scroller } = this;
    this.#setTop = scroller.scrollTop;
    const rest = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    if (rest <= AT_END && this.reachesEnd()) {
      this.#anchor = { kind: 'bottom' };
      return;
    }
    const edge = scroller.getBoundingClientRect().top;
    const found: { key: string; top: number }[] = [];
    for (let index = this.#firstBelow(edge); index < this.list.children.length && found.length < CANDIDATES; index += 1) {
      const row = this.list.children[index] as HTMLElement;
      const key = row.dataset['key'];
      if (key !== undefined) found.push({ key, top: row.getBoundingClientRect().top - edge });
    }
    this.#anchor = { kind: 'rows', rows: found };
  }

  row(key: string): HTMLElement | null {
    for (const row of this.list.children) {
      if ((row as HTMLElement).dataset['key'] === key) return row as HTMLElement;
    }
    return null;
  }

  /** The key of the last row that is wholly visible (or fills the view), looking from the end. */
  lastWhollyVisible(accept: (key: string) => boolean): string | null {
    const view = this.scroller.getBoundingClientRect();
    for (let index = this.list.children.length - 1; index >= 0; index -= 1) {
      const row = this.list.children[index] as HTMLElement;
      const box = row.getBoundingClientRect();
      if (box.bottom > view.bottom + 1) continue;
      if (box.bottom <= view.top) return null;
      const key = row.dataset['key'];
      if (key !== undefined && (box.top >= view.top - 1 || box.height > view.height) && accept(key)) return key;
    }
    return null;
  }

  /** Index of the first child whose lower edge is below `y`; children are in order, so by halving. */
  #firstBelow(y: number): number {
    let low = 0;
    let high = this.list.children.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.list.children[middle] as HTMLElement).getBoundingClientRect().bottom > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #scrollTo(top: number): void {
    this.scroller.scrollTop = top;
    this.#setTop = this.scroller.scrollTop;
  }
}
