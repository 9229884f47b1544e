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
  await page.getByTestId('show-people').click();
  await expect(page.getByTestId('chat-list')).toHaveAttribute('data-length', '15');
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
      return [0.1, 0.5, 0.9].every((at) => document.elementFromPoint(box.left + 60, box.top + box.height * at)?.closest('[data-testid="chat-row"], [data-testid="archive-row"]'));
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
  const last = page.getByTestId('archive-row');
  await expect(last).toBeFocused();
  await expect(last).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.locator('li[aria-posinset="1"] [data-testid="chat-row"]')).toBeFocused();
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowDown');
  const reached = page.locator('li[aria-posinset="21"] [data-testid="chat-row"]');
  await expect(reached).toBeFocused();
  await expect(reached).toBeInViewport();
  // Only one row is in the tab order.
  await expect(page.locator('[data-testid="chat-row"][tabindex="0"]')).toHaveCount(1);
});

test('those put aside wait behind their header, and a new message brings them back', async ({ page }) => {
  await start(page);
  await expect(chat(page, 'George Papadakis')).toHaveCount(0);
  await page.getByTestId('chat-filter').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await expect(page.getByTestId('archive-row')).toBeFocused();
  await expect(page.getByTestId('archive-row')).toHaveText('Archived (1)');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('archive-row')).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('End');
  await expect(chat(page, 'George Papadakis')).toBeFocused();
  await sample(page, (s) => s.arrive('george', 'The rota is out.'));
  await expect(page.getByTestId('archive-row')).toHaveCount(0);
  await expect(page.locator('li[aria-posinset="2"]')).toContainText('George Papadakis');
});

test('the filter finds by the last message too, and among those put aside', async ({ page }) => {
  await start(page);
  await page.getByTestId('chat-filter').fill('clerk the');
  await expect(page.getByTestId('chat-row')).toHaveCount(1);
  await expect(chat(page, 'Medical take')).toBeVisible();
  await page.getByTestId('chat-filter').fill('papad');
  await expect(chat(page, 'George Papadakis')).toContainText('Archived');
  await expect(page.getByTestId('archive-row')).toHaveCount(0);
});

test('a chat says that it is muted and until when, and that it is marked as unread until it is opened', async ({ page }) => {
  await page.clock.setFixedTime(new Date('2026-11-24T15:00:00'));
  await start(page);
  await expect(chat(page, 'Beds and flow').getByTestId('muted')).toHaveAttribute('title', 'Muted');
  await expect(chat(page, 'Antimicrobial stewardship').getByTestId('muted')).toHaveAttribute('title', 'Muted until 18:00');
  await expect(chat(page, 'Wen Li')).toContainText('Marked as unread');
  await chat(page, 'Wen Li').click();
  await expect(chat(page, 'Wen Li').getByTestId('marked-unread')).toHaveCount(0);
});

test('a photo and a file are named as such, and never shown as an address', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.arrive('tom', 'https://files.stalban.example/a1/Wound.jpg'));
  await expect(chat(page, 'Tom Okafor').getByTestId('chat-preview')).toHaveText('Photo Wound.jpg');
  await sample(page, (s) => s.arrive('tom', 'https://files.stalban.example/a2/ECG.pdf'));
  await expect(chat(page, 'Tom Okafor').getByTestId('chat-preview')).toHaveText('File ECG.pdf');
  await expect(page.getByTestId('preview-file').locator('svg')).toBeVisible();
});
