/** The outcome of applying an event that carries a revision. */
export type Applied<State> =
  /** It was the next one. */
  | { kind: 'applied'; state: State }
  /** The state already holds it: the snapshot was taken after it happened. */
  | { kind: 'stale' }
  /** Something before it was missed; a new snapshot is needed. */
  | { kind: 'missed' };

/** How an event's revision relates to the state's. */
export function order(current: number, arriving: number): 'next' | 'stale' | 'missed' {
  if (arriving <= current) return 'stale';
  return arriving === current + 1 ? 'next' : 'missed';
}
