import { chat, expect, painted, sample, start, test } from './app';

test('the first answer alone draws the whole list', async ({ page }) => {
  await start(page);
  await expect(page.getByTestId('chat-list')).toHaveAttribute('data-length', '21');
  expect(await sample(page, (s) => s.calls.map((call) => call.command))).toEqual(['start']);
  await expect(chat(page, 'Asha Verma')).toContainText('drug chart');
  await expect(chat(page, 'Asha Verma').getByTestId('unread-badge')).toHaveText('2');
  await expect(chat(page, 'Callum Reid').getByTestId('chat-preview')).toHaveText('You: Well done. Put it in the notes and have something to eat.');
  await expect(chat(page, 'Medical take').getByTestId('chat-preview')).toHaveText('Callum: I will clerk the fall.');
});

test('a message moves its chat up and counts', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.arrive('tom', 'Could you look at bed 2?'));
  const row = page.getByTestId('chat-row').nth(1);
  await expect(chat(page, 'Tom Okafor').getByTestId('unread-badge')).toHaveText('1');
  const [asha, tom] = [await chat(page, 'Asha Verma').boundingBox(), await chat(page, 'Tom Okafor').boundingBox()];
  expect(asha?.y ?? 0).toBeLessThan(tom?.y ?? 0);
  await expect(row).toBeVisible();
});

test('typing and drafts take the place of the preview', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.typing('take', ['Helen Strand']));
  await expect(chat(page, 'Medical take').getByTestId('chat-preview')).toHaveText('Helen Strand is typing…');
  await sample(page, (s) => s.typing('take', []));
  await expect(chat(page, 'Medical take').getByTestId('chat-preview')).toContainText('clerk');
  await page.getByTestId('chat-filter').fill('helen');
  await expect(chat(page, 'Helen Strand').getByTestId('chat-preview')).toContainText('Draft:');
});

test('the filter finds by name without accents, says when there is nobody, and Escape clears it', async ({ page }) => {
  await start(page);
  await page.getByTestId('chat-filter').fill('ines');
  await expect(page.getByTestId('chat-row')).toHaveCount(1);
  await page.getByTestId('chat-filter').fill('zzz');
  await expect(page.getByTestId('chat-list-empty')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('chat-list')).toHaveAttribute('data-length', '21');
});

test('unread and team chats can be shown alone', async ({ page }) => {
  await start(page);
  await page.getByTestId('show-unread').click();
  await expect(page.getByTestId('chat-row')).toHaveCount(5);
  await page.getByTestId('show-teams').click();
  await expect(page.getByTestId('chat-row')).toHaveCount(6);
});

test('an empty account says how to begin', async ({ page }) => {
  await start(page, '?empty');
  await expect(page.getByTestId('chat-list-empty')).toContainText('No chats yet');
});

test('ten thousand chats draw a few dozen rows, at the top, in the middle and at the end', async ({ page }) => {
  await start(page, '?people=10000');
  await expect(page.getByTestId('chat-list')).toHaveAttribute('data-length', '10021');
  const scroller = page.getByTestId('chat-scroller');
  for (const part of [0, 0.5, 1]) {
    await scroller.evaluate((view, to) => view.scrollTo(0, (view.scrollHeight - view.clientHeight) * to), part);
    await painted(page);
    expect(await page.getByTestId('chat-row').count()).toBeLessThan(45);
    const covered = await scroller.evaluate((view) => {
      const box = view.getBoundingClientRect();
      return [0.1, 0.5, 0.9].every((at) => document.elementFromPoint(box.left + 60, box.top + box.height * at)?.closest('[data-testid="chat-row"]'));
    });
    expect(covered).toBe(true);
  }
});

test('a reader in the middle of the list keeps their place when a chat moves to the top', async ({ page }) => {
  await start(page, '?people=500');
  const scroller = page.getByTestId('chat-scroller');
  await scroller.evaluate((view) => view.scrollTo(0, 10_000));
  await painted(page);
  const name = await scroller.evaluate((view) => {
    const box = view.getBoundingClientRect();
    return document.elementFromPoint(box.left + 60, box.top + 300)?.closest('[data-conversation]')?.getAttribute('data-conversation') ?? '';
  });
  const row = page.locator(`[data-testid="chat-row"][data-conversation="${name}"]`);
  const before = await row.boundingBox();
  await sample(page, (s) => s.arrive('extra450', 'hello'));
  await painted(page);
  expect((await row.boundingBox())?.y).toBeCloseTo(before?.y ?? 0, 0);
});

test('the arrow keys walk the list through rows that were not drawn', async ({ page }) => {
  await start(page, '?people=300');
  await page.getByTestId('chat-filter').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('chat-row').first()).toBeFocused();
  await page.keyboard.press('End');
  const last = page.locator('li[aria-posinset="321"] button');
  await expect(last).toBeFocused();
  await expect(last).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.locator('li[aria-posinset="1"] button')).toBeFocused();
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowDown');
  const reached = page.locator('li[aria-posinset="21"] button');
  await expect(reached).toBeFocused();
  await expect(reached).toBeInViewport();
  // Only one row is in the tab order.
  await expect(page.locator('[data-testid="chat-row"][tabindex="0"]')).toHaveCount(1);
});
