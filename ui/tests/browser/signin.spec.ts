import { expect, sample, start, test } from './app';

async function fill(page: Parameters<typeof start>[0], address: string, password: string): Promise<void> {
  await page.getByTestId('signin-address').fill(address);
  await page.getByTestId('signin-password').fill(password);
}

test('signing in shows the chat list', async ({ page }) => {
  await start(page, '?first=signed-out');
  await expect(page.getByTestId('signin-address')).toBeFocused();
  await fill(page, 'maya@stalban.example', 'secret');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('chat-row').first()).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-ready', 'inbox');
});

test('each failure says what happened and keeps what was typed', async ({ page }) => {
  await start(page, '?first=signed-out');
  const cases = [
    ['maya', 'x', 'addressMalformed', 'complete address'],
    ['maya@stalban.example', '', 'passwordEmpty', 'empty'],
    ['maya@stalban.example', 'wrong', 'notAuthorised', 'not right'],
    ['maya@nowhere.example', 'x', 'serverNotFound', 'No server was found'],
  ] as const;
  for (const [address, password, code, text] of cases) {
    await fill(page, address, password);
    await page.getByTestId('signin-submit').click();
    const error = page.getByTestId('signin-error');
    await expect(error).toHaveAttribute('data-code', code);
    await expect(error).toContainText(text);
    await expect(error).toBeInViewport();
    await expect(page.getByTestId('signin-address')).toHaveValue(address);
    await expect(page.getByTestId('signin-password')).toHaveValue(password);
  }
});

test('a certificate that is not trusted sends nothing and names the way out', async ({ page }) => {
  await start(page, '?first=signed-out');
  await sample(page, (s) => s.failNext('signIn', { code: 'certificateUnknownIssuer' }));
  await fill(page, 'maya@stalban.example', 'secret');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('signin-error')).toContainText('nothing was sent');
});

test('server options are folded away and are sent when filled in', async ({ page }) => {
  await start(page, '?first=signed-out');
  await expect(page.getByTestId('signin-host')).toHaveCount(0);
  await page.getByTestId('signin-options').click();
  await page.getByTestId('signin-host').fill('chat.stalban.example');
  await page.getByTestId('signin-security').selectOption('startTls');
  await page.getByTestId('signin-ca').fill('/etc/hospital.pem');
  await fill(page, 'maya@stalban.example', 'secret');
  await page.getByTestId('signin-port').fill('99999');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('signin-mistake')).toContainText('65535');
  await page.getByTestId('signin-port').fill('');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('chat-list')).toBeVisible();
  const form = await sample(page, (s) => s.calls.find((call) => call.command === 'signIn')?.args[0]);
  expect(form).toMatchObject({
    server: { kind: 'explicit', host: 'chat.stalban.example', port: 5222, security: 'startTls' },
    extraCaFile: '/etc/hospital.pem',
    keyProtection: { kind: 'keyring' },
  });
});

test('the password can be shown and hidden', async ({ page }) => {
  await start(page, '?first=signed-out');
  const password = page.getByTestId('signin-password');
  await expect(password).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(password).toHaveAttribute('type', 'text');
});

test('without a keyring a passphrase is an explicit choice', async ({ page }) => {
  await start(page, '?first=signed-out&keyring=missing');
  await fill(page, 'maya@stalban.example', 'secret');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('key-choice')).toBeVisible();
  await expect(page.getByTestId('signin-passphrase')).toBeFocused();
  await page.getByTestId('signin-passphrase').fill('short');
  await page.getByTestId('signin-passphrase-again').fill('different');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('signin-mistake')).toBeVisible();
  await page.getByTestId('signin-passphrase-again').fill('short');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('signin-error')).toHaveAttribute('data-code', 'passphraseTooShort');
  await page.getByTestId('signin-passphrase').fill('correct horse');
  await page.getByTestId('signin-passphrase-again').fill('correct horse');
  await page.getByTestId('signin-submit').click();
  await expect(page.getByTestId('chat-list')).toBeVisible();
});

test('a locked database asks for its passphrase until it is right', async ({ page }) => {
  await start(page, '?first=locked');
  await page.getByTestId('unlock-passphrase').fill('wrong horse');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('unlock-error')).toHaveAttribute('data-code', 'passphraseWrong');
  await expect(page.getByTestId('unlock-passphrase')).toBeFocused();
  await page.getByTestId('unlock-passphrase').fill('correct horse');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('chat-list')).toBeVisible();
});

test('a database that cannot be opened says that nothing was changed', async ({ page }) => {
  await start(page, '?first=blocked');
  await expect(page.getByTestId('blocked-error')).toContainText('Nothing was changed');
});

test('a database moved aside is said on the first screen and can be put away', async ({ page }) => {
  await start(page, '?notice');
  await expect(page.getByTestId('notice')).toContainText('not deleted');
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('notice')).toHaveCount(0);
});

test('a password that no longer works is asked for again, with the address kept', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.connection({ kind: 'failed', error: { code: 'notAuthorised' } }));
  await page.getByTestId('connection-state').getByRole('button').click();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page.getByTestId('signin-address')).toHaveValue('maya.lindqvist@stalban.example');
  await expect(page.getByTestId('signin-password')).toBeFocused();
  expect(await sample(page, (s) => s.calls.filter((call) => call.command === 'signOut').map((call) => call.args[0]))).toEqual(['keep']);
});

test('signing out asks what stays and does as told', async ({ page }) => {
  await start(page);
  await page.getByTestId('open-account').click();
  await page.getByTestId('sign-out').click();
  await expect(page.getByTestId('sign-out-keep')).toBeChecked();
  await page.getByTestId('sign-out-wipe').check();
  await page.getByTestId('sign-out-submit').click();
  await expect(page.getByTestId('signin')).toBeVisible();
  expect(await sample(page, (s) => s.calls.filter((call) => call.command === 'signOut').map((call) => call.args[0]))).toEqual(['wipe']);
});
