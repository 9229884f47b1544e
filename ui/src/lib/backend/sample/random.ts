/** A small repeatable random source (mulberry32): the sample hospital is the same on each start. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of several. */
export function pick<T>(next: () => number, all: readonly T[]): T {
  const one = all[Math.floor(next() * all.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
}
