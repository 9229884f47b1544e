import { expect, openChat, start, test } from './app';

test('the switcher finds by role and opens with Enter', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('switcher-input')).toBeFocused();
  await expect(page.getByTestId('switcher-option').first()).toContainText('Asha Verma');
  await page.keyboard.type('radiology');
  await expect(page.getByTestId('switcher-option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Yusuf Demir');
  await expect(page.getByTestId('switcher')).toHaveCount(0);
  await expect(page.getByTestId('composer-input')).toBeFocused();
});

test('the arrow keys walk the switcher in a circle', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('switcher-input')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('switcher-option').nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('switcher-option').last()).toHaveAttribute('aria-selected', 'true');
});

test('a new chat by address opens the chat', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await page.keyboard.type('nobody');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('new-chat-error')).toHaveAttribute('data-code', 'addressMalformed');
  await page.getByTestId('new-chat-address').fill('dana.fields@stalban.example');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Dana Fields');
  await expect(page.getByTestId('new-chat')).toHaveCount(0);
});

test('Alt with the arrow keys goes from chat to chat', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page.getByTestId('thread-name')).toHaveText('Asha Verma');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page.getByTestId('thread-name')).toHaveText('Medical take');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page.getByTestId('thread-name')).toHaveText('Asha Verma');
});

test('Escape closes one layer at a time', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('switcher')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('switcher')).toHaveCount(0);
  await expect(page.getByTestId('thread-name')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('no-chat')).toBeVisible();
  await expect(page.locator('[data-testid="chat-row"]:focus')).toContainText('Tom Okafor');
});

test('F6 goes round the parts of the window and back with Shift', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  const inside = async (testid: string): Promise<boolean> =>
    page.evaluate((id) => document.activeElement?.closest(`[data-testid="${id}"]`) !== null, testid);
  await page.keyboard.press('F6');
  expect(await inside('rail')).toBe(true);
  await page.keyboard.press('F6');
  expect(await inside('chat-row')).toBe(true);
  await page.keyboard.press('F6');
  expect(await inside('message')).toBe(true);
  await page.keyboard.press('F6');
  expect(await inside('composer-input')).toBe(true);
  await page.keyboard.press('Shift+F6');
  expect(await inside('message')).toBe(true);
});

test('the arrow keys walk the messages', async ({ page }) => {
  await start(page);
  await openChat(page, 'Tom Okafor');
  await page.keyboard.press('Shift+F6');
  await expect(page.getByTestId('message').last()).toBeFocused();
  for (let step = 0; step < 12; step += 1) await page.keyboard.press('ArrowUp');
  await expect(page.locator('[data-testid="message"]:focus')).toBeInViewport();
  await page.keyboard.press('End');
  await expect(page.getByTestId('message').last()).toBeFocused();
});

test('the question mark lists the shortcuts, but not while writing', async ({ page }) => {
  await start(page);
  await page.getByTestId('chat-row').first().focus();
  await page.keyboard.press('?');
  await expect(page.getByTestId('shortcuts')).toBeVisible();
  await page.keyboard.press('Escape');
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('Really?');
  await expect(page.getByTestId('shortcuts')).toHaveCount(0);
  await expect(page.getByTestId('composer-input')).toHaveValue('Really?');
});

test('settings lead to the shortcuts, and the focus comes back', async ({ page }) => {
  await start(page);
  await page.getByTestId('open-settings').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('settings')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('settings')).toHaveCount(0);
  await expect(page.getByTestId('open-settings')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByTestId('shortcuts')).toBeVisible();
});

test('at twice the text size, list and thread take turns and nothing is lost', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await page.addInitScript(() => localStorage.setItem('appearance', '{"textSize":200}'));
  await start(page);
  await expect(page.getByTestId('chat-list')).toBeVisible();
  await page.getByTestId('chat-row').first().click();
  await expect(page.getByTestId('composer-input')).toBeInViewport();
  await expect(page.getByTestId('chat-list')).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.getByTestId('thread-back').click();
  await expect(page.getByTestId('chat-list')).toBeVisible();
});
