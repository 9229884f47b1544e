import type { Page } from '@playwright/test';
import { chat, expect, openChat, sample, start, test } from './app';

const LONG = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(5).slice(0, 168);
const WORD = 'x'.repeat(400);

/** What is wider than the window or scrolls sideways within it, unless something around it cuts it. */
async function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const edge = window.innerWidth + 1;
    const isCut = (element: HTMLElement): boolean => {
      for (let parent = element.parentElement; parent !== null && parent !== document.body; parent = parent.parentElement) {
        if (getComputedStyle(parent).overflowX !== 'visible' && parent.getBoundingClientRect().right <= edge) return true;
      }
      return false;
    };
    const isWide = (element: HTMLElement): boolean => {
      const { overflowX } = getComputedStyle(element);
      const scrolls = (overflowX === 'auto' || overflowX === 'scroll') && element.scrollWidth > element.clientWidth + 1;
      return scrolls || (element.checkVisibility() && element.getBoundingClientRect().right > edge && !isCut(element));
    };
    return [...document.querySelectorAll<HTMLElement>('body *')].filter(isWide).map(({ tagName, className }) => `${tagName}.${className}`);
  });
}

test('a very long name and a very long word scroll nothing sideways', async ({ page }) => {
  await start(page);
  await sample(page, (hospital) => hospital.person('flow', { name: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(5).slice(0, 168) }));
  await openChat(page, LONG);
  await expect(page.getByTestId('bubble').last()).toBeVisible();
  await sample(page, (hospital) => hospital.arrive('flow', 'x'.repeat(400), 'Wolfeschlegelsteinhausenbergerdorff'.repeat(5).slice(0, 168)));
  await expect(page.getByTestId('bubble').last()).toContainText(WORD);
  expect(await sideways(page)).toEqual([]);
  const timeline = page.getByTestId('timeline');
  expect(await timeline.evaluate((view) => view.scrollWidth - view.clientWidth)).toBeLessThanOrEqual(0);

  await page.getByTestId('team-details-button').click();
  await expect(page.getByTestId('team-name')).toHaveText(LONG);
  expect(await sideways(page)).toEqual([]);

  await page.keyboard.press('Control+k');
  await page.getByTestId('switcher-input').fill('wolf');
  await expect(page.getByTestId('switcher-option').first()).toContainText(LONG);
  expect(await sideways(page)).toEqual([]);
});

test('a name that could be taken for a colleague says so in the list, in the head and beside the text', async ({ page }) => {
  await start(page);
  await sample(page, (hospital) => hospital.person('callum', { resembles: 'Asha Verma' }));
  await expect(chat(page, 'Callum Reid').getByTestId('lookalike')).toHaveAttribute('title', 'Not the Asha Verma you know');
  await openChat(page, 'Callum Reid');
  await expect(page.getByTestId('lookalike').filter({ hasText: 'Not the Asha Verma you know' }).first()).toBeVisible();
});
