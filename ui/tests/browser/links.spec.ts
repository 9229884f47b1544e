import type { Page } from '@playwright/test';
import { expect, openChat, sample, start, test } from './app';

async function arriveLink(page: Page, url: string): Promise<void> {
  await start(page);
  await openChat(page, 'Asha Verma');
  await page.evaluate((url) => window.wardlineSample?.arrive('asha', `See ${url}`), url);
  await page.getByTestId('message-link').last().click();
}

const opened = (page: Page): Promise<unknown[]> => sample(page, (s) => s.calls.filter((call) => call.command === 'openLink').map((call) => call.args[0]));

test('a link says its host before it opens, and opens when told to', async ({ page }) => {
  await arriveLink(page, 'https://guidelines.hospital.example/acs');
  const dialog = page.getByTestId('link-dialog');
  await expect(dialog.getByRole('heading')).toHaveText('Open guidelines.hospital.example in your browser?');
  await expect(page.getByTestId('link-url')).toHaveText('https://guidelines.hospital.example/acs');
  await expect(page.getByTestId('link-warning')).toHaveCount(0);
  expect(await opened(page)).toEqual([]);
  await page.getByTestId('link-open').click();
  await expect(dialog).toHaveCount(0);
  expect(await opened(page)).toEqual(['https://guidelines.hospital.example/acs']);
});

test('a link that is not opened after all leaves nothing behind', async ({ page }) => {
  await arriveLink(page, 'https://guidelines.hospital.example/acs');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('link-dialog')).toHaveCount(0);
  await expect(page.getByTestId('message-link').last()).toBeFocused();
  expect(await opened(page)).toEqual([]);
});

for (const [what, url, host, warning] of [
  ['a name before the host', 'https://nhs.uk@evil.example/login', 'evil.example', 'before the @'],
  ['letters of another script', 'https://nhѕ.uk/login', 'xn--nh-foc.uk', 'taken for others'],
  ['a turn of direction', 'https://nhs.uk/\u202Egnp.exe', 'nhs.uk', 'cannot be seen'],
] as const) {
  test(`${what} in a link is said, and the host shown is the true one`, async ({ page }) => {
    await arriveLink(page, url);
    await expect(page.getByTestId('link-dialog').getByRole('heading')).toHaveText(`Open ${host} in your browser?`);
    await expect(page.getByTestId('link-warning')).toContainText(warning);
    await expect(page.getByTestId('link-cancel')).toBeFocused();
  });
}

test('the hospital’s own hosts open at once', async ({ page }) => {
  await arriveLink(page, 'https://intranet.stalban.example/rota');
  await expect.poll(() => opened(page)).toEqual(['https://intranet.stalban.example/rota']);
  await expect(page.getByTestId('link-dialog')).toHaveCount(0);
});
