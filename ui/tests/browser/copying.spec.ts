import type { Page } from '@playwright/test';
import { expect, openChat, sample, start, test } from './app';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

/** Selects from so many characters into one message to so many characters into another, counted from the newest. */
async function select(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.evaluate(
    ({ from, to }) => {
      const place = ([back, at]: [number, number]): [Node, number] => {
        const words = [...document.querySelectorAll('[data-words]')].at(-1 - back);
        const walk = document.createTreeWalker(words ?? document.body, NodeFilter.SHOW_TEXT);
        let rest = at;
        for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
          const length = node.textContent?.length ?? 0;
          if (rest <= length) return [node, rest];
          rest -= length;
        }
        throw new Error('no such place');
      };
      document.getSelection()?.setBaseAndExtent(...place(from), ...place(to));
    },
    { from, to },
  );
}

async function clipboard(page: Page, type: 'text/plain' | 'text/html'): Promise<string | null> {
  return page.evaluate(async (type) => {
    const [item] = await navigator.clipboard.read();
    return item?.types.includes(type) === true ? (await item.getType(type)).text() : null;
  }, type);
}

/** Three messages of today. */
async function three(page: Page): Promise<void> {
  await start(page);
  await openChat(page, 'Ward 7B handover');
  await sample(page, (s) => {
    s.arrive('ward7b', 'Bed 4: K+ *6.1*', 'tom');
    s.arrive('ward7b', 'Repeat sent <stat>', 'priya');
    s.arrive('ward7b', 'Gas at 15:00', 'priya');
  });
  await expect(page.getByTestId('message').last()).toContainText('Gas at 15:00');
}

test('several messages are copied with who and when, as text and as HTML', async ({ page }) => {
  await three(page);
  await select(page, [2, 0], [0, 12]);
  await page.keyboard.press('Control+c');
  const plain = (await clipboard(page, 'text/plain')) ?? '';
  expect(plain.split('\n')).toEqual([
    expect.stringMatching(/^Tom Okafor, \d\d:\d\d: Bed 4: K\+ .*6\.1.*$/),
    expect.stringMatching(/^.+, \d\d:\d\d: Repeat sent <stat>$/),
    expect.stringMatching(/^.+, \d\d:\d\d: Gas at 15:00$/),
  ]);
  const html = (await clipboard(page, 'text/html')) ?? '';
  expect(html).toContain('Tom Okafor');
  expect(html).toContain('Repeat sent &lt;stat&gt;');
});

test('of the first and the last message only what is selected is copied', async ({ page }) => {
  await three(page);
  await select(page, [1, 7], [0, 3]);
  await page.keyboard.press('Control+c');
  expect(((await clipboard(page, 'text/plain')) ?? '').split('\n')).toEqual([
    expect.stringMatching(/, \d\d:\d\d: sent <stat>$/),
    expect.stringMatching(/, \d\d:\d\d: Gas$/),
  ]);
});

test('within one message the text is copied as it is', async ({ page }) => {
  await three(page);
  await select(page, [1, 0], [1, 18]);
  await page.keyboard.press('Control+c');
  expect(await clipboard(page, 'text/plain')).toBe('Repeat sent <stat>');
});

test('days are said where the messages are of several', async ({ page }) => {
  await three(page);
  const days = await page.evaluate(() => {
    const all = [...document.querySelectorAll('[data-words]')];
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined) return 0;
    document.getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length);
    return new Set([...document.querySelectorAll('[data-testid="message"] time')].map((time) => new Date(time.getAttribute('datetime') ?? '').toDateString())).size;
  });
  expect(days).toBeGreaterThan(1);
  await page.keyboard.press('Control+c');
  const lines = ((await clipboard(page, 'text/plain')) ?? '').split('\n');
  expect(lines.filter((line) => /^\w+day,? \d{1,2} \w+ \d{4}$/.test(line))).toHaveLength(days);
});

test('the menu copies the same', async ({ page }) => {
  await three(page);
  await select(page, [2, 0], [0, 12]);
  await page.getByTestId('message').nth(-2).getByTestId('bubble').click({ button: 'right' });
  await expect(page.getByTestId('text-menu').getByRole('menuitem')).toHaveText(['Copy']);
  await page.getByTestId('text-menu-copy').click();
  const plain = (await clipboard(page, 'text/plain')) ?? '';
  expect(plain.split('\n')).toHaveLength(3);
  expect(plain).toMatch(/^Tom Okafor, \d\d:\d\d: Bed 4/);
});
