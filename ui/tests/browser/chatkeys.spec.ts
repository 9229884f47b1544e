import type { Page } from '@playwright/test';
import { chat, expect, openChat, sample, start, test } from './app';

/** What was decided about chats so far. */
async function decided(page: Page): Promise<unknown[]> {
  return sample(page, (s) => s.calls.filter(({ command }) => command === 'decide' || command === 'markRead').map(({ command, args }) => [command, args[1]]));
}

test('U marks a chat as read, and as unread', async ({ page }) => {
  await start(page);
  const row = chat(page, 'Medical take');
  await row.focus();
  await page.keyboard.press('u');
  await expect(row.getByTestId('unread-badge')).toHaveCount(0);
  await page.keyboard.press('u');
  await expect(row.getByTestId('marked-unread')).toBeVisible();
  await page.keyboard.press('u');
  await expect(row.getByTestId('marked-unread')).toHaveCount(0);
  await expect(row).toBeFocused();
});

test('U keeps a chat unread that was just marked as read with all others', async ({ page }) => {
  await start(page);
  await page.getByTestId('mark-all-read').click();
  const row = chat(page, 'Medical take');
  await expect(row.getByTestId('unread-badge')).toHaveCount(0);
  await row.focus();
  await page.keyboard.press('u');
  await expect(row.getByTestId('unread-badge')).toBeVisible();
});

test('P pins a chat and takes the pin off, with the focus on it', async ({ page }) => {
  await start(page);
  const row = chat(page, 'Tom Okafor');
  await row.focus();
  await page.keyboard.press('p');
  await expect(row).toContainText('Pinned');
  await expect(page.locator('li[aria-posinset="2"]')).toContainText('Tom Okafor');
  await expect(row).toBeFocused();
  await page.keyboard.press('p');
  await expect(row).not.toContainText('Pinned');
  await expect(row).toBeFocused();
});

test('M asks how long to mute a chat, and turns it on again without a question', async ({ page }) => {
  await page.clock.setFixedTime(new Date('2026-11-24T15:00:00'));
  await start(page);
  const row = chat(page, 'Tom Okafor');
  await row.focus();
  await page.keyboard.press('m');
  await expect(page.getByTestId('chat-menu').getByRole('menuitem')).toHaveText(['Mute for 1 hour', 'Mute for 8 hours', 'Mute until I turn it on']);
  await expect(page.getByTestId('chat-menu-muteHour')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(row).toBeFocused();
  expect(await decided(page)).toEqual([]);
  await page.keyboard.press('m');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(row.getByTestId('muted')).toHaveAttribute('title', 'Muted until 23:00');
  await expect(row).toBeFocused();
  await page.keyboard.press('m');
  await expect(row.getByTestId('muted')).toHaveCount(0);
  await expect(page.getByTestId('chat-menu')).toHaveCount(0);
});

test('E puts chats aside one after the other, and fetches one back', async ({ page }) => {
  await start(page);
  await chat(page, 'Tom Okafor').focus();
  await page.keyboard.press('e');
  await expect(chat(page, 'Tom Okafor')).toHaveCount(0);
  await expect(chat(page, 'Yusuf Demir')).toBeFocused();
  await page.keyboard.press('e');
  await expect(chat(page, 'Yusuf Demir')).toHaveCount(0);
  await page.keyboard.press('End');
  await expect(page.getByTestId('archive-row')).toHaveText('Archived (3)');
  // The header is no chat.
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(chat(page, 'Tom Okafor')).toBeFocused();
  await page.keyboard.press('e');
  await expect(page.getByTestId('archive-row')).toHaveText('Archived (2)');
  expect(await decided(page)).toEqual([
    ['decide', { kind: 'move', to: 'archive' }],
    ['decide', { kind: 'move', to: 'archive' }],
    ['decide', { kind: 'move', to: 'inbox' }],
  ]);
});

test('a chat that was put aside is taken back with one press, for a moment', async ({ page }) => {
  await page.clock.install({ time: new Date('2026-11-24T15:00:00') });
  await start(page);
  await page.clock.pauseAt(new Date('2026-11-24T15:05:00'));
  await chat(page, 'Tom Okafor').focus();
  await page.keyboard.press('e');
  await expect(page.getByTestId('undo-toast')).toContainText('Tom Okafor moved to Archived');
  await page.clock.runFor(100);
  await expect(chat(page, 'Tom Okafor')).toHaveCount(0);
  await page.getByTestId('undo').click();
  await expect(page.getByTestId('undo-toast')).toHaveCount(0);
  await page.clock.runFor(100);
  await expect(chat(page, 'Tom Okafor')).toBeVisible();
  await chat(page, 'Tom Okafor').focus();
  await page.keyboard.press('e');
  await expect(page.getByTestId('undo-toast')).toBeVisible();
  await page.clock.runFor(6_100);
  await expect(page.getByTestId('undo-toast')).toHaveCount(0);
  expect(await decided(page)).toEqual([
    ['decide', { kind: 'move', to: 'archive' }],
    ['decide', { kind: 'move', to: 'inbox' }],
    ['decide', { kind: 'move', to: 'archive' }],
  ]);
});

test('the keys mean nothing with another key held down, or where somebody writes', async ({ page }) => {
  await start(page);
  await chat(page, 'Tom Okafor').focus();
  for (const key of ['u', 'p', 'm', 'e']) for (const held of ['Shift', 'Alt', 'Control', 'Meta']) await page.keyboard.press(`${held}+${key}`);
  await page.getByTestId('chat-filter').focus();
  await page.keyboard.type('upme');
  await expect(page.getByTestId('chat-filter')).toHaveValue('upme');
  await page.keyboard.press('Escape');
  await openChat(page, 'Tom Okafor');
  await page.keyboard.type('upme');
  await expect(page.getByTestId('composer-input')).toHaveValue('upme');
  await expect(page.getByTestId('chat-menu')).toHaveCount(0);
  expect(await decided(page)).toEqual([]);
});

test('the keys are among the shortcuts', async ({ page }) => {
  await start(page);
  await chat(page, 'Tom Okafor').focus();
  await page.keyboard.press('?');
  for (const [what, key] of [
    ['Mark as read or unread', 'U'],
    ['Pin or unpin', 'P'],
    ['Mute or unmute', 'M'],
    ['Archive, or move back to inbox', 'E'],
  ] as const) {
    await expect(page.getByTestId('shortcuts').locator('dl div', { hasText: what })).toHaveText(new RegExp(`${what}\\s*${key}`));
  }
});
