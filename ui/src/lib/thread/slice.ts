/** The part of the loaded items that is in the document: `from` inclusive, `to` exclusive. */
export type Slice = { from: number; to: number };

/** The newest items: about two viewports. */
export function newest(length: number, perView: number): Slice {
  return { from: Math.max(0, length - 2 * perView), to: length };
}

/** Around one item, for a jump to it. */
export function around(index: number, length: number, perView: number): Slice {
  return { from: Math.max(0, index - perView), to: Math.min(length, index + 2 * perView) };
}

/** One more viewport of older items; drops newer ones beyond five viewports. */
export function older(slice: Slice, perView: number): Slice {
  const from = Math.max(0, slice.from - perView);
  return { from, to: Math.min(slice.to, from + 5 * perView) };
}

/** One more viewport of newer items; drops older ones beyond five viewports. */
export function newer(slice: Slice, length: number, perView: number): Slice {
  const to = Math.min(length, slice.to + perView);
  return { from: Math.max(slice.from, to - 5 * perView), to };
}

/**
 * The same part after the items changed. `first` and `last` are the new positions of items that were in it (-1: gone).
 * A reader in the middle keeps what was there; what was appended joins as far as the window allows.
 */
export function carried(before: Slice, lengthBefore: number, first: number, last: number, length: number, perView: number): Slice {
  if (first < 0 || last < 0) return newest(length, perView);
  const reachedEnd = before.to >= lengthBefore;
  const to = reachedEnd ? Math.min(length, Math.max(last + 1, first + 5 * perView)) : last + 1;
  return { from: Math.min(first, to), to };
}
