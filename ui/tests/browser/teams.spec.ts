import type { Page } from '@playwright/test';
import { chat, expect, openChat, sample, start, test } from './app';

/** What a command was called with, the last time. */
async function asked(page: Page, command: string): Promise<unknown> {
  const calls = await sample(page, (s) => s.calls.map((call): [string, unknown[]] => [call.command, call.args]));
  return calls.findLast(([name]) => name === command)?.[1];
}

async function openTeam(page: Page, name: string): Promise<void> {
  await page.getByTestId('chat-filter').fill(name);
  await openChat(page, name);
  await page.getByTestId('team-details-button').click();
  await expect(page.getByTestId('team-panel')).toBeVisible();
  await expect(page.getByTestId('team-name')).toHaveText(name);
}

test('a team is made by keyboard alone, and opened', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+Shift+n');
  await expect(page.getByTestId('new-team-name')).toBeFocused();
  await page.keyboard.insertText('Sepsis bundle');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('new-team-purpose')).toBeFocused();
  await page.keyboard.insertText('First hour');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('picker-address')).toBeFocused();
  await page.getByTestId('picker-address').fill('pharmac');
  await expect(page.getByTestId('person-option')).toHaveText([/Priya Nair/]);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('picker-chosen')).toContainText('Clinical pharmacist · Pharmacy');
  await page.getByTestId('picker-address').fill('tom');
  await expect(page.getByTestId('person-option').first()).toContainText('Tom Okafor');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('new-team-submit')).toHaveText('Create team with 2 people');
  await page.getByTestId('new-team-submit').press('Enter');
  await expect(page.getByTestId('thread-name')).toHaveText('Sepsis bundle');
  await expect(page.getByTestId('team-notice')).toHaveText('You made the team with Priya Nair and Tom Okafor');
  await expect(page.getByTestId('team-details-button')).toHaveText('3');
  expect(await asked(page, 'createTeam')).toEqual([{ name: 'Sepsis bundle', purpose: 'First hour', members: ['priya@stalban.example', 'tom@stalban.example'] }]);
});

test('nothing is lost where a team could not be made, and nobody half chosen is left out in silence', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await page.getByTestId('new-team-button').click();
  await page.getByTestId('picker-address').fill('tom');
  await expect(page.getByTestId('person-option').first()).toContainText('Tom Okafor');
  await page.getByTestId('new-team-submit').click();
  await expect(page.getByTestId('picker-unfinished')).toContainText('Nobody was chosen for “tom”');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('picker-unfinished')).toHaveCount(0);
  await page.getByTestId('new-team-submit').click();
  await expect(page.getByTestId('new-team-error')).toHaveAttribute('data-code', 'nameEmpty');
  await expect(page.getByTestId('new-team-name')).toBeFocused();
  await page.getByTestId('new-team-name').fill('Falls');
  await sample(page, (s) => s.failNext('createTeam', { code: 'teamsNotOffered' }));
  await page.getByTestId('new-team-submit').click();
  await expect(page.getByTestId('new-team-error')).toContainText('The server has no teams.');
  await expect(page.getByTestId('new-team-name')).toHaveValue('Falls');
  await expect(page.getByTestId('picker-chosen')).toContainText('Tom Okafor');
  await page.getByTestId('picker-remove').click();
  await expect(page.getByTestId('picker-address')).toBeFocused();
  await page.getByTestId('new-team-submit').click();
  await expect(page.getByTestId('team-notice')).toHaveText('You made the team');
});

