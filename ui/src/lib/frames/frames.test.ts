import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sources } from '../testing/sources';
import { Frames } from './frames';

describe('frames', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('hand the first batch on at once and gather the rest of the frame', () => {
    const batches: number[][] = [];
    const frames = new Frames<number>((batch) => batches.push(batch), () => Date.now());
    frames.push([1]);
    expect(batches).toEqual([[1]]);
    for (let each = 2; each <= 500; each += 1) frames.push([each]);
    expect(batches).toHaveLength(1);
    vi.advanceTimersByTime(16);
    expect(batches).toHaveLength(2);
    expect(batches.flat()).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it('hand nothing on for nothing', () => {
    const batches: number[][] = [];
    const frames = new Frames<number>((batch) => batches.push(batch), () => Date.now());
    frames.push([]);
    vi.advanceTimersByTime(100);
    expect(batches).toEqual([]);
  });
});

it('no other module schedules work by frames', () => {
  const direct = /requestAnimationFrame|requestIdleCallback|queueMicrotask/;
  expect(sources().filter((file) => !file.endsWith('frames/frames.ts') && direct.test(readFileSync(file, 'utf8')))).toEqual([]);
});
