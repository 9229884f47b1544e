import type { Page } from '@playwright/test';
import { expect, sample, start, test } from './app';

test('a colleague is found by role and ward, and opened with Enter', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await expect(page.getByTestId('new-chat-address')).toBeFocused();
  await page.keyboard.type('ward 7b');
  // Where typing takes its time, the same people are found for less of it before.
  await expect.poll(async () => (await asked(page, 'findPeople')).at(-1)).toBe('ward 7b');
  await expect(page.getByTestId('person-option')).toHaveText([/Tom Okafor/, /Callum Reid/, /Liam Byrne/, /George Papadakis/]);
  await expect(page.getByTestId('person-option').first()).toContainText('Charge nurse · Ward 7B');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('person-option').last()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Liam Byrne');
  await expect(page.getByTestId('new-chat')).toHaveCount(0);
});

/** What was asked of the backend, and whom a chat was begun with. */
async function asked(page: Page, command: string): Promise<unknown[]> {
  const calls = await sample(page, (s) => s.calls.map((call): [string, unknown] => [call.command, call.args[0]]));
  return calls.filter(([name]) => name === command).map(([, first]) => first);
}

// Where questions are counted, text comes all at once: a pause in typing would be a question of its own.

/** The next answer of the search comes, as soon as the question has been asked. */
async function answer(page: Page): Promise<void> {
  await expect(() => sample(page, (s) => s.step())).toPass();
}

test('somebody without a chat is found, and Enter at once shows them first', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.hold());
  await page.keyboard.press('Control+n');
  await page.getByTestId('new-chat-address').fill('haematology');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await answer(page);
  await expect(page.getByTestId('person-option')).toHaveText([/Imogen Hale/]);
  await expect(page.getByTestId('person-option')).toHaveAttribute('aria-selected', 'true');
  expect(await asked(page, 'findPeople')).toEqual(['haematology']);
  expect(await asked(page, 'startConversation')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Imogen Hale');
});

test('Enter does not open who was found for what was typed before', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await page.getByTestId('new-chat-address').fill('tom');
  await expect(page.getByTestId('person-option').first()).toHaveAttribute('aria-selected', 'true');
  await sample(page, (s) => s.hold());
  await page.getByTestId('new-chat-address').fill('yusuf');
  await expect(page.getByTestId('person-option').first()).toContainText('Tom Okafor');
  await expect(page.getByTestId('person-option').first()).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Enter');
  // Typed on while the answer was waited for: neither that answer nor the one before it is meant.
  await expect.poll(() => asked(page, 'findPeople')).toEqual(['tom', 'yusuf']);
  await page.getByTestId('new-chat-address').fill('haematology');
  await answer(page);
  await answer(page);
  await expect(page.getByTestId('person-option')).toHaveText([/Imogen Hale/]);
  expect(await asked(page, 'startConversation')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Imogen Hale');
});

test('who was chosen among those on screen is opened, or nobody once they are gone', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await page.getByTestId('new-chat-address').fill('ward 7b');
  await expect(page.getByTestId('person-option')).toHaveCount(4);
  await sample(page, (s) => s.hold());
  await page.getByTestId('new-chat-address').fill('haematology');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('person-option').last()).toHaveAttribute('aria-selected', 'true');
  await answer(page);
  await expect(page.getByTestId('person-option')).toHaveText([/Imogen Hale/]);
  await expect(page.getByTestId('person-option')).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Enter');
  await page.getByTestId('new-chat-address').fill('ward 7b');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Imogen Hale');
  expect(await asked(page, 'startConversation')).toEqual(['imogen@stalban.example']);
});

test('an address in full comes last, but is what Enter means', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await page.keyboard.type('tom@stalban.exam');
  await expect(page.getByTestId('person-option')).toHaveText([/Tom Okafor/, 'Write to tom@stalban.exam']);
  await expect(page.getByTestId('person-option').last()).toHaveAttribute('aria-selected', 'true');
});

test('it says when the directory could not be looked through', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.directory('notOffered'));
  await page.keyboard.press('Control+n');
  await page.keyboard.type('zzz');
  await expect(page.getByTestId('new-chat-none')).toContainText('Nobody found');
  await expect(page.getByTestId('new-chat-directory')).toContainText('no directory');
  await sample(page, (s) => s.connection({ kind: 'offline' }));
  await page.getByTestId('new-chat-address').fill('imogen');
  await expect(page.getByTestId('new-chat-directory')).toContainText('cannot be reached');
  await expect(page.getByTestId('person-option')).toHaveCount(0);
});