test('open teams are found, joined and opened', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+n');
  await page.getByTestId('browse-teams-button').click();
  await expect(page.getByTestId('browse-teams-filter')).toBeFocused();
  await expect(page.getByTestId('open-teams').getByRole('listitem')).toHaveText([/Beds and flow/, /Grand round and teaching/, /Greener wards/, /Hospital at night/, /Hospital choir/]);
  await page.getByTestId('browse-teams-filter').fill('choir');
  await sample(page, (s) => s.failNext('joinTeam', { code: 'notAllowed' }));
  await page.getByRole('button', { name: 'Join Hospital choir' }).click();
  await expect(page.getByTestId('browse-teams-error')).toBeVisible();
  await page.getByRole('button', { name: 'Join Hospital choir' }).click();
  await expect(page.getByTestId('thread-name')).toHaveText('Hospital choir');
  await page.keyboard.press('Control+n');
  await page.getByTestId('browse-teams-button').click();
  await page.getByRole('button', { name: 'Open Beds and flow' }).click();
  await expect(page.getByTestId('thread-name')).toHaveText('Beds and flow');
});

test('where open teams cannot be asked for, it says so and asks again', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.failNext('openTeams', { code: 'serverUnreachable' }));
  await page.keyboard.press('Control+n');
  await page.getByTestId('browse-teams-button').click();
  await expect(page.getByTestId('browse-teams-error')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('open-teams').getByRole('listitem')).toHaveCount(5);
});

test('the details close one layer at a time, and the focus goes back', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await expect(page.getByTestId('team-panel')).toBeFocused();
  await page.getByTestId('team-member').nth(1).click();
  await expect(page.getByTestId('member-card')).toContainText('Cardiology registrar · Coronary care');
  await page.getByTestId('member-remove').click();
  await expect(page.getByTestId('team-confirm')).toContainText('asha@stalban.example');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('team-confirm')).toHaveCount(0);
  await expect(page.getByTestId('member-card')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('member-card')).toHaveCount(0);
  await expect(page.locator('[data-testid="team-member"]:focus')).toContainText('Asha Verma');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('team-panel')).toHaveCount(0);
  await expect(page.getByTestId('team-details-button')).toBeFocused();
  await expect(page.getByTestId('thread-name')).toHaveText('Medical take');
});

test('over a narrow thread the details keep what lies below out of reach', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await start(page);
  await openTeam(page, 'Medical take');
  await expect(page.locator('.talk')).toHaveAttribute('inert', '');
  // From part to part past what is out of reach: details, rail, list, details.
  for (const part of ['rail', 'chat-row', 'team-panel']) {
    await page.keyboard.press('F6');
    await expect(page.locator(`[data-testid="${part}"]:focus-within`)).toHaveCount(1);
  }
  await page.keyboard.press('Escape');
  await expect(page.locator('.talk')).not.toHaveAttribute('inert', '');
});

test('name and purpose change, and an error leaves the form as it was', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-edit').click();
  await page.getByTestId('team-edit-name').fill('Take today');
  await page.getByTestId('team-edit-purpose').fill('');
  await sample(page, (s) => s.failNext('changeTeam', { code: 'notAllowed' }));
  await page.getByTestId('team-edit-save').click();
  await expect(page.getByTestId('team-edit-error')).toBeVisible();
  await expect(page.getByTestId('team-edit-name')).toHaveValue('Take today');
  await page.getByTestId('team-edit-save').click();
  await expect(page.getByTestId('team-name')).toHaveText('Take today');
  await expect(page.getByTestId('team-purpose')).toHaveText('No purpose yet');
  await expect(page.getByTestId('team-edit')).toBeFocused();
  await expect(page.getByTestId('team-notice')).toContainText('You renamed the team to “Take today”');
  await page.getByTestId('team-edit').click();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('team-edit')).toBeFocused();
  await expect(page.getByTestId('team-panel')).toBeVisible();
});

