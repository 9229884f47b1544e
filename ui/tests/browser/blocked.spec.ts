import { chat, expect, openChat, sample, start, test } from './app';

test('everybody who is blocked is listed in the settings, and unblocked there by keyboard', async ({ page }) => {
  await start(page, '?teams');
  await chat(page, 'Tom Okafor').click({ button: 'right' });
  await page.getByTestId('chat-menu-block').click();
  await openChat(page, 'Registrar rota');
  await page.getByTestId('team-block').click();
  await page.getByTestId('team-dismiss').click();
  await expect(chat(page, 'Registrar rota')).toHaveCount(0);

  await page.getByTestId('open-settings').click();
  await page.getByTestId('open-blocked').click();
  const one = page.getByTestId('blocked-one');
  await expect(one).toHaveText([/Registrar rota\s*Team/, /Tom Okafor/]);
  await page.getByTestId('blocked-unblock').first().focus();
  await page.keyboard.press('Enter');
  await expect(one).toHaveText([/Tom Okafor/]);
  await expect(page.getByRole('status').filter({ hasText: 'Registrar rota is no longer blocked' })).toHaveCount(1);
  await expect(page.getByTestId('blocked-unblock')).toBeFocused();

  await sample(page, (s) => s.failNext('unblockAddress', { code: 'serverUnreachable' }));
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('blocked-list-error')).toBeVisible();
  await expect(one).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('blocked-none')).toBeVisible();
  await expect(page.getByTestId('blocked-list-error')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(chat(page, 'Tom Okafor').getByTestId('blocked')).toHaveCount(0);
});

test('a list of the blocked that cannot be had can be asked for again', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.failNext('blocked', { code: 'storeUnavailable' }));
  await page.getByTestId('open-settings').click();
  await page.getByTestId('open-blocked').click();
  await expect(page.getByTestId('blocked-list-error')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('blocked-none')).toBeVisible();
});
