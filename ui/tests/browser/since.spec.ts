import { expect, openChat, sample, start, test } from './app';

test('a chat whose unread line is in view needs no bar', async ({ page }) => {
  await start(page);
  await openChat(page, 'Asha Verma');
  await expect(page.getByTestId('unread-line')).toBeInViewport();
  await expect(page.getByTestId('since-bar')).toHaveCount(0);
});

test('mentions among what is new are gone to one after the other', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.arriveMany('take', 60));
  await sample(page, (s) => s.arrive('take', '@everyone to resus', 'sam'));
  await openChat(page, 'Medical take');
  const bar = page.getByTestId('since-bar');
  await expect(bar).toContainText('2 mention you');
  await expect(bar).toContainText('64 new');
  await expect(page.getByTestId('since-first')).toHaveCount(0);
  const mention = (text: string): ReturnType<typeof page.getByTestId> => page.getByTestId('message').filter({ hasText: text });
  const next = page.getByTestId('since-next');
  await next.click();
  await expect(mention('please restart his anticoagulation')).toBeInViewport();
  await expect(next).toContainText('1 of 2');
  await next.click();
  await expect(mention('@everyone to resus')).toBeInViewport();
  await expect(next).toBeFocused();
  await next.click();
  await expect(mention('please restart his anticoagulation')).toBeInViewport();
  await expect(next).toContainText('1 of 2');
});

test('the way back to the first new message is offered where it is out of view, and the bar can be closed', async ({ page }) => {
  await start(page);
  await sample(page, (s) => s.arriveMany('take', 60));
  await openChat(page, 'Medical take');
  await page.getByTestId('jump').click();
  await expect(page.getByTestId('unread-line')).not.toBeInViewport();
  await page.getByTestId('since-first').click();
  await expect(page.getByTestId('unread-line')).toBeInViewport();
  await page.getByTestId('since-dismiss').click();
  await expect(page.getByTestId('since-bar')).toHaveCount(0);
  await page.getByTestId('jump').click();
  await expect(page.getByTestId('since-bar')).toHaveCount(0);
});

test('without mentions it is said where one lands elsewhere, until the line was seen', async ({ page }) => {
  await page.clock.install({ time: new Date('2026-11-24T15:00:00') });
  await start(page);
  await sample(page, (s) => s.arriveMany('tom', 60));
  // The thread opens at its line and goes on at once: no time passes between but what is let pass here.
  await page.clock.pauseAt(new Date('2026-11-24T15:10:00'));
  await sample(page, (s) => s.show('tom', 2));
  await expect(async () => {
    await page.clock.runFor(20);
    await expect(page.getByTestId('since-bar')).toContainText('60 new', { timeout: 200 });
  }).toPass();
  await page.clock.resume();
  await page.getByTestId('since-first').click();
  await expect(page.getByTestId('unread-line')).toBeInViewport();
  await expect(page.getByTestId('since-bar')).toHaveCount(0);
});

test('the messages stay where they are when the bar comes and goes', async ({ page }) => {
  await start(page);
  await openChat(page, 'Medical take');
  const last = page.getByTestId('message').last();
  const before = await last.boundingBox();
  await page.getByTestId('since-dismiss').click();
  expect(await last.boundingBox()).toEqual(before);
});
