import { expect, sample, start, test } from './app';

test('what notifications show is chosen and kept, with a warning where others could read it', async ({ page }) => {
  await start(page);
  await page.getByTestId('open-settings').click();
  await expect(page.getByTestId('notify-sender')).toBeChecked();
  await expect(page.getByTestId('notify-warning')).toHaveText('');
  await page.getByTestId('notify-senderAndText').check();
  await expect(page.getByTestId('notify-warning')).toContainText('can read your messages');
  await page.getByTestId('notify-sound').uncheck();
  await page.keyboard.press('Escape');
  await page.getByTestId('open-settings').click();
  await expect(page.getByTestId('notify-senderAndText')).toBeChecked();
  await expect(page.getByTestId('notify-sound')).not.toBeChecked();
});

test('quiet for an hour or until the morning, and off again', async ({ page }) => {
  await page.clock.setFixedTime(new Date('2026-11-24T22:15:00'));
  await start(page);
  await page.getByTestId('open-settings').click();
  await page.getByTestId('quiet-hour').click();
  await expect(page.getByTestId('quiet-state')).toHaveText('Until 23:15');
  await page.getByTestId('quiet-night').click();
  await expect(page.getByTestId('quiet-state')).toHaveText('Until 25 Nov 2026, 08:00');
  await page.getByTestId('quiet-off').click();
  await expect(page.getByTestId('quiet-state')).toHaveText('');
  const saved = await sample(page, (s) => s.calls.filter((call) => call.command === 'saveNotificationSettings').map((call) => call.args[0]));
  expect(saved).toHaveLength(3);
  expect(saved.at(-1)).toEqual({ content: 'sender', sound: 'system', quietUntil: null });
});

test('what could not be saved is not shown as if it were', async ({ page }) => {
  await start(page);
  await page.getByTestId('open-settings').click();
  await expect(page.getByTestId('notify-sender')).toBeChecked();
  await sample(page, (s) => s.failNext('saveNotificationSettings', { code: 'storeUnavailable' }));
  await page.getByTestId('notify-nothing').click();
  await expect(page.getByTestId('notify-sender')).toBeChecked();
});
