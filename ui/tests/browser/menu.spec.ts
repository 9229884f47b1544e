import type { Page } from '@playwright/test';
import { chat, expect, sample, start, test } from './app';

const menu = (page: Page): ReturnType<Page['getByTestId']> => page.getByTestId('chat-menu');

/** Opens somebody's menu as with a mouse. */
async function openMenu(page: Page, name: string): Promise<void> {
  await chat(page, name).click({ button: 'right' });
  await expect(menu(page)).toBeVisible();
}

test('a right click offers what can be done, and pinning moves the chat up with the focus on it', async ({ page }) => {
  await start(page);
  await openMenu(page, 'Tom Okafor');
  await expect(menu(page).getByRole('menuitem')).toHaveText([
    'Mark as unread',
    'Pin',
    'Mute for 1 hour',
    'Mute for 8 hours',
    'Mute until I turn it on',
    'Archive',
    'Block',
  ]);
  await page.getByTestId('chat-menu-pin').click();
  await expect(menu(page)).toHaveCount(0);
  await expect(chat(page, 'Tom Okafor')).toContainText('Pinned');
  await expect(page.locator('li[aria-posinset="2"]')).toContainText('Tom Okafor');
  await expect(chat(page, 'Tom Okafor')).toBeFocused();
  await openMenu(page, 'Tom Okafor');
  await page.getByTestId('chat-menu-unpin').click();
  await expect(chat(page, 'Tom Okafor')).not.toContainText('Pinned');
});

test('the keyboard opens it, walks it in a circle, and Escape gives the focus back', async ({ page }) => {
  await start(page);
  await chat(page, 'Tom Okafor').focus();
  for (const keys of ['Shift+F10', 'ContextMenu']) {
    await page.keyboard.press(keys);
    await expect(page.getByTestId('chat-menu-unread')).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(page.getByTestId('chat-menu-block')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(page.getByTestId('chat-menu-pin')).toBeFocused();
    await page.keyboard.press('End');
    await expect(page.getByTestId('chat-menu-block')).toBeFocused();
    await page.keyboard.press('Home');
    await expect(page.getByTestId('chat-menu-unread')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(menu(page)).toHaveCount(0);
    await expect(chat(page, 'Tom Okafor')).toBeFocused();
  }
});

test('read and unread by hand', async ({ page }) => {
  await start(page);
  await openMenu(page, 'Medical take');
  await page.getByTestId('chat-menu-read').click();
  await expect(chat(page, 'Medical take').getByTestId('unread-badge')).toHaveCount(0);
  await openMenu(page, 'Medical take');
  await page.getByTestId('chat-menu-unread').click();
  await expect(chat(page, 'Medical take').getByTestId('marked-unread')).toBeVisible();
});

test('somebody can be blocked, and no longer, a team cannot', async ({ page }) => {
  await start(page);
  await openMenu(page, 'Tom Okafor');
  await page.getByTestId('chat-menu-block').click();
  await expect(chat(page, 'Tom Okafor').getByTestId('blocked')).toBeVisible();
  await openMenu(page, 'Tom Okafor');
  await page.getByTestId('chat-menu-unblock').click();
  await expect(chat(page, 'Tom Okafor').getByTestId('blocked')).toHaveCount(0);
  await openMenu(page, 'Medical take');
  await expect(page.getByTestId('chat-menu-block')).toHaveCount(0);
});

test('muted for an hour of the server’s time, and no longer', async ({ page }) => {
  await page.clock.setFixedTime(new Date('2026-11-24T15:00:00'));
  await start(page);
  await openMenu(page, 'Tom Okafor');
  await page.getByTestId('chat-menu-muteHour').click();
  await expect(chat(page, 'Tom Okafor').getByTestId('muted')).toHaveAttribute('title', 'Muted until 16:00');
  await openMenu(page, 'Tom Okafor');
  await page.getByTestId('chat-menu-unmute').click();
  await expect(chat(page, 'Tom Okafor').getByTestId('muted')).toHaveCount(0);
});

test('put aside and fetched back by keyboard, with the focus always in the list', async ({ page }) => {
  await start(page);
  await chat(page, 'Tom Okafor').focus();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(chat(page, 'Tom Okafor')).toHaveCount(0);
  // The one that came after it.
  await expect(chat(page, 'Yusuf Demir')).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByTestId('archive-row')).toHaveText('Archived (2)');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(chat(page, 'Tom Okafor')).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('archive-row')).toHaveText('Archived (1)');
});

test('the button of a row opens it too, and it closes when the focus goes elsewhere', async ({ page }) => {
  await start(page);
  await chat(page, 'Asha Verma').hover();
  await page.getByRole('button', { name: 'More for the chat with Asha Verma' }).click();
  await expect(menu(page)).toBeVisible();
  await page.getByTestId('chat-filter').click();
  await expect(menu(page)).toHaveCount(0);
  await expect(page.getByTestId('chat-filter')).toBeFocused();
});

test('it stays inside the window, however low the chat is', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 420 });
  await start(page);
  const scroller = page.getByTestId('chat-scroller');
  await scroller.evaluate((view) => view.scrollTo(0, view.scrollHeight));
  const box = await scroller.boundingBox();
  await page.mouse.click(120, (box?.y ?? 0) + (box?.height ?? 0) - 100, { button: 'right' });
  await expect(menu(page)).toBeVisible();
  const shown = await menu(page).boundingBox();
  expect((shown?.y ?? 0) + (shown?.height ?? 0)).toBeLessThanOrEqual(420 - 8);
  expect(shown?.y).toBeGreaterThanOrEqual(8);
});

test('a decision that fails is told', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.failNext('decide', { code: 'storeUnavailable' }));
  await openMenu(page, 'Tom Okafor');
  await page.getByTestId('chat-menu-pin').click();
  await expect(page.getByTestId('toast')).toBeVisible();
});
