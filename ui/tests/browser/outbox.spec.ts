import type { Page } from '@playwright/test';
import { chat, expect, fromEnd, openChat, painted, sample, start, test } from './app';

const last = (page: Page): ReturnType<Page['getByTestId']> => page.getByTestId('message').last();

async function offlineWithTom(page: Page): Promise<void> {
  await start(page);
  await sample(page, (s) => s.connection({ kind: 'waiting', retryAt: 0, error: { code: 'serverUnreachable' } }));
  await openChat(page, 'Tom Okafor');
}

test('the last message can be changed with the arrow key while it waits', async ({ page }) => {
  await offlineWithTom(page);
  await page.keyboard.type('Give *5 mg* now');
  await page.keyboard.press('Enter');
  await expect(last(page)).toContainText('5 mg');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('composer-changing')).toBeVisible();
  await expect(page.getByTestId('composer-input')).toHaveValue('Give *5 mg* now');
  await page.getByTestId('composer-input').fill('Give *0.5 mg* now');
  await page.keyboard.press('Enter');
  await expect(last(page).locator('strong')).toHaveText('0.5 mg');
  await expect(page.getByTestId('composer-changing')).toHaveCount(0);
  await expect(page.getByTestId('composer-input')).toHaveValue('');
  await expect(page.getByTestId('composer-input')).toBeFocused();
});

test('leaving a change brings back what was being written', async ({ page }) => {
  await offlineWithTom(page);
  await page.keyboard.type('First');
  await page.keyboard.press('Enter');
  await expect(last(page)).toContainText('First');
  await page.keyboard.type('Half a thought');
  await last(page).getByTestId('edit').click();
  await expect(page.getByTestId('composer-input')).toHaveValue('First');
  await page.keyboard.type(' and more');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('composer-input')).toHaveValue('Half a thought');
  await expect(last(page)).toContainText('First');
  // Escape went no further: the chat is still open.
  await expect(page.getByTestId('thread-name')).toHaveText('Tom Okafor');
  // In a line with text the arrow moves the cursor.
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('composer-changing')).toHaveCount(0);
});

test('a message that leaves while it is being changed loses nothing', async ({ page }) => {
  await offlineWithTom(page);
  await page.keyboard.type('Give 5 mg');
  await page.keyboard.press('Enter');
  await expect(last(page)).toContainText('Give 5 mg');
  await page.keyboard.type('Half a thought');
  await last(page).getByTestId('edit').click();
  await page.getByTestId('composer-input').fill('Give 0.5 mg');
  await sample(page, (s) => s.change('tom', 0, { delivery: 'sent' }));
  await expect(page.getByTestId('composer-error')).toContainText('being sent meanwhile');
  await expect(page.getByTestId('composer-changing')).toHaveCount(0);
  await expect(page.getByTestId('composer-input')).toHaveValue('Give 0.5 mg\n\nHalf a thought');
});

test('a waiting message can be deleted, and says why it waits', async ({ page }) => {
  await offlineWithTom(page);
  await page.keyboard.type('Never mind');
  await page.keyboard.press('Enter');
  await expect(last(page)).toContainText('Never mind');
  await sample(page, (s) => s.change('tom', 0, { failure: 'busy' }));
  await expect(last(page).getByTestId('unsent')).toContainText('The server is busy. It is tried again by itself.');
  await last(page).getByTestId('discard').click();
  await expect(page.getByText('Never mind', { exact: true })).toHaveCount(0);
});

test('a failed message can be changed and is sent again', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.outcome('failed', 'tooLarge'));
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('Much too long');
  await page.keyboard.press('Enter');
  await expect(last(page).getByTestId('failed')).toContainText('Shorten it');
  await sample(page, (s) => s.outcome('read'));
  await last(page).getByTestId('edit').click();
  await page.getByTestId('composer-input').fill('Short');
  await page.keyboard.press('Enter');
  await expect(last(page)).toContainText('Short');
  await expect(last(page).getByTestId('delivery')).toHaveAttribute('data-delivery', 'read');
});

test('near the limit the composer counts down', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.getByTestId('composer-input').fill('x'.repeat(8_000));
  await expect(page.getByTestId('composer-rest')).toHaveCount(0);
  await page.getByTestId('composer-input').fill('x'.repeat(9_900));
  await expect(page.getByTestId('composer-rest')).toHaveText('100 left');
});

test('a text that grows leaves the end of the thread in view', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  for (let line = 0; line < 6; line += 1) {
    await page.keyboard.type('Another line');
    await page.keyboard.press('Shift+Enter');
    await painted(page);
    expect(await fromEnd(page)).toBeLessThan(2);
  }
});

test('who of a team has seen a message is a click or a key away', async ({ page }) => {
  await start(page);
  const team = page.getByTestId('chat-row').filter({ has: page.getByText('Ward 7B handover', { exact: true }) });
  await team.click();
  const button = page.getByTestId('seen-by').last();
  await expect(button).toHaveAccessibleName(/^Seen by \d+ of \d+\. Show who$/);
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByTestId('readers-dialog');
  await expect(dialog.getByRole('heading', { name: /^Seen \(/ })).toBeVisible();
  await expect(dialog.getByRole('heading', { name: /^Not yet \(/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
});

test('days are those of the server, whatever this computer believes', async ({ page }) => {
  for (const ahead of [3, -3]) {
    await start(page, `?ahead=${String(ahead)}`);
    await openChat(page, 'Asha Verma');
    const arrived = page.getByTestId('message').last();
    await sample(page, (s) => s.arrive('asha', 'Just now'));
    await expect(arrived).toContainText('Just now');
    await expect(page.getByTestId('day').last()).toHaveText('Today');
    // A time of day, not a date.
    await expect(chat(page, 'Asha Verma').locator('time')).toHaveText(/^\d\d:\d\d$/);
  }
});
