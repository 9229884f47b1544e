/** The part of a row's text that is selected, in code units of the text that is shown. */
export type Part = { row: HTMLElement; from: number; to: number; shown: number };

/** Where the text of a message stands within its row. */
const TEXT = '[data-words]';

/** The selected parts of the rows of a list, from the top down; rows of which nothing is selected are left out. */
export function selectedParts(list: HTMLElement, range: Range): Part[] {
  const parts: Part[] = [];
  for (const row of list.children) {
    const text = row.querySelector<HTMLElement>(TEXT);
    if (!(row instanceof HTMLElement) || text === null || !range.intersectsNode(text)) continue;
    const from = offset(text, range.startContainer, range.startOffset);
    const to = offset(text, range.endContainer, range.endOffset);
    if (from < to) parts.push({ row, from, to, shown: text.textContent.length });
  }
  return parts;
}

/** The text of a part, of which the whole may be longer than what is shown: a folded message that is selected to its end is whole. */
export function textOf({ from, to, shown }: Part, whole: string): string {
  return whole.slice(from, to >= shown ? whole.length : to);
}

/** Selects the text of a row. */
export function selectRow(row: Element): void {
  const text = row.querySelector(TEXT);
  if (text !== null) document.getSelection()?.selectAllChildren(text);
}

/** How far a place in the document lies behind the beginning of `text`: nothing before it, its whole length after it. */
function offset(text: HTMLElement, node: Node, at: number): number {
  const whole = document.createRange();
  whole.selectNodeContents(text);
  const place = whole.comparePoint(node, at);
  if (place < 0) return 0;
  if (place > 0) return text.textContent.length;
  whole.setEnd(node, at);
  return whole.toString().length;
}
