import { chat, expect, sample, start, test } from './app';

test('all chats are shown as read at once, and the backend hears of it when it can’t be undone any more', async ({ page }) => {
  await page.clock.install({ time: new Date('2026-11-24T15:00:00') });
  await start(page);
  await page.clock.pauseAt(new Date('2026-11-24T15:05:00'));
  await page.getByTestId('mark-all-read').click();
  await expect(page.getByTestId('undo-toast')).toContainText('Marked 5 chats as read');
  await expect(page.getByTestId('unread-badge')).toHaveCount(0);
  await expect(page.getByTestId('marked-unread')).toHaveCount(0);
  await expect(page).toHaveTitle('Wardline');
  const told = async (): Promise<number> => sample(page, (s) => s.calls.filter((call) => call.command === 'markAllRead').length);
  await page.clock.runFor(5900);
  expect(await told()).toBe(0);
  await page.clock.runFor(1000);
  await expect(page.getByTestId('undo-toast')).toHaveCount(0);
  expect(await told()).toBe(1);
  await page.clock.runFor(1000);
  await expect(page.getByTestId('unread-badge')).toHaveCount(0);
  await expect(page).toHaveTitle('Wardline');
});

test('undone, all is as it was and nothing was told', async ({ page }) => {
  await page.clock.install({ time: new Date('2026-11-24T15:00:00') });
  await start(page);
  await page.clock.pauseAt(new Date('2026-11-24T15:05:00'));
  await page.getByTestId('mark-all-read').click();
  await page.getByTestId('undo').click();
  await expect(chat(page, 'Medical take').getByTestId('unread-badge')).toHaveText('3');
  await expect(page).toHaveTitle('(6) Wardline');
  await page.clock.runFor(10_000);
  await expect(page.getByTestId('undo-toast')).toHaveCount(0);
  expect(await sample(page, (s) => s.calls.some((call) => call.command === 'markAllRead'))).toBe(false);
});
