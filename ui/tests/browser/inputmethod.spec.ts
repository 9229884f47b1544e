import type { Page } from '@playwright/test';
import { expect, openChat, sample, start, test } from './app';

type Step = { type: string; key?: string; keyCode?: number; isComposing?: boolean };

/** The events of an input method at the element with the focus, as an engine sends them. */
async function compose(page: Page, steps: Step[]): Promise<void> {
  await page.evaluate((steps) => {
    for (const { type, key = '', keyCode = 0, isComposing = false } of steps) {
      const init = { key, keyCode, isComposing, bubbles: true, cancelable: true };
      const event = type.startsWith('composition') ? new CompositionEvent(type, init) : new KeyboardEvent(type, init);
      document.activeElement?.dispatchEvent(event);
    }
  }, steps);
}

const engines: Record<string, (key: string) => Step[]> = {
  'Chromium: within the composition': (key) => [
    { type: 'compositionstart' },
    { type: 'keydown', key, keyCode: 229, isComposing: true },
    { type: 'compositionend' },
    { type: 'keyup', key },
  ],
  'WebKit on macOS: code 229 after the end': (key) => [
    { type: 'compositionstart' },
    { type: 'compositionend' },
    { type: 'keydown', key, keyCode: 229 },
    { type: 'keyup', key },
  ],
  'WebKitGTK: an ordinary key right after the end': (key) => [
    { type: 'compositionstart' },
    { type: 'compositionend' },
    { type: 'keydown', key, keyCode: key === 'Enter' ? 13 : 27 },
    { type: 'keyup', key },
  ],
};

const sent = (page: Page): Promise<number> => sample(page, (s) => s.calls.filter(({ command }) => command === 'send').length);

for (const [engine, steps] of Object.entries(engines)) {
  test(`${engine}: Enter of an input method sends, chooses and submits nothing`, async ({ page }) => {
    await start(page);
    await openChat(page, 'Asha Verma');
    const input = page.getByTestId('composer-input');
    await input.fill('half a w');
    await compose(page, steps('Enter'));
    expect(await sent(page)).toBe(0);
    await expect(input).toHaveValue('half a w');

    await page.keyboard.press('Control+k');
    await page.getByTestId('switcher-input').fill('tom');
    await compose(page, steps('Enter'));
    await expect(page.getByTestId('switcher')).toBeVisible();
    await compose(page, steps('Escape'));
    await expect(page.getByTestId('switcher')).toBeVisible();
    await page.keyboard.press('Escape');

    await page.getByTestId('chat-filter').fill('tom');
    await compose(page, steps('Enter'));
    await expect(page.getByTestId('thread-name')).toHaveText('Asha Verma');
    await compose(page, steps('Escape'));
    await expect(page.getByTestId('chat-filter')).toHaveValue('tom');

    // The next key is the writer's again.
    await input.focus();
    await page.keyboard.press('Enter');
    expect(await sent(page)).toBe(1);
  });
}
