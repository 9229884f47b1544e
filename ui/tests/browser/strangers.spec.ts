import { chat, expect, openChat, start, test } from './app';

test('a stranger is shown with the address, and nobody writes to them before they are accepted', async ({ page }) => {
  await start(page, '?strangers');
  const row = chat(page, 'rep');
  await expect(row.getByTestId('stranger')).toHaveText('Not in the directory');
  await expect(row.getByTestId('chat-address')).toHaveText('rep@pharma.example');
  await openChat(page, 'rep');
  await expect(page.getByTestId('thread-about')).toContainText('rep@pharma.example');
  await expect(page.getByTestId('composer')).toHaveCount(0);
  await expect(page.getByTestId('unreadable')).toContainText('cannot be read here');
  await page.getByTestId('person-accept').click();
  await expect(page.getByTestId('person-standing')).toHaveCount(0);
  await expect(page.getByTestId('composer')).toBeVisible();
  await expect(row.getByTestId('stranger')).toHaveCount(0);
});

test('a request to be a contact is a row until it is answered', async ({ page }) => {
  await start(page, '?strangers');
  const row = chat(page, 'locum');
  await expect(row.getByTestId('contact-request')).toHaveText('Contact request');
  await row.click();
  await expect(page.getByTestId('person-standing')).toContainText('locum@agency.example asks to be your contact');
  await page.getByTestId('person-decline').click();
  await expect(row).toHaveCount(0);
});

test('nobody answers announcements of the server', async ({ page }) => {
  await start(page, '?strangers');
  await openChat(page, 'stalban.example');
  await expect(page.getByTestId('bubble')).toContainText('The messenger is down 02:00-03:00');
  await expect(page.getByTestId('person-standing')).toHaveAttribute('data-relation', 'service');
  await expect(page.getByTestId('composer')).toHaveCount(0);
  await expect(page.getByTestId('person-accept')).toHaveCount(0);
});
