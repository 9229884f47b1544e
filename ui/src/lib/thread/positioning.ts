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
  /** Candidates from the top of the viewport down; the first that still exists counts. No gaps: they move and go. */
  | { kind: 'rows'; rows: readonly { key: string; top: number }[] };

/** Within this many pixels of the end the reader is at the end. */
const AT_END = 32;

/** How many rows are remembered as candidates. */
const CANDIDATES = 12;

export class Positioning {
  #anchor: Anchor = { kind: 'bottom' };
  #setTop = 0;
  #setHeights = '';

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
    if (Math.abs(this.scroller.scrollTop - this.#setTop) > 1 && this.#sameHeights()) this.anchorToView();
  }

  /**
   * The view was scrolled. Where its heights have changed too since they were last measured, nobody can tell who scrolled: the reader, or the
   * browser, which cuts the position to what is left or tells late of a position that was set. What is held on to is put back
   * then; a reader who did scroll goes on doing so.
   */
  scrolled(): void {
    if (this.#sameHeights()) this.anchorToView();
    else this.settle();
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
      else this.#remember();
      return;
    }
    this.#scrollTo(scroller.scrollHeight - scroller.clientHeight);
  }

  /** The reader scrolled: whatever was held on to is let go for what is visible now. */
  anchorToView(): void {
    const { scroller } = this;
    this.#remember();
    const rest = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    if (rest <= AT_END && this.reachesEnd()) {
      this.#anchor = { kind: 'bottom' };
      return;
    }
    const edge = scroller.getBoundingClientRect().top;
    let found: { key: string; top: number }[] = [];
    /** What is above a gap in the upper half: when the gap fills, the larger part of the view stays. */
    let above: { key: string; top: number }[] = [];
    for (let index = this.#firstBelow(edge); index < this.list.children.length && found.length < CANDIDATES; index += 1) {
      const row = this.list.children[index] as HTMLElement;
      const key = row.dataset['key'];
      const top = row.getBoundingClientRect().top - edge;
      if (isMessage(key) || isTeamEvent(key)) found.push({ key, top });
      else if (top < scroller.clientHeight / 2) [above, found] = [found, []];
    }
    found.push(...above);
    this.#anchor = { kind: 'rows', rows: found };
  }

  row(key: string): HTMLElement | null {
    for (const row of this.list.children) {
      if ((row as HTMLElement).dataset['key'] === key) return row as HTMLElement;
    }
    return null;
  }

  /** The key of the first message that is at least partly visible. */
  firstVisible(): string | null {
    for (let index = this.#firstBelow(this.scroller.getBoundingClientRect().top); index < this.list.children.length; index += 1) {
      const key = (this.list.children[index] as HTMLElement).dataset['key'];
      if (isMessage(key)) return key;
    }
    return null;
  }

  /** Keys of the rows whose end is in view and that are wholly visible, or taller than the view; from the top down. */
  whollyVisible(accept: (key: string) => boolean): string[] {
    const view = this.scroller.getBoundingClientRect();
    const keys: string[] = [];
    for (let index = this.#firstBelow(view.top); index < this.list.children.length; index += 1) {
      const row = this.list.children[index] as HTMLElement;
      const box = row.getBoundingClientRect();
      if (box.bottom > view.bottom + 1) break;
      const key = row.dataset['key'];
      if (key !== undefined && (box.top >= view.top - 1 || box.height > view.height) && accept(key)) keys.push(key);
    }
    return keys;
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
    this.#remember();
  }

  #remember(): void {
    this.#setTop = this.scroller.scrollTop;
    this.#setHeights = this.#heights();
  }

  #heights(): string {
    return `${String(this.scroller.scrollHeight)} ${String(this.scroller.clientHeight)}`;
  }

  #sameHeights(): boolean {
    return this.#setHeights === this.#heights();
  }
}

function isMessage(key: string | undefined): key is string {
  return key?.startsWith('m') ?? false;
}

function isTeamEvent(key: string | undefined): key is string {
  return key?.startsWith('n') ?? false;
}
