/** Which rows of a long list are drawn: those in view and some on either side. */
export function drawnRange(top: number, height: number, rowHeight: number, length: number, spare: number): { from: number; to: number } {
  if (rowHeight <= 0) return { from: 0, to: Math.min(length, spare * 4) };
  const from = Math.max(0, Math.floor(top / rowHeight) - spare);
  const to = Math.min(length, Math.ceil((top + height) / rowHeight) + spare);
  return { from: Math.min(from, to), to };
}

/** Where the list must be scrolled for the row to be wholly in view; as it is, if it already is. */
export function revealed(index: number, top: number, height: number, rowHeight: number): number {
  const start = index * rowHeight;
  if (start < top) return start;
  if (start + rowHeight > top + height) return start + rowHeight - height;
  return top;
}
