import { chat, expect, openChat, sample, start, test } from './app';

test('a name is completed by keyboard, and becomes a mention', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  const input = page.getByTestId('composer-input');
  await input.fill('Thanks @');
  await expect(page.getByTestId('mention-option').first()).toContainText('Cardiology registrar · Coronary care');
  await expect(page.getByTestId('mention-option').last()).toContainText('Everyone in the team');
  await input.fill('Thanks @ines');
  await expect(page.getByTestId('mention-option')).toHaveText([/Inês Carvalho/]);
  await input.fill('Thanks @');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('mention-option').last()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const chosen = page.getByTestId('mention-option').nth(1);
  await expect(chosen).toHaveAttribute('aria-selected', 'true');
  await expect(input).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id')) ?? '');
  await page.keyboard.press('Enter');
  await expect(input).toHaveValue('Thanks @Callum Reid ');
  await expect(page.getByTestId('mention-list')).toHaveCount(0);
  await page.keyboard.insertText('and well done');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('message').last().getByTestId('mention')).toHaveText('@Callum Reid');
});

test('Escape closes the list alone, Tab picks, and a name goes in where it was begun', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  const input = page.getByTestId('composer-input');
  await input.fill('@wen');
  await expect(page.getByTestId('mention-option')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('mention-list')).toHaveCount(0);
  await expect(page.getByTestId('thread-name')).toHaveText('Medical take');
  await expect(input).toHaveValue('@wen');
  await input.fill('Ask  first');
  await input.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(4, 4));
  await page.keyboard.insertText('@sam');
  await expect(page.getByTestId('mention-option')).toHaveText([/Sam Whitlock/]);
  await page.keyboard.press('Tab');
  await expect(input).toHaveValue('Ask @Sam Whitlock first');
  await expect(input).toBeFocused();
  expect(await input.evaluate((element: HTMLTextAreaElement) => element.selectionStart)).toBe('Ask @Sam Whitlock '.length);
});

test('a click picks and leaves the focus in the text; a chat with one person offers nobody', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  await page.getByTestId('composer-input').fill('@');
  await page.getByTestId('mention-option').first().click();
  await expect(page.getByTestId('composer-input')).toHaveValue('@Asha Verma ');
  await expect(page.getByTestId('composer-input')).toBeFocused();
  await openChat(page, 'Tom Okafor');
  await page.getByTestId('composer-input').fill('@');
  await expect(page.getByTestId('mention-list')).toHaveCount(0);
});

test('calling everyone in a large team asks once, and nothing is lost', async ({ page }) => {
  await start(page);
  await openChat(page, 'Beds and flow');
  const input = page.getByTestId('composer-input');
  await input.fill('@everyone out of escalation');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('everyone-confirm')).toContainText('Notify all 31 people?');
  await expect(page.getByTestId('everyone-confirm-cancel')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('everyone-confirm')).toHaveCount(0);
  await expect(input).toHaveValue('@everyone out of escalation');
  await expect(input).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByTestId('everyone-confirm-submit').click();
  await expect(page.getByTestId('message').last()).toContainText('@everyone out of escalation');
  await expect(input).toHaveValue('');
  await expect(input).toBeFocused();
});

test('a small team is called without asking', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  await page.getByTestId('composer-input').fill('@everyone round in five');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('message').last().getByTestId('mention')).toHaveClass(/everyone/);
});

test('a mention marks the row until it is read, and is a filter of its own', async ({ page }) => {
  await page.clock.install();
  await start(page);
  const row = chat(page, 'Medical take');
  await expect(row.getByTestId('mention-badge')).toBeVisible();
  await expect(row).toContainText('You are mentioned');
  await page.getByTestId('show-mentions').click();
  await expect(page.getByTestId('chat-row')).toHaveCount(1);
  await sample(page, (s) => s.arrive('night', 'Arrest call, @everyone to Ward 9', 'grace'));
  await expect(page.getByTestId('chat-row')).toHaveCount(2);
  await openChat(page, 'Medical take');
  await page.clock.runFor(2000);
  await expect(row.getByTestId('mention-badge')).toHaveCount(0);
  // The one that is open stays while it is read.
  await expect(page.getByTestId('chat-row')).toHaveCount(2);
  await openChat(page, 'Hospital at night');
  await expect(page.getByTestId('chat-row')).toHaveCount(1);
});

test('with nothing to answer the filter says so', async ({ page }) => {
  await start(page, '?empty');
  await page.getByTestId('show-mentions').click();
  await expect(page.getByTestId('chat-list-empty')).toBeVisible();
});
