import { expect, sample, start, test } from './app';

test('a colleague is found by role and ward, and opened with Enter', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await expect(page.getByTestId('new-chat-address')).toBeFocused();
  await page.keyboard.type('ward 7b');
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

test('somebody without a chat is found, and who presses Enter at once gets the answer to all that was typed', async ({ page }) => {
  await start(page, '?delay=100');
  await page.keyboard.press('Control+n');
  await page.keyboard.type('haematology');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Imogen Hale');
  const calls = await sample(page, (s) => s.calls.filter((call) => call.command === 'findPeople' || call.command === 'startConversation').map((call) => call.args[0]));
  expect(calls.at(-1)).toBe('imogen@stalban.example');
  expect(calls.at(-2)).toBe('haematology');
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
