import type { Page } from '@playwright/test';
import { chat, expect, fromEnd, openChat, painted, sample, start, test } from './app';

const timeline = (page: Page): ReturnType<Page['getByTestId']> => page.getByTestId('timeline');

/** Scrolls the thread as a reader does and waits for the view to follow. */
async function scrollTo(page: Page, top: number): Promise<void> {
  await timeline(page).evaluate((view, to) => view.scrollTo(0, to), top);
  await painted(page);
}

/** The first wholly visible message and where it is. */
async function firstVisible(page: Page): Promise<{ key: string; top: number }> {
  return timeline(page).evaluate((view) => {
    const edge = view.getBoundingClientRect().top;
    for (const row of view.querySelectorAll<HTMLElement>('[data-key]')) {
      const { top } = row.getBoundingClientRect();
      if (top >= edge) return { key: row.dataset['key'] ?? '', top: top - edge };
    }
    throw new Error('nothing is visible');
  });
}

async function topOf(page: Page, key: string): Promise<number> {
  return timeline(page).evaluate((view, wanted) => {
    const row = view.querySelector(`[data-key="${wanted}"]`);
    return row === null ? Number.NaN : row.getBoundingClientRect().top - view.getBoundingClientRect().top;
  }, key);
}

test('a thread says who it is with, at its head and at the composer', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  await expect(page.getByTestId('thread-about')).toHaveText('Cardiology registrar · Coronary care');
  await expect(page.getByTestId('thread-presence')).toHaveText('Available');
  await expect(page.getByTestId('composer-recipient')).toContainText('To Asha Verma · Cardiology registrar, Coronary care');
  await expect(page.getByTestId('composer-input')).toBeFocused();
});

test('a sent message is on screen at once and shows how far it got', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.hold());
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('Thank you *Tom*');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('See you at four');
  await page.keyboard.press('Enter');
  const last = page.getByTestId('message').last();
  await expect(last).toContainText('See you at four');
  await expect(last.locator('strong')).toHaveText('Tom');
  await expect(page.getByTestId('composer-input')).toHaveValue('');
  await expect(last.getByTestId('delivery')).toHaveAttribute('data-delivery', 'waiting');
  for (const state of ['sent', 'delivered', 'read']) {
    await sample(page, (s) => s.step());
    await expect(last.getByTestId('delivery')).toHaveAttribute('data-delivery', state);
  }
  await expect(last).toContainText('Seen');
  expect(await fromEnd(page)).toBeLessThan(2);
});

test('offline messages wait and say so', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.connection({ kind: 'waiting', retryAt: 0, error: { code: 'serverUnreachable' } }));
  await openChat(page, 'Tom Okafor');
  await expect(page.getByTestId('composer-waits')).toBeVisible();
  await page.keyboard.type('On my way');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('message').last().getByTestId('delivery')).toHaveAttribute('data-delivery', 'waiting');
});

test('a failed message says why and can be tried again or discarded', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.outcome('failed', 'notAllowed'));
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('First');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('failed')).toContainText('not allowed to write to this person');
  await sample(page, (s) => s.outcome('sent'));
  await page.getByTestId('retry').click();
  await expect(page.getByTestId('message').last().getByTestId('delivery')).toHaveAttribute('data-delivery', 'sent');
  await sample(page, (s) => s.outcome('failed', 'refused'));
  await page.getByTestId('composer-input').fill('Second');
  await page.keyboard.press('Enter');
  await page.getByTestId('discard').click();
  await expect(page.getByText('Second', { exact: true })).toHaveCount(0);
});

test('text that could not be stored goes back into the composer', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  const text = 'x'.repeat(10_050);
  await page.getByTestId('composer-input').fill(text);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('composer-error')).toContainText('too long');
  await expect(page.getByTestId('composer-input')).toHaveValue(text);
  await page.getByTestId('composer-input').press('End');
  await page.keyboard.type('y');
  await expect(page.getByTestId('composer-recipient')).toContainText('51 too many');
  await expect(page.getByTestId('send-button')).toHaveAttribute('aria-disabled', 'true');
});

test('what is typed stays with its chat', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('Half a thought');
  await openChat(page, 'Asha Verma');
  await expect(page.getByTestId('composer-input')).toHaveValue('');
  await expect(chat(page, 'Tom Okafor').getByTestId('chat-preview')).toHaveText('Draft: Half a thought');
  await openChat(page, 'Tom Okafor');
  await expect(page.getByTestId('composer-input')).toHaveValue('Half a thought');
});

test('typing is told once, and its end when the composer is left', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('Hello there');
  await openChat(page, 'Asha Verma');
  const told = await sample(page, (s) => s.calls.filter((call) => call.command === 'compose').map((call) => call.args[1]));
  expect(told).toEqual(['active', 'paused']);
});

