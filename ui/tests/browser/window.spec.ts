import type { Page } from '@playwright/test';
import { chat, expect, fromEnd, openChat, painted, sample, start, test } from './app';

const timeline = (page: Page): ReturnType<Page['getByTestId']> => page.getByTestId('timeline');

/** Scrolls the thread as a reader does and waits for the view to follow. */
async function scrollTo(page: Page, top: number): Promise<void> {
  await timeline(page).evaluate((view, to) => view.scrollTo(0, to), top);
  await painted(page);
}

/** The messages in view, with their heights above the view's upper edge. */
async function inView(page: Page): Promise<{ key: string; top: number }[]> {
  return timeline(page).evaluate((view) => {
    const { top: upper, bottom: lower } = view.getBoundingClientRect();
    const rows = [...view.querySelectorAll<HTMLElement>('[data-testid=message]')];
    return rows
      .map((row) => ({ key: row.dataset['key'] ?? '', box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.top >= upper && box.bottom <= lower)
      .map(({ key, box }) => ({ key, top: box.top - upper }));
  });
}

/** The largest way that any of these messages has moved, in pixels. */
async function drift(page: Page, before: { key: string; top: number }[]): Promise<number> {
  const after = new Map((await inView(page)).map(({ key, top }) => [key, top]));
  const kept = before.filter(({ key }) => after.has(key));
  expect(kept.length).toBeGreaterThan(0);
  return Math.max(...kept.map(({ key, top }) => Math.abs((after.get(key) ?? 0) - top)));
}

/** Scrolls until the gap is that far from the upper edge. */
async function gapAt(page: Page, top: number): Promise<void> {
  await scrollTo(page, 0);
  const now = await page.getByTestId('gap').evaluate((gap) => gap.getBoundingClientRect().top);
  const edge = await timeline(page).evaluate((view) => view.getBoundingClientRect().top);
  await timeline(page).evaluate((view, by) => view.scrollBy(0, by), now - edge - top);
  await painted(page);
}

for (const [where, top, side] of [
  ['below it', 40, 'newer'],
  ['above it', 500, 'older'],
  ['above it, filled from its other side', 500, 'newer'],
  ['who has scrolled just past it', -30, 'newer'],
] as const) {
  test(`a gap fills without moving the messages of a reader ${where}`, async ({ page }) => {
    await start(page);
    await openChat(page, 'Ward 7B handover');
    await gapAt(page, top);
    const before = (await inView(page)).filter(({ top: at }) => (top > 100 ? at < top : at > top));
    const anchor = top > 100 ? before.slice(0, 3) : before;
    for (let round = 1; round <= 4; round += 1) {
      await page.evaluate(([from, last]) => window.wardlineSample?.fill('ward7b', 60, from, last), [side, round === 4] as const);
      await painted(page);
      expect(await drift(page, anchor)).toBeLessThanOrEqual(1);
    }
    await expect(page.getByTestId('gap')).toHaveCount(0);
  });
}

test('a gap says what is going on: loading, waiting for a connection, or gone from the server', async ({ page }) => {
  await start(page);
  await openChat(page, 'Ward 7B handover');
  await gapAt(page, 100);
  await expect(page.getByTestId('gap')).toHaveAttribute('data-state', 'loading');
  await expect(page.getByTestId('gap')).toHaveText('Loading earlier messages…');
  await sample(page, (s) => s.connection({ kind: 'waiting', retryAt: 0, error: { code: 'serverUnreachable' } }));
  await expect(page.getByTestId('gap')).toHaveAttribute('data-state', 'open');
  await expect(page.getByTestId('gap')).toContainText('when the connection is back');
  await openChat(page, 'Beds and flow');
  await gapAt(page, 100);
  await expect(page.getByTestId('gap')).toContainText('no longer kept by the server');
});

test('a chat with hundreds of unread messages opens at the first of them', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.arriveMany('tom', 300));
  await openChat(page, 'Tom Okafor');
  await expect(page.getByTestId('unread-line')).toHaveText('300 new messages');
  await expect(page.getByTestId('unread-line')).toBeInViewport();
  await expect(timeline(page).getByText('Message 1 of 300', { exact: true })).toBeInViewport();
  await expect(page.getByTestId('jump-count')).toContainText('new');
  const before = await inView(page);
  await sample(page, (s) => s.arrive('tom', 'Another one'));
  await painted(page);
  expect(await drift(page, before)).toBeLessThanOrEqual(1);
  await page.getByTestId('jump').click();
  await expect(timeline(page).getByText('Another one', { exact: true })).toBeInViewport();
  expect(await fromEnd(page)).toBeLessThan(2);
  await expect(chat(page, 'Tom Okafor').getByTestId('unread-badge')).toHaveCount(0, { timeout: 5000 });
});

