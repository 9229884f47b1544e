import type { Page } from '@playwright/test';
import { expect, sample, start, test } from './app';

async function open(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+d');
  await expect(page.getByTestId('held-row').first()).toBeVisible();
}

test('what needs attention comes first, and the verdict says so', async ({ page }) => {
  await start(page);
  await open(page);
  const rows = page.getByTestId('held-row');
  const needing = await rows.evaluateAll((all) => all.map((row) => row.dataset['attention'] !== ''));
  expect(needing[0]).toBe(true);
  expect(needing).toEqual([...needing].sort((a, b) => Number(b) - Number(a)));
  await expect(page.getByTestId('diagnostics-verdict')).toHaveAttribute('data-verdict', 'attention');
  await expect(page.getByTestId('fact-encryption')).toHaveText('TLS 1.3, from the start (direct TLS)');
  await expect(page.getByTestId('fact-round-trip')).toHaveText('12 ms');
  await expect(page.locator('[data-feature="archive"]')).toHaveAttribute('data-there', 'true');
  await expect(page.locator('[data-feature="privateStorage"]')).toHaveAttribute('data-there', 'false');
});

test('a chat is found by name and compared with the server, with progress and a result', async ({ page }) => {
  await start(page);
  await open(page);
  await page.getByTestId('held-search').fill('ASHA');
  const row = page.getByTestId('held-row');
  await expect(row).toHaveCount(1);
  await sample(page, (s) => s.hold());
  await row.getByTestId('check').click();
  await expect(row.getByRole('progressbar')).toBeVisible();
  for (let step = 0; step < 4; step += 1) await sample(page, (s) => s.step());
  await expect(row.getByTestId('check-result')).toContainText('2 fetched that were missing');
  await expect(page.getByTestId('held-status')).toContainText('Asha Verma');
  await page.getByTestId('held-search').fill('nobody at all');
  await expect(row).toHaveCount(0);
  await expect(page.getByText('No chat with that name.')).toBeVisible();
});

test('a comparison can be stopped', async ({ page }) => {
  await start(page);
  await open(page);
  const row = page.getByTestId('held-row').last();
  await sample(page, (s) => s.hold());
  await row.getByTestId('check').click();
  await row.getByTestId('check-stop').click();
  await expect(row.getByTestId('check-result')).toHaveAttribute('data-check', 'stopped');
});

test('many chats come a page at a time', async ({ page }) => {
  await start(page, '?people=300');
  await open(page);
  await expect(page.getByTestId('held-row')).toHaveCount(40);
  await page.getByTestId('held-more').click();
  await expect(page.getByTestId('held-row')).toHaveCount(80);
});

test('the page follows the connection', async ({ page }) => {
  await start(page);
  await open(page);
  await sample(page, (s) => s.connection({ kind: 'waiting', retryAt: Date.now() + 60_000, error: { code: 'serverUnreachable' } }));
  await expect(page.getByTestId('fact-state')).toHaveText('No connection');
  await expect(page.getByTestId('fact-round-trip')).toHaveCount(0);
  await sample(page, (s) => s.connection({ kind: 'online' }));
  await expect(page.getByTestId('fact-round-trip')).toHaveText('12 ms');
});

test('the report is shown and copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await start(page);
  await open(page);
  await page.getByTestId('copy-report').click();
  await expect(page.getByTestId('copied')).toHaveText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.getByTestId('report').inputValue());
  expect(copied).toContain('connection: online');
});

test('everything is reached by keyboard, and Escape leads back', async ({ page }) => {
  await start(page);
  await page.getByTestId('open-settings').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('open-diagnostics').focus();
  await page.keyboard.press('Enter');
  // The rows come after the dialog; before them Tab would lead past them.
  await expect(page.getByTestId('held-row').first()).toBeVisible();
  await page.getByTestId('held-search').focus();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('check').first()).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('held-details').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('diagnostics')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByTestId('shortcuts')).toContainText('Diagnostics');
});

for (const [size, textSize] of [
  [{ width: 900, height: 600 }, 100],
  [{ width: 900, height: 600 }, 200],
  [{ width: 480, height: 600 }, 150],
] as const) {
  test(`nothing is cut at ${String(size.width)} pixels and ${String(textSize)} % text`, async ({ page }) => {
    await page.setViewportSize(size);
    await page.addInitScript((percent) => localStorage.setItem('appearance', JSON.stringify({ textSize: percent })), textSize);
    await start(page);
    await open(page);
    const cut = await page.getByTestId('diagnostics').evaluate((dialog) => {
      const box = dialog.getBoundingClientRect();
      const wide = [...dialog.querySelectorAll('li, dt, dd, p, h3, button, label')].filter((one) => one.getBoundingClientRect().right > box.right + 1);
      return { scroll: dialog.scrollWidth - dialog.clientWidth, wide: wide.map((one) => one.textContent.slice(0, 40)) };
    });
    expect(cut).toEqual({ scroll: 0, wide: [] });
  });
}

test('a first sync is told in the rail after a moment, and is gone when it is done', async ({ page }) => {
  await start(page, '?empty');
  await sample(page, (s) => s.connection({ kind: 'fetching', done: 0, of: 0 }));
  await expect(page.getByTestId('connection-state')).toHaveAttribute('data-shown', 'true');
  await expect(page.getByTestId('first-sync')).toHaveCount(0);
  await sample(page, (s) => s.connection({ kind: 'fetching', done: 3, of: 12 }));
  await expect(page.getByTestId('first-sync')).toHaveText('3 of 12 chats');
  await expect(page.getByTestId('connection-state').getByRole('status')).toHaveText('Fetching your messages…');
  await expect(page.getByTestId('chat-list-empty')).toContainText('Fetching your messages…');
  await sample(page, (s) => s.connection({ kind: 'online' }));
  await expect(page.getByTestId('first-sync')).toHaveCount(0);
  await expect(page.getByTestId('connection-state')).toHaveAttribute('data-shown', 'false');
  await expect(page.getByTestId('chat-list-empty')).toContainText('No chats yet');
});