test('opening a chat leads to the unread line, and dwelling on the messages reads them', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  await expect(page.getByTestId('unread-line')).toBeInViewport();
  await expect(chat(page, 'Asha Verma').getByTestId('unread-badge')).toHaveCount(0, { timeout: 5000 });
  await expect(page.getByTestId('unread-line')).toBeVisible();
  await openChat(page, 'Tom Okafor');
  await openChat(page, 'Asha Verma');
  await expect(page.getByTestId('unread-line')).toHaveCount(0);
});

test('nothing is read while the window is not looked at', async ({ page }) => {
  await start(page);
  await page.evaluate(() => (document.hasFocus = () => false));
  await openChat(page, 'Asha Verma');
  await expect(page.getByTestId('unread-line')).toBeInViewport();
  await sample(page, (s) => s.arrive('asha', 'Are you there?'));
  await expect(page.getByTestId('message').last()).toContainText('Are you there?');
  await page.evaluate(() => new Promise((done) => setTimeout(done, 1300)));
  expect(await sample(page, (s) => s.calls.filter((call) => call.command === 'markRead').length)).toBe(0);
  await page.evaluate(() => {
    document.hasFocus = () => true;
    window.dispatchEvent(new Event('focus'));
  });
  await expect(chat(page, 'Asha Verma').getByTestId('unread-badge')).toHaveCount(0, { timeout: 5000 });
});

test('a live message at the end scrolls into view and is spoken', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await sample(page, (s) => s.arrive('tom', 'Bed 2 is ready'));
  await expect(page.getByTestId('message').last()).toContainText('Bed 2 is ready');
  expect(await fromEnd(page)).toBeLessThan(2);
  await expect(page.getByTestId('live-region')).toHaveText('Tom Okafor: Bed 2 is ready');
});

test('a reader further up is not moved by live messages and is told of them', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await scrollTo(page, 200);
  const before = await firstVisible(page);
  await sample(page, (s) => s.arrive('tom', 'One'));
  await sample(page, (s) => s.arrive('tom', 'Two'));
  await expect(page.getByTestId('jump-count')).toHaveText('2 new');
  expect(Math.abs((await topOf(page, before.key)) - before.top)).toBeLessThanOrEqual(1);
  await page.getByTestId('jump').click();
  await expect(page.getByTestId('message').last()).toContainText('Two');
  await expect(page.getByTestId('message').last()).toBeInViewport();
  await expect(page.getByTestId('jump')).toHaveCount(0);
});

test('older messages are asked for only by a reader who goes there, and once at a time', async ({ page }) => {
  await start(page);
  const asked = async (): Promise<number> => sample(page, (s) => s.calls.filter((call) => call.command === 'pageBack').length);
  await openChat(page, 'Tom Okafor');
  await painted(page);
  expect(await asked()).toBe(0);
  await sample(page, (s) => s.hold());
  await scrollTo(page, 30);
  await scrollTo(page, 20);
  await expect(page.getByTestId('thread-start')).toHaveAttribute('data-state', 'loading');
  expect(await asked()).toBe(1);
  await sample(page, (s) => s.step());
  await expect(page.getByTestId('thread-start')).not.toHaveAttribute('data-state', 'loading');
});

test('older messages come in without a jump, to the true beginning', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  for (let round = 0; round < 60; round += 1) {
    if ((await page.getByTestId('thread-start').getAttribute('data-state')) === 'beginning' && (await page.getByText('This is the beginning').count()) > 0) break;
    await scrollTo(page, 40);
    const before = await firstVisible(page);
    const wasLoading = await page.getByTestId('thread-start').getAttribute('data-state');
    if (wasLoading === 'loading') await expect(page.getByTestId('thread-start')).not.toHaveAttribute('data-state', 'loading');
    await painted(page);
    expect(Math.abs((await topOf(page, before.key)) - before.top)).toBeLessThanOrEqual(1);
  }
  await expect(page.getByText('This is the beginning of your chat with Tom Okafor')).toBeAttached();
  expect(await page.getByTestId('message').count()).toBeLessThan(130);
});

test('back down from the beginning every message comes by once', async ({ page }) => {
  await start(page);
  await openChat(page, 'Liam Byrne');
  while ((await page.getByText('This is the beginning').count()) === 0) {
    await scrollTo(page, 0);
    await expect(page.getByTestId('thread-start')).not.toHaveAttribute('data-state', 'loading');
  }
  const seen = new Set<string>();
  for (let round = 0; round < 200; round += 1) {
    for (const key of await page.locator('[data-key]').evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['key'] ?? ''))) seen.add(key);
    if ((await fromEnd(page)) < 2 && (await page.getByTestId('jump').count()) === 0) break;
    await timeline(page).evaluate((view) => view.scrollBy(0, 500));
    await painted(page);
  }
  expect(seen.size).toBeGreaterThanOrEqual(260);
});