test('people are added and removed, and who is in the team already is not offered', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-add').click();
  await page.getByTestId('picker-address').fill('asha');
  await expect(page.getByTestId('picker-none')).toContainText('Whoever is in the team already is not listed.');
  await page.getByTestId('picker-address').fill('imogen');
  await expect(page.getByTestId('person-option')).toHaveText([/Imogen Hale/]);
  await page.keyboard.press('Enter');
  await page.getByTestId('add-people-submit').click();
  await expect(page.getByTestId('add-people')).toHaveCount(0);
  await expect(page.getByTestId('team-details-button')).toHaveText('15');
  await expect(page.getByTestId('team-notice')).toHaveText('You added Imogen Hale');
  await page.getByTestId('team-find').fill('haematology');
  await expect(page.getByTestId('team-member')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByTestId('member-remove').click();
  await expect(page.getByTestId('team-confirm')).toContainText('Remove Imogen Hale?');
  await expect(page.getByTestId('team-confirm-cancel')).toBeFocused();
  await page.getByTestId('team-confirm-submit').click();
  await expect(page.getByTestId('team-details-button')).toHaveText('14');
  await expect(page.getByTestId('member-card')).toHaveCount(0);
  await expect(page.getByTestId('team-panel')).toBeFocused();
});

test('a team is handed over, after which its former owner may do less', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-member').filter({ hasText: 'Helen Strand' }).click();
  await page.getByTestId('member-hand-over').click();
  await expect(page.getByTestId('team-confirm')).toContainText('You stay as a member.');
  await sample(page, (s) => s.failNext('changeTeam', { code: 'serverError' }));
  await page.getByTestId('team-confirm-submit').click();
  await expect(page.getByTestId('team-confirm-error')).toBeVisible();
  await page.getByTestId('team-confirm-submit').click();
  await expect(page.getByTestId('member-card')).toContainText('Owner');
  await expect(page.getByTestId('member-hand-over')).toHaveCount(0);
  await expect(page.getByTestId('member-remove')).toHaveCount(0);
  await page.getByTestId('member-back').click();
  await expect(page.getByTestId('team-member').first()).toContainText('Helen Strand');
  await expect(page.getByTestId('team-end')).toHaveCount(0);
  await expect(page.getByTestId('team-notice')).toHaveText('You handed the team over to Helen Strand');
});

test('a message to a member opens the chat with them', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-member').filter({ hasText: 'Wen Li' }).click();
  await page.getByTestId('member-message').click();
  await expect(page.getByTestId('thread-name')).toHaveText('Wen Li');
  await expect(page.getByTestId('team-panel')).toHaveCount(0);
});

test('what notifications are wanted is chosen by keyboard, and taken back where that failed', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-level-all').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('team-level-mentions')).toBeChecked();
  await expect(page.getByTestId('team-level-hint')).toContainText('mention you');
  expect(await asked(page, 'changeTeam')).toEqual([2, { kind: 'notify', level: 'mentions' }]);
  await sample(page, (s) => s.failNext('changeTeam', { code: 'serverError' }));
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('team-level-error')).toBeVisible();
  await expect(page.getByTestId('team-level-mentions')).toBeChecked();
});

test('of five hundred members only those in view are in the document', async ({ page }) => {
  await start(page, '?teams');
  await openTeam(page, 'Whole hospital');
  const rows = page.getByTestId('team-member');
  await expect(page.getByTestId('team-members')).toHaveAttribute('data-length', '500');
  expect(await rows.count()).toBeLessThan(40);
  await rows.first().focus();
  await page.keyboard.press('End');
  await expect(page.locator('[data-testid="team-member"]:focus')).toBeInViewport();
  await expect(page.getByTestId('team-members').locator('li[aria-posinset="500"]')).toBeVisible();
  expect(await rows.count()).toBeLessThan(40);
  await page.getByTestId('team-find').fill('tom okafor');
  await expect(rows).toHaveText([/Tom Okafor/]);
});

