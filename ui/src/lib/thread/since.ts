import type { MessageId, UnreadLine } from '../backend/types';

/** The unread line has been seen after being wholly in view for this long, in milliseconds: a jump may begin at it and go on. */
const MOMENT = 1000;

/** What has become of a thread's unread line since the thread was opened, and of the bar that says what is new. */
export type Since = {
  /** Where the line is. */
  line: 'unknown' | 'elsewhere' | { inViewSince: number };
  /** Whether the reader has seen it. */
  reader: 'new' | 'oriented';
  /** Mentions gone to so far. */
  visited: number;
  bar: 'open' | 'dismissed';
};

/** As a thread is opened. */
export const unseen: Since = { line: 'unknown', reader: 'new', visited: 0, bar: 'open' };

/** The line is wholly in view at this time, or not. */
export function lineInView(since: Since, inView: boolean, at: number): Since {
  const { line } = since;
  if (typeof line === 'string') return inView ? { ...since, line: { inViewSince: at } } : line === 'elsewhere' ? since : { ...since, line: 'elsewhere' };
  if (inView) return since;
  return { ...since, line: 'elsewhere', reader: at - line.inViewSince < MOMENT ? since.reader : 'oriented' };
}

/** What the bar offers. */
export type Offer = {
  count: number;
  mentions: number;
  /** Whether there is a way to the line: none is needed while it is in view. */
  first: 'offered' | 'inView';
  /** Where the next mention is. */
  next: MessageId | null;
  /** The place of the mention that was gone to last, from 1; 0: none was. */
  at: number;
};

/** What the bar offers; `null`: nothing, since all that is new begins before the reader, or they have been there. */
export function offer(unread: UnreadLine | null, since: Since): Offer | null {
  const { line, reader, visited, bar } = since;
  if (unread === null || bar === 'dismissed' || line === 'unknown') return null;
  const { count, mentions } = unread;
  const first = line === 'elsewhere' ? 'offered' : 'inView';
  if (mentions.length === 0 && (first === 'inView' || reader === 'oriented')) return null;
  const at = mentions.length === 0 || visited === 0 ? 0 : ((visited - 1) % mentions.length) + 1;
  return { count, mentions: mentions.length, first, next: mentions[visited % mentions.length] ?? null, at };
}
