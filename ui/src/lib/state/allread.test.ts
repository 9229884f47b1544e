import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationRow, ReadThrough } from '../backend/types';
import { chatRow } from '../testing/build';
import { AllRead, UNDO } from './allread.svelte';

const row = (id: number, change: Partial<ConversationRow>, message = id * 10): ConversationRow =>
  chatRow(id, { preview: { message, sender: null, kind: 'text', text: '', at: 0, delivery: null }, ...change });
const rows = [row(1, { unread: 2 }), row(2, { markedUnread: true }), row(3, {}), row(4, { unread: 5, shownIn: 'archive' }), chatRow(5, { markedUnread: true })];

describe('marking all as read', () => {
  let told: ReadThrough[][];
  let tell: () => Promise<unknown>;
  let all: AllRead;
  const rowOf = (id: number): ConversationRow | undefined => rows.find((one) => one.id === id);

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    tell = () => Promise.resolve();
    all = new AllRead((through) => {
      told.push(through);
      return tell();
    });
  });
  afterEach(() => void vi.useRealTimers());

  it('shows them as read at once and tells it only when it cannot be undone any more', async () => {
    all.mark(rows);
    expect(all.count).toBe(3);
    expect(rows.map((one) => all.shown(one)).map(({ unread, markedUnread }) => [unread, markedUnread])).toEqual([
      [0, false],
      [0, false],
      [0, false],
      [0, false],
      [0, true],
    ]);
    expect(all.shown(rows[2] as ConversationRow)).toBe(rows[2]);
    expect(all.hidden(rowOf, 0)).toBe(2);
    vi.advanceTimersByTime(UNDO - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual([
      [
        { conversation: 1, message: 10 },
        { conversation: 2, message: 20 },
        { conversation: 4, message: 40 },
      ],
    ]);
    expect(all.count).toBeNull();
  });

  it('tells nothing once it was undone', async () => {
    all.mark(rows);
    all.undo();
    expect(all.shown(rows[0] as ConversationRow)).toBe(rows[0]);
    expect(all.hidden(rowOf, 0)).toBe(0);
    await vi.advanceTimersByTimeAsync(UNDO * 2);
    expect(told).toEqual([]);
  });

  it('leaves unread what arrives after the click, and reads only up to what was there', async () => {
    all.mark(rows);
    const newer = row(1, { unread: 3 }, 11);
    expect(all.shown(newer).unread).toBe(1);
    await vi.advanceTimersByTimeAsync(UNDO);
    expect(told[0]?.[0]).toEqual({ conversation: 1, message: 10 });
    // A little later the list has the truth, and nothing is hidden any more.
    await vi.advanceTimersByTimeAsync(1000);
    expect(all.shown(newer)).toBe(newer);
  });

  it('leaves out a chat that is marked as unread after all', async () => {
    all.mark(rows);
    all.except(1);
    all.except(3);
    expect(all.count).toBe(2);
    expect(all.shown(rows[0] as ConversationRow)).toBe(rows[0]);
    await vi.advanceTimersByTimeAsync(UNDO);
    expect(told[0]?.map(({ conversation }) => conversation)).toEqual([2, 4]);
  });

  it('shows them as unread again where it failed', async () => {
    tell = () => Promise.reject(new Error('no'));
    all.mark(rows);
    await vi.advanceTimersByTimeAsync(UNDO);
    expect(all.shown(rows[0] as ConversationRow)).toBe(rows[0]);
  });

  it('tells the first click when there is a second, and says when there is nothing to mark', () => {
    all.mark(rows);
    all.mark([chatRow(9)]);
    expect(told).toHaveLength(1);
    expect(all.count).toBe(0);
    vi.advanceTimersByTime(UNDO);
    expect(told).toHaveLength(1);
    expect(all.count).toBeNull();
  });
});