test('leaving says that ownership passes on, and one can come back', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-leave').click();
  await expect(page.getByTestId('team-confirm')).toContainText('somebody else of the team becomes owner');
  await page.getByTestId('team-confirm-submit').click();
  await expect(page.getByTestId('team-standing')).toContainText('You left this team');
  await expect(page.getByTestId('composer')).toHaveCount(0);
  await expect(chat(page, 'Medical take').getByTestId('chat-preview')).toHaveText('You left');
  await expect(page.getByTestId('team-panel')).toHaveCount(0);
  await page.getByTestId('team-enter').click();
  await expect(page.getByTestId('composer')).toBeVisible();
});

test('a team that ended is taken from the list', async ({ page }) => {
  await start(page);
  await openTeam(page, 'Medical take');
  await page.getByTestId('team-end').click();
  await expect(page.getByTestId('team-confirm')).toContainText('End Medical take?');
  await page.getByTestId('team-confirm-submit').click();
  await expect(page.getByTestId('team-standing')).toContainText('This team has ended');
  await expect(page.getByTestId('team-panel')).toHaveCount(0);
  await page.getByTestId('team-dismiss').click();
  await expect(page.getByTestId('no-chat')).toBeVisible();
  await expect(chat(page, 'Medical take')).toHaveCount(0);
});

test('an invitation is seen in the list and answered in its thread', async ({ page }) => {
  await start(page, '?teams');
  const row = chat(page, 'Registrar rota');
  await expect(row.getByTestId('chat-preview')).toHaveText('Asha Verma invites you');
  await expect(row.getByTestId('invitation')).toHaveText('Invitation');
  await openChat(page, 'Registrar rota');
  await expect(page.getByTestId('team-standing')).toContainText('Asha Verma invites you to Registrar rota');
  await expect(page.getByTestId('team-standing-purpose')).toHaveText('Swaps and gaps of the registrar rota');
  await sample(page, (s) => s.failNext('changeTeam', { code: 'serverError' }));
  await page.getByTestId('team-enter').click();
  await expect(page.getByTestId('team-standing-error')).toBeVisible();
  await page.getByTestId('team-enter').click();
  await expect(page.getByTestId('composer')).toBeVisible();
  await expect(row.getByTestId('invitation')).toHaveCount(0);
});

test('an invitation that is declined is gone', async ({ page }) => {
  await start(page, '?teams');
  await openChat(page, 'Registrar rota');
  await page.getByTestId('team-dismiss').click();
  await expect(page.getByTestId('no-chat')).toBeVisible();
  await expect(chat(page, 'Registrar rota')).toHaveCount(0);
  expect(await asked(page, 'changeTeam')).toMatchObject([expect.anything(), { kind: 'dismiss' }]);
});

test('a team that one is not in can be blocked, which answers an invitation', async ({ page }) => {
  await start(page, '?teams');
  await openChat(page, 'Registrar rota');
  await page.getByTestId('team-block').click();
  const standing = page.getByTestId('team-standing');
  await expect(standing).toContainText('You have blocked this team');
  await expect(chat(page, 'Registrar rota').getByTestId('blocked')).toBeVisible();
  await expect(chat(page, 'Registrar rota').getByTestId('invitation')).toHaveCount(0);
  await expect(page.getByTestId('team-enter')).toHaveCount(0);
  await page.getByTestId('team-block').click();
  await expect(standing).toHaveAttribute('data-membership', 'left');
  await expect(page.getByTestId('team-block')).toHaveText('Block this team');
});

test('who is removed while writing keeps the draft, and sees why they cannot send it', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  await page.getByTestId('composer-input').fill('Bed 5 is');
  await sample(page, (s) => s.membership('take', { kind: 'removed' }));
  await expect(page.getByTestId('team-standing')).toHaveAttribute('data-membership', 'removed');
  await expect(page.getByTestId('team-dismiss')).toHaveText('Remove from list');
  await expect(page.getByTestId('team-enter')).toHaveCount(0);
  await sample(page, (s) => s.membership('take', { kind: 'member' }));
  await expect(page.getByTestId('composer-input')).toHaveValue('Bed 5 is');
});