test('a date is chosen by keyboard, shows what was said from then on, and the way back leads to the newest', async ({ page }) => {
  await start(page);
  await openChat(page, 'Hospital at night');
  await page.keyboard.press('Control+g');
  await expect(page.getByTestId('date-dialog')).toBeVisible();
  const month = await page.getByTestId('date-month').textContent();
  await page.keyboard.press('PageUp');
  await expect(page.getByTestId('date-month')).not.toHaveText(month ?? '');
  await page.keyboard.press('PageDown');
  await expect(page.getByTestId('date-month')).toHaveText(month ?? '');
  for (let days = 0; days < 9; days += 1) await page.keyboard.press('ArrowLeft');
  const chosen = await page.locator('[data-testid=date-day]:focus').getAttribute('aria-label');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('date-dialog')).toHaveCount(0);
  await painted(page);
  const from = new Date(chosen ?? '').getTime();
  const shown = await timeline(page).evaluate((view) => {
    const edge = view.getBoundingClientRect().top + view.clientHeight / 5 - 2;
    const row = [...view.querySelectorAll('[data-testid=message]')].find((one) => one.getBoundingClientRect().top >= edge);
    return row?.querySelector('.meta time')?.getAttribute('datetime') ?? '';
  });
  expect(new Date(shown).getTime()).toBeGreaterThanOrEqual(from);
  expect(new Date(shown).getTime()).toBeLessThan(from + 3 * 86_400_000);
  const before = await inView(page);
  await sample(page, (s) => s.arriveMany('night', 3));
  await painted(page);
  expect(await drift(page, before)).toBeLessThanOrEqual(1);
  await expect(page.getByTestId('jump-count')).toHaveText('3 new');
  await page.getByTestId('jump').click();
  await expect(timeline(page).getByText('Message 3 of 3', { exact: true })).toBeInViewport();
  await expect(page.getByTestId('jump')).toHaveCount(0);
});

test('a day’s header leads to the calendar, and no day after today can be chosen', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.getByTestId('day').last().getByRole('button').click();
  await expect(page.getByTestId('date-dialog')).toBeVisible();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect(page.locator('[data-testid=date-day]:focus')).toHaveAttribute('aria-current', 'date');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('date-dialog')).toHaveCount(0);
  await expect(page.getByTestId('thread')).toBeVisible();
});

test('from a year ago on every message comes by once, in order, up to the newest', async ({ page }) => {
  await start(page);
  await openChat(page, 'Liam Byrne');
  await page.getByTestId('thread-date').click();
  await page.getByRole('button', { name: 'A year ago' }).click();
  await expect(page.getByText('This is the beginning')).toBeAttached();
  await scrollTo(page, 0);
  /** Times by message, in the order of their coming by. */
  const seen = new Map<string, string>();
  for (let round = 0; round < 300; round += 1) {
    const rows = await page
      .getByTestId('message')
      .evaluateAll((all) => all.map((row) => [(row as HTMLElement).dataset['message'] ?? '', row.querySelector('.meta time')?.getAttribute('datetime') ?? ''] as const));
    expect(new Set(rows.map(([id]) => id)).size).toBe(rows.length);
    for (const [id, at] of rows) seen.set(id, at);
    if ((await page.getByTestId('jump').count()) === 0) break;
    await timeline(page).evaluate((view) => view.scrollBy(0, 500));
    await painted(page);
  }
  expect(seen.size).toBeGreaterThanOrEqual(260);
  expect([...seen.values()]).toEqual([...seen.values()].sort());
  expect(await fromEnd(page)).toBeLessThan(2);
});

