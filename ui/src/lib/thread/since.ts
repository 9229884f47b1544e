import type { MessageId, UnreadLine } from '../backend/types';

/** What has become of a thread's unread line since the thread was opened. */
export type Line =
  /** Nobody has looked yet. */
  | 'unknown'
  /** It was never wholly in view. */
  | 'unseen'
  | 'inView'
  /** It was in view, and is not any more. */
  | 'passed';

/** What the reader has done with the bar that says what is new. */
export type Since = { line: Line; /** Mentions gone to so far. */ visited: number; bar: 'open' | 'dismissed' };

/** As a thread is opened. */
export const unlooked: Since = { line: 'unknown', visited: 0, bar: 'open' };

/** The line is wholly in view now, or not. */
export function looked(since: Since, inView: boolean): Since {
  const seen = since.line === 'inView' || since.line === 'passed';
  const line = inView ? 'inView' : seen ? 'passed' : 'unseen';
  return line === since.line ? since : { ...since, line };
}

/** What the bar offers. */
export type Offer = {
  count: number;
  mentions: number;
  /** Whether there is a way to the line that is not in view. */
  first: 'offered' | 'inView';
  /** Where the next mention is. */
  next: MessageId | null;
  /** The place of the mention that was gone to last, from 1; 0: none was. */
  at: number;
};

/** What the bar offers; `null`: nothing, since all that is new begins before the reader, or they have been there. */
export function offer(unread: UnreadLine | null, since: Since): Offer | null {
  if (unread === null || since.bar === 'dismissed' || since.line === 'unknown') return null;
  const { count, mentions } = unread;
  if (mentions.length === 0 && since.line !== 'unseen') return null;
  const at = mentions.length === 0 || since.visited === 0 ? 0 : ((since.visited - 1) % mentions.length) + 1;
  return { count, mentions: mentions.length, first: since.line === 'inView' ? 'inView' : 'offered', next: mentions[since.visited % mentions.length] ?? null, at };
}
