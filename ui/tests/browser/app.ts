import { test as base, expect, type Locator, type Page } from '@playwright/test';
import type { SampleControls } from '../../src/lib/backend/sample/controls';

export { expect };

/** A page that fails its test on any error, warning or breach of the content security policy. */
export const test = base.extend<{ strict: undefined }>({
  strict: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (line) => {
        if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text());
      });
      // As the window does (freezePrototype).
      await page.addInitScript(() => Object.freeze(Object.prototype));
      await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
      await use(undefined);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens the interface and waits until its first screen is painted. */
export async function start(page: Page, query = ''): Promise<void> {
  await page.goto(`/${query}`);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
}

/** Pulls a lever of the sample hospital. */
export async function sample<Answer>(page: Page, pull: (sample: SampleControls) => Answer): Promise<Answer> {
  return page.evaluate(`(${pull.toString()})(window.wardlineSample)`);
}

/** The chat list's row of somebody. */
export function chat(page: Page, name: string): Locator {
  return page.getByTestId('chat-row').filter({ has: page.getByText(name, { exact: true }) });
}

/** Opens somebody's thread. */
export async function openChat(page: Page, name: string): Promise<void> {
  await chat(page, name).click();
  await expect(page.getByTestId('thread-name')).toHaveText(name);
  await expect(page.getByTestId('timeline')).toBeVisible();
}

/** Distance of the thread's end from the lower edge of the view, in pixels. */
export async function fromEnd(page: Page): Promise<number> {
  return page.getByTestId('timeline').evaluate((view) => view.scrollHeight - view.clientHeight - view.scrollTop);
}

/** Waits for the frame after the next. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
