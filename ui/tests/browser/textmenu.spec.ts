import { expect, openChat, start, test } from './app';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('the web view’s own menu is nowhere', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  const prevented = await page.evaluate(() =>
    [...document.querySelectorAll('body, [data-testid]')].filter((one) => {
      const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
      return one.dispatchEvent(event);
    }).length,
  );
  expect(prevented).toBe(0);
});

test('on the sign-in screen, too', async ({ page }) => {
  await start(page, '?first=signed-out');
  await page.getByTestId('signin-password').fill('secret');
  await page.getByTestId('signin-password').click({ button: 'right' });
  // A password is put in, and not to be had again.
  await expect(page.getByTestId('text-menu').getByRole('menuitem')).toHaveText(['Paste', 'Select all']);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('text-menu')).toHaveCount(0);
  await expect(page.getByTestId('signin-password')).toBeFocused();
});

test('a field offers cut, copy, paste and select all, by the keys alone', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  const input = page.getByTestId('composer-input');
  await input.fill('bed 4');
  await input.press('Shift+F10');
  await expect(page.getByTestId('text-menu-paste')).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(input).toBeFocused();
  await input.press('ContextMenu');
  await expect(page.getByTestId('text-menu').getByRole('menuitem')).toHaveText(['Cut', 'Copy', 'Paste', 'Select all']);
  await page.keyboard.press('Enter');
  await expect(input).toHaveValue('');
  await input.press('Shift+F10');
  await page.getByTestId('text-menu-paste').click();
  await expect(input).toHaveValue('bed 4');
  // As if typed: it can be sent.
  await input.press('Enter');
  await expect(page.getByTestId('message').last()).toContainText('bed 4');
});

test('a message is copied from its menu, with the focus back on it', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  const row = page.getByTestId('message').last();
  const text = await row.locator('[data-words]').innerText();
  await row.focus();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByTestId('text-menu').getByRole('menuitem')).toHaveText(['Copy message']);
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  await expect(row).toBeFocused();
});

test('a field of a dialog has its menu within reach', async ({ page }) => {
  await start(page);
  await page.getByTestId('new-chat-button').click();
  const field = page.getByTestId('new-chat-address');
  await field.fill('tom');
  await field.click({ button: 'right' });
  await page.getByTestId('text-menu-selectAll').click();
  await expect(field).toBeFocused();
  await page.keyboard.type('asha');
  await expect(field).toHaveValue('asha');
  await field.press('Shift+F10');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('new-chat')).toBeVisible();
  await expect(field).toBeFocused();
});

test('where nothing can be done, no menu opens', async ({ page }) => {
  await start(page);
  await page.getByTestId('rail').click({ button: 'right', position: { x: 4, y: 300 } });
  await expect(page.getByTestId('text-menu')).toHaveCount(0);
});
