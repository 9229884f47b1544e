import type { Page } from '@playwright/test';
import { chat, expect, painted, sample, start, test } from './app';

/** What a change does to the document of the chat list. */
type Touched = {
  /** Names in the rows that were drawn again inside. */
  redrawn: string[];
  /** Rows that came into the document, or were moved in it. */
  put: number;
  /** Rows of which only the place in the list was changed. */
  shifted: number;
};

declare global {
  interface Window {
    touched?: () => Touched;
  }
}

/** Follows all that happens in the chat list's document until `window.touched()`. */
async function watch(page: Page): Promise<void> {
  await page.getByTestId('chat-list').evaluate((list) => {
    const redrawn = new Set<Element>();
    const put = new Set<Node>();
    const shifted = new Set<Node>();
    const take = (records: MutationRecord[]): void => {
      for (const record of records) {
        const element = record.target instanceof Element ? record.target : record.target.parentElement;
        const row = element?.closest('li');
        if (element === list) record.addedNodes.forEach((node) => put.add(node));
        else if (element === row && element !== null) shifted.add(element);
        else if (row !== null && row !== undefined) redrawn.add(row);
      }
    };
    const observer = new MutationObserver(take);
    observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
    window.touched = () => {
      take(observer.takeRecords());
      observer.disconnect();
      const names = [...redrawn].map((row) => row.querySelector('.name')?.textContent ?? '');
      return { redrawn: names, put: [...put].filter((node) => node instanceof Element).length, shifted: shifted.size };
    };
  });
}

async function touched(page: Page): Promise<Touched> {
  await painted(page);
  return page.evaluate(() => window.touched?.() ?? { redrawn: [], put: 0, shifted: 0 });
}

/** Few chats and many: whatever a change touches must be as much in both. */
const sizes = [100, 10_000];

for (const size of sizes) {
  test.describe(`among ${String(size)} chats`, () => {
    test.beforeEach(async ({ page }) => {
      // Times in the rows stand still.
      await page.clock.setFixedTime(new Date('2026-11-24T15:00:00'));
      await start(page, `?people=${String(size)}`);
      await sample(page, (s) => s.hold());
      await expect(page.getByTestId('chat-list')).toHaveAttribute('data-length', String(size + 21));
    });

    test('somebody who types draws their row alone', async ({ page }) => {
      await watch(page);
      await sample(page, (s) => s.typing('tom', ['Tom Okafor']));
      await expect(chat(page, 'Tom Okafor').getByTestId('chat-preview')).toHaveText('Typing…');
      expect(await touched(page)).toEqual({ redrawn: ['Tom Okafor'], put: 0, shifted: 0 });
    });

    test('a change of a row that is not in the document draws nothing', async ({ page }) => {
      await watch(page);
      await sample(page, (s) => s.typing('extra90', ['Somebody']));
      // What comes after it is drawn.
      await sample(page, (s) => s.typing('tom', ['Tom Okafor']));
      await expect(chat(page, 'Tom Okafor').getByTestId('chat-preview')).toHaveText('Typing…');
      expect(await touched(page)).toEqual({ redrawn: ['Tom Okafor'], put: 0, shifted: 0 });
    });

    test('a message far down brings its row up, and the others only give way', async ({ page }) => {
      const drawn = await page.getByTestId('chat-row').count();
      await watch(page);
      await sample(page, (s) => s.arrive('extra90', 'Could you look at bed 2?'));
      await expect(page.locator('li[aria-posinset="2"]')).toContainText('Could you look at bed 2?');
      const { redrawn, put, shifted } = await touched(page);
      expect(redrawn).toEqual([]);
      expect(put).toBe(1);
      expect(shifted).toBeLessThanOrEqual(drawn);
    });

    test('a message in a row that is in view draws this one alone', async ({ page }) => {
      await watch(page);
      await sample(page, (s) => s.arrive('tom', 'Could you look at bed 2?'));
      await expect(page.locator('li[aria-posinset="2"]')).toContainText('Could you look at bed 2?');
      const { redrawn, shifted } = await touched(page);
      expect(redrawn).toEqual(['Tom Okafor']);
      // Tom’s row, and those above which it came.
      expect(shifted).toBeLessThanOrEqual(10);
    });

    test('deep down in the list a message elsewhere draws no row again', async ({ page }) => {
      const scroller = page.getByTestId('chat-scroller');
      await scroller.evaluate((view) => view.scrollTo(0, 72 * 60));
      await painted(page);
      await watch(page);
      await sample(page, (s) => s.arrive('extra90', 'Could you look at bed 2?'));
      expect((await touched(page)).redrawn).toEqual([]);
      await scroller.evaluate((view) => view.scrollTo(0, 0));
      await expect(page.locator('li[aria-posinset="2"]')).toContainText('Could you look at bed 2?');
    });
  });
}
