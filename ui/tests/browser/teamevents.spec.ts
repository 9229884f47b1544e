import { expect, fromEnd, openChat, painted, sample, start, test } from './app';

test('quiet lines say what happened to a team, several things alike in one', async ({ page }) => {
  await start(page);
  await page.getByTestId('chat-filter').fill('stroke');
  await openChat(page, 'Stroke pathway');
  await expect(page.getByTestId('team-notice')).toHaveText([
    'Inês Carvalho made the team with Yusuf Demir and Helen Strand',
    'Inês Carvalho added you, Liam Byrne and Nadia Haddad',
    'Oliver Quist left',
    'Yusuf Demir changed the purpose: Door to needle under 30 minutes',
  ]);
});

test('a team that does not tell whose deed it was is not read as if it did', async ({ page }) => {
  await start(page);
  await page.getByTestId('chat-filter').fill('hospital at');
  await openChat(page, 'Hospital at night');
  await expect(page.getByTestId('team-notice')).toHaveText([
    'Inês Carvalho made the team with Yusuf Demir and Helen Strand',
    'You, Liam Byrne and Nadia Haddad were added',
    'Oliver Quist is no longer in the team',
  ]);
});

test('many people are counted, and named on demand by keyboard', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  for (const name of ['Ben Carter', 'Carol Diaz', 'Dev Eriksen', 'Elif Fraser']) {
    await page.evaluate((who) => window.wardlineSample?.notice('take', null, { kind: 'added', who: [{ kind: 'other', name: who }] }), name);
  }
  const line = page.getByTestId('team-notice');
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('4 people were added');
  await painted(page);
  expect(await fromEnd(page)).toBeLessThan(2);
  await line.getByTestId('notice-names').focus();
  await page.keyboard.press('Enter');
  await expect(line).toContainText('Ben Carter, Carol Diaz, Dev Eriksen and Elif Fraser');
  await expect(line.getByTestId('notice-names')).toHaveAttribute('aria-expanded', 'true');
});

test('the keys go past notices, and they are not unread', async ({ page }) => {
  await start(page);
  await page.getByTestId('chat-filter').fill('stroke');
  await openChat(page, 'Stroke pathway');
  await page.getByTestId('message').last().focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowUp');
  await expect(page.locator('[data-testid="message"]:focus')).toBeVisible();
  await expect(page.locator('[data-testid="message"]:focus')).not.toContainText('Thrombolysis');
  await sample(page, (s) => s.notice('stroke', null, { kind: 'owner', who: [{ kind: 'me' }] }));
  await expect(page.getByTestId('team-notice').last()).toHaveText('You run the team now');
  await expect(page.getByTestId('unread-badge').filter({ hasText: '1' })).toHaveCount(0);
});

test('two who type are named in the head of the thread, three are counted', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  await sample(page, (s) => s.typing('take', ['Ben', 'Carol']));
  await expect(page.getByTestId('thread-about')).toHaveText('Ben and Carol are typing…');
  await sample(page, (s) => s.typing('take', ['Ben', 'Carol', 'Dev']));
  await expect(page.getByTestId('thread-about')).toHaveText('3 people are typing…');
});