test('five hundred messages at once leave a reader in peace', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await scrollTo(page, 300);
  const before = await firstVisible(page);
  const took = await page.evaluate(async () => {
    const begin = performance.now();
    window.wardlineSample?.arriveMany('tom', 500);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begin;
  });
  await expect(page.getByTestId('jump-count')).toHaveText('500 new');
  expect(Math.abs((await topOf(page, before.key)) - before.top)).toBeLessThanOrEqual(1);
  expect(await page.getByTestId('message').count()).toBeLessThan(130);
  test.info().annotations.push({ type: 'settled in ms', description: took.toFixed(0) });
  await page.getByTestId('jump').click();
  await expect(page.getByTestId('message').last()).toContainText('Message 500 of 500');
  await expect(page.getByTestId('message').last()).toBeInViewport();
});

test('the place in a chat is remembered', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await scrollTo(page, 250);
  const before = await firstVisible(page);
  await openChat(page, 'Callum Reid');
  await openChat(page, 'Tom Okafor');
  expect(Math.abs((await topOf(page, before.key)) - before.top)).toBeLessThanOrEqual(1);
});

test('sending from further up leads to the end', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await scrollTo(page, 100);
  await page.getByTestId('composer-input').fill('Coming');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('message').last()).toContainText('Coming');
  await expect(page.getByTestId('message').last()).toBeInViewport();
  expect(await fromEnd(page)).toBeLessThan(2);
});

test('another size of window or text keeps the place', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await scrollTo(page, 300);
  const before = await firstVisible(page);
  await page.setViewportSize({ width: 1000, height: 640 });
  await painted(page);
  expect(Math.abs((await topOf(page, before.key)) - before.top)).toBeLessThanOrEqual(1);
});

test('missed events are fetched again without anybody noticing', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await sample(page, (s) => s.missEvents());
  await sample(page, (s) => s.arrive('tom', 'After the hole'));
  await expect(page.getByTestId('message').last()).toContainText('After the hole');
  await expect(chat(page, 'Tom Okafor').getByTestId('chat-preview')).toContainText('After the hole');
});

test('gaps, edits and retractions are said', async ({ page }) => {
  await start(page);
  await openChat(page, 'Ward 7B handover');
  await scrollTo(page, 0);
  await expect(page.getByTestId('gap')).toHaveAttribute('data-state', 'loading');
  await openChat(page, 'Tom Okafor');
  await sample(page, (s) => s.change('tom', 0, { edited: true }));
  await expect(page.getByTestId('message').last()).toContainText('edited');
  await sample(page, (s) => s.change('tom', 1, { retracted: true, text: [] }));
  await expect(page.getByTestId('message').nth(-2)).toContainText('taken back');
});

test('a link opens outside and nothing in the window can be navigated', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  await page.getByTestId('message-link').click();
  await page.getByTestId('link-open').click();
  expect(await sample(page, (s) => s.calls.filter((call) => call.command === 'openLink').map((call) => call.args[0]))).toEqual([
    'https://guidelines.hospital.example/acs',
  ]);
  await expect(page.locator('a[href]')).toHaveCount(0);
});

test('the connection is shown after its grace and leads to what can be done', async ({ page }) => {
  await page.clock.install();
  await start(page);
  const state = page.getByTestId('connection-state');
  await page.clock.pauseAt(Date.now() + 60_000);
  await sample(page, (s) => s.connection({ kind: 'connecting' }));
  await page.clock.runFor(1_900);
  await expect(state).toHaveAttribute('data-state', 'connecting');
  await expect(state).toHaveAttribute('data-shown', 'false');
  await page.clock.runFor(200);
  await expect(state).toHaveAttribute('data-shown', 'true');
  await page.clock.resume();
  await sample(page, (s) => s.connection({ kind: 'waiting', retryAt: Date.now() + 30_000, error: { code: 'serverUnreachable' } }));
  await state.getByRole('button').click();
  await expect(page.getByTestId('connection-dialog')).toContainText('does not answer');
  await page.getByTestId('reconnect').click();
  await expect(state).toHaveAttribute('data-state', 'online');
});

test('that nothing can be saved is shown at once, says why, and can be tried again', async ({ page }) => {
  await page.clock.install();
  await start(page);
  const state = page.getByTestId('connection-state');
  await page.clock.pauseAt(Date.now() + 60_000);
  await sample(page, (s) => s.connection({ kind: 'cannotSave', retryAt: Date.now() + 10_000, cause: 'full' }));
  await page.clock.runFor(50);
  await expect(state).toHaveAttribute('data-shown', 'true');
  await page.clock.resume();
  await expect(state.getByRole('status')).toHaveText('Cannot save on this computer');
  await state.getByRole('button').click();
  await expect(page.getByTestId('connection-dialog')).toContainText('The disk of this computer is full');
  await page.getByTestId('reconnect').click();
  await expect(state).toHaveAttribute('data-state', 'online');
});

test('no text of anybody is left in the web view’s storage', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('Secret draft');
  await page.getByTestId('open-settings').click();
  await page.getByTestId('theme-dark').check({ force: true });
  await page.getByTestId('text-larger').click();
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ appearance: '{"theme":"dark","textSize":112}' });
  expect(await page.evaluate(() => sessionStorage.length + document.cookie.length)).toBe(0);
});