test('sending from an old part of the thread leads to the newest', async ({ page }) => {
  await start(page);
  await openChat(page, 'Liam Byrne');
  await page.getByTestId('thread-date').click();
  await page.getByRole('button', { name: 'A year ago' }).click();
  await expect(page.getByText('This is the beginning')).toBeAttached();
  await page.getByTestId('composer-input').fill('Back to today');
  await page.keyboard.press('Enter');
  await expect(timeline(page).getByText('Back to today', { exact: true })).toBeInViewport();
  expect(await fromEnd(page)).toBeLessThan(2);
});

test('at the end the thread stays at its end, whatever arrives while the window changes its size', async ({ page }) => {
  test.setTimeout(180_000);
  await start(page);
  await openChat(page, 'Tom Okafor');
  for (let round = 0; round < 100; round += 1) {
    const size = { width: 900 + ((round * 137) % 500), height: 500 + ((round * 89) % 400) };
    const arrive = page.evaluate((n) => {
      // Before, in and after the frame of the new size.
      const say = (): unknown => window.wardlineSample?.arrive('tom', `While resizing ${String(n)}: ${'more words '.repeat(n % 9)}`);
      if (n % 3 === 0) say();
      else if (n % 3 === 1) requestAnimationFrame(say);
      else setTimeout(say, n % 20);
    }, round);
    await Promise.all([arrive, page.setViewportSize(size)]);
    await expect(page.getByTestId('message').last()).toContainText(`While resizing ${String(round)}:`);
    await painted(page);
    expect(await fromEnd(page), `round ${String(round)}`).toBeLessThan(2);
    await expect(page.getByTestId('jump')).toHaveCount(0);
  }
});

test('behind a dialog the thread stays at its end too', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.getByTestId('open-settings').click();
  for (let round = 0; round < 20; round += 1) {
    await page.setViewportSize({ width: 1000 + (round % 2) * 200, height: 560 + (round % 3) * 120 });
    await sample(page, (s) => s.arrive('tom', 'Behind the dialog'));
    await page.getByTestId(round % 2 === 0 ? 'text-larger' : 'text-smaller').click();
    await painted(page);
    expect(await fromEnd(page), `round ${String(round)}`).toBeLessThan(2);
  }
});

test('the window’s title counts unread messages of chats neither muted nor put aside', async ({ page }) => {
  await start(page);
  await expect(page).toHaveTitle('(6) Wardline');
  await sample(page, (s) => s.arrive('tom', 'Bed 2 is back.'));
  await expect(page).toHaveTitle('(7) Wardline');
  await sample(page, (s) => s.arrive('flow', 'Two more beds.'));
  await expect(chat(page, 'Beds and flow').getByTestId('unread-badge')).toHaveText('7');
  await expect(page).toHaveTitle('(7) Wardline');
});

test('a notification leads to its message, whatever lies over the window', async ({ page }) => {
  await start(page);
  await page.getByTestId('open-settings').click();
  await sample(page, (s) => s.show('liam', 100));
  await expect(page.getByTestId('settings')).toHaveCount(0);
  await expect(page.getByTestId('thread-name')).toHaveText('Liam Byrne');
  await expect(page.getByTestId('jump')).toBeVisible();
  const id = await page.evaluate(() => window.wardlineSample?.calls.find((call) => call.command === 'jump')?.args[1] as { id: number });
  await expect(page.locator(`[data-testid=message][data-message="${String(id.id)}"]`)).toBeInViewport();
});
