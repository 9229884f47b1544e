import type { Locator, Page } from '@playwright/test';
import { expect, fromEnd, openChat, painted, start, test } from './app';

const list = `Ward list\n${Array.from({ length: 1500 }, (_, index) => `Bed ${String(index + 1)}: observations due`).join('\n')}`;

async function arrive(page: Page, text: string): Promise<Locator> {
  await page.evaluate((text) => window.wardlineSample?.arrive('asha', text), text);
  const row = page.getByTestId('message').last();
  await expect(row).toContainText(text.slice(0, 9));
  return row;
}

const height = (row: Locator): Promise<number> => row.evaluate((one) => one.getBoundingClientRect().height);
const top = (row: Locator): Promise<number> => row.evaluate((one) => one.getBoundingClientRect().top);

/** What Ctrl+C puts on the clipboard. */
async function copy(page: Page): Promise<string> {
  await page.keyboard.press('Control+c');
  return page.evaluate(() => navigator.clipboard.readText());
}

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('a message of 1,500 lines is folded, unfolds by key, and the reader stays where they are', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  const row = await arrive(page, list);
  expect(await height(row)).toBeLessThan(800);
  const fold = row.getByTestId('fold');
  await expect(fold).toHaveText('Show more');
  await expect(fold).toHaveAttribute('aria-expanded', 'false');
  await expect(row).not.toContainText('Bed 1500:');
  await expect.poll(() => fromEnd(page)).toBeLessThan(2);

  const before = await top(row);
  await row.focus();
  await page.keyboard.press('Enter');
  await expect(fold).toHaveText('Show less');
  await expect(row).toContainText('Bed 1500:');
  await painted(page);
  expect(Math.abs((await top(row)) - before)).toBeLessThan(2);
  expect(await height(row)).toBeGreaterThan(20_000);

  // The way back is at hand in the middle of it, and leads to its beginning.
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect.poll(() => top(row)).toBeLessThan(-200);
  await expect(fold).toBeInViewport();
  await fold.focus();
  await page.keyboard.press('Enter');
  await expect(fold).toHaveText('Show more');
  await expect(fold).toBeFocused();
  await expect(row).toContainText('Ward list');
  expect(await height(row)).toBeLessThan(800);
  await expect(row).toBeInViewport();
});

test('a folded message is copied whole', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  const row = await arrive(page, list);
  await row.focus();
  expect(await copy(page)).toBe(list);
  // Also by hand, from its beginning to its end.
  await page.evaluate(() => document.getSelection()?.removeAllRanges());
  await row.locator('[data-words]').evaluate((words) => document.getSelection()?.selectAllChildren(words));
  expect(await copy(page)).toBe(list);
});

for (const [name, text] of [
  ['a very long line', 'saturation '.repeat(10_000)],
  ['a line without a space', 'A'.repeat(60_000)],
  ['thousands of emoji', '👩🏽‍⚕️'.repeat(4000)],
] as const) {
  test(`${name} takes no more of the thread than other long messages`, async ({ page }) => {
    await start(page);
    await openChat(page, 'Asha Verma');
    const row = await arrive(page, text);
    expect(await height(row)).toBeLessThan(800);
    await row.focus();
    expect(await copy(page)).toBe(text);
    const wide = await page.getByTestId('timeline').evaluate((view) => view.scrollWidth - view.clientWidth);
    expect(wide).toBe(0);
  });
}

test('what is written stays in its box however long it is', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  await page.getByTestId('composer-input').evaluate((input) => {
    (input as HTMLTextAreaElement).value = 'line\n'.repeat(1500);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect(await height(page.getByTestId('composer'))).toBeLessThan(400);
  await expect(page.getByTestId('message').last()).toBeInViewport();
});
