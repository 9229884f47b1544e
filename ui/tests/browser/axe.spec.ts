import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { chat, expect, openChat, sample, start, test } from './app';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules of WCAG 2.2 A and AA and the best practices, all of them. */
async function violations(page: Page): Promise<string[]> {
  // Colours are judged when nothing moves any more but what never ends.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    return Promise.all(ending.map((one) => one.finished.catch(() => undefined)));
  });
  await page.evaluate(source);
  const results: AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`),
  );
}

const screens: Record<string, { query: string; go: (page: Page) => Promise<void> }> = {
  'sign-in': { query: '?first=signed-out', go: async () => undefined },
  'sign-in with options, error and key choice': {
    query: '?first=signed-out&keyring=missing',
    go: async (page) => {
      await page.getByTestId('signin-options').click();
      await page.getByTestId('signin-address').fill('maya@stalban.example');
      await page.getByTestId('signin-password').fill('secret');
      await page.getByTestId('signin-submit').click();
      await page.getByTestId('signin-submit').click();
      await expect(page.getByTestId('signin-error')).toBeVisible();
    },
  },
  locked: {
    query: '?first=locked',
    go: async (page) => {
      await page.getByTestId('unlock-submit').click();
      await expect(page.getByTestId('unlock-error')).toBeVisible();
    },
  },
  blocked: { query: '?first=blocked', go: async () => undefined },
  'chat list': { query: '?notice', go: async () => undefined },
  'chats put aside': {
    query: '',
    go: async (page) => {
      await page.getByTestId('chat-filter').focus();
      for (const key of ['ArrowDown', 'End', 'Enter']) await page.keyboard.press(key);
      await expect(page.getByTestId('archive-row')).toHaveAttribute('aria-expanded', 'true');
    },
  },
  'menu of a chat': {
    query: '',
    go: async (page) => {
      await chat(page, 'Beds and flow').click({ button: 'right' });
      await expect(page.getByTestId('chat-menu')).toBeVisible();
    },
  },
  'menu of text': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Asha Verma');
      await page.getByTestId('composer-input').fill('bed 4');
      await page.getByTestId('composer-input').press('Shift+F10');
      await expect(page.getByTestId('text-menu')).toBeVisible();
    },
  },
  'a long message': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Asha Verma');
      await page.evaluate(() => window.wardlineSample?.arrive('asha', 'observations due\n'.repeat(100)));
      await expect(page.getByTestId('fold')).toBeVisible();
    },
  },
  'a link before it opens': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Asha Verma');
      await page.evaluate(() => window.wardlineSample?.arrive('asha', 'https://nhs.uk@evil.example/'));
      await page.getByTestId('message-link').last().click();
      await expect(page.getByTestId('link-dialog')).toBeVisible();
    },
  },
  'all marked as read': {
    query: '',
    go: async (page) => {
      // The moment to undo it does not pass while it is looked at.
      await page.evaluate(() => {
        const later = window.setTimeout.bind(window);
        window.setTimeout = ((act: () => void, delay?: number) => (delay === 6000 ? 0 : later(act, delay))) as typeof window.setTimeout;
      });
      await page.getByTestId('mark-all-read').click();
      await expect(page.getByTestId('undo')).toBeVisible();
    },
  },
  'empty list': { query: '?empty', go: async () => undefined },
  thread: { query: '', go: (page) => openChat(page, 'Asha Verma') },
  'team chat with a gap': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Ward 7B handover');
      await page.getByTestId('gap').scrollIntoViewIfNeeded();
      await expect(page.getByTestId('gap')).toBeInViewport();
    },
  },
  calendar: {
    query: '',
    go: async (page) => {
      await openChat(page, 'Asha Verma');
      await page.getByTestId('thread-date').click();
      await expect(page.getByTestId('date-dialog')).toBeVisible();
    },
  },
  'failed message, offline': {
    query: '',
    go: async (page) => {
      await sample(page, (s) => s.connection({ kind: 'failed', error: { code: 'conflict' } }));
      await page.getByTestId('chat-filter').fill('oliver');
      await openChat(page, 'Oliver Quist');
      await expect(page.getByTestId('failed')).toBeVisible();
    },
  },
  'delivery states': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Asha Verma');
      await sample(page, (s) => s.typing('asha', ['Asha Verma']));
      await sample(page, (s) => s.typing('take', ['Helen Strand', 'Callum Reid']));
      await sample(page, (s) => s.change('asha', 2, { delivery: 'delivered', edited: true }));
      await sample(page, (s) => s.change('asha', 4, { delivery: 'waiting' }));
      await sample(page, (s) => s.change('asha', 5, { retracted: true, text: [] }));
    },
  },
  switcher: {
    query: '',
    go: async (page) => {
      await page.keyboard.press('Control+k');
      await page.keyboard.press('ArrowDown');
      await expect(page.getByTestId('switcher-option').nth(1)).toHaveAttribute('aria-selected', 'true');
    },
  },
  'new chat': { query: '', go: (page) => page.keyboard.press('Control+n') },
  'new chat with answers': {
    query: '',
    go: async (page) => {
      await page.keyboard.press('Control+n');
      await sample(page, (s) => s.directory('notOffered'));
      await page.keyboard.type('ward 7b');
      await expect(page.getByTestId('person-option')).toHaveCount(4);
      await page.keyboard.press('ArrowDown');
    },
  },
  'new team with people chosen': {
    query: '',
    go: async (page) => {
      await page.keyboard.press('Control+Shift+n');
      await page.getByTestId('picker-address').fill('tom');
      await page.getByTestId('person-option').first().click();
      await page.getByTestId('picker-address').fill('ward 7b');
      await expect(page.getByTestId('person-option')).toHaveCount(3);
      await page.getByTestId('new-team-submit').click();
      await expect(page.getByTestId('picker-unfinished')).toBeVisible();
    },
  },
  'open teams': {
    query: '',
    go: async (page) => {
      await page.keyboard.press('Control+n');
      await page.getByTestId('browse-teams-button').click();
      await expect(page.getByTestId('open-team-go')).toHaveCount(5);
    },
  },
  'team details and mentions': {
    query: '?teams',
    go: async (page) => {
      await openChat(page, 'Medical take');
      await expect(page.getByTestId('since-bar')).toBeVisible();
      await sample(page, (s) => s.arrive('take', 'Thanks @Helen Strand and @everyone', 'sam'));
      await page.getByTestId('team-details-button').click();
      await expect(page.getByTestId('team-member').first()).toBeVisible();
      await page.getByTestId('team-level-mentions').check();
    },
  },
  'name and purpose of a team': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Medical take');
      await page.getByTestId('team-details-button').click();
      await page.getByTestId('team-edit').click();
      await page.getByTestId('team-edit-name').fill('');
      await page.getByTestId('team-edit-save').click();
      await expect(page.getByTestId('team-edit-error')).toBeVisible();
    },
  },
  'a member over a narrow thread': {
    query: '',
    go: async (page) => {
      await page.setViewportSize({ width: 900, height: 600 });
      await openChat(page, 'Medical take');
      await page.getByTestId('team-details-button').click();
      await page.getByTestId('team-member').nth(1).click();
      await expect(page.getByTestId('member-card')).toBeVisible();
    },
  },
  'leaving a team': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Medical take');
      await page.getByTestId('team-details-button').click();
      await page.getByTestId('team-leave').click();
      await expect(page.getByTestId('team-confirm')).toBeVisible();
    },
  },
  'people to mention': {
    query: '',
    go: async (page) => {
      await openChat(page, 'Medical take');
      await page.getByTestId('composer-input').fill('@');
      await expect(page.getByTestId('mention-option').first()).toBeVisible();
    },
  },
  'notices of a team': {
    query: '',
    go: async (page) => {
      await page.getByTestId('chat-filter').fill('stroke');
      await openChat(page, 'Stroke pathway');
      await sample(page, (s) => s.notice('stroke', null, { kind: 'added', who: ['A', 'B', 'C', 'D'].map((name) => ({ kind: 'other', name })) }));
      await page.getByTestId('notice-names').click();
    },
  },
  invitation: { query: '?teams', go: (page) => openChat(page, 'Registrar rota') },
  'blocked people and teams': {
    query: '',
    go: async (page) => {
      await chat(page, 'Tom Okafor').click({ button: 'right' });
      await page.getByTestId('chat-menu-block').click();
      await page.getByTestId('open-settings').click();
      await page.getByTestId('open-blocked').click();
      await expect(page.getByTestId('blocked-one')).toBeVisible();
    },
  },
  settings: {
    query: '',
    go: async (page) => {
      await page.getByTestId('open-settings').click();
      await page.getByTestId('notify-senderAndText').check();
      await page.getByTestId('quiet-hour').click();
    },
  },
  shortcuts: { query: '', go: (page) => page.keyboard.press('?') },
  account: { query: '', go: (page) => page.getByTestId('open-account').click() },
  'sign out': {
    query: '',
    go: async (page) => {
      await page.getByTestId('open-account').click();
      await page.getByTestId('sign-out').click();
      await page.getByTestId('sign-out-wipe').check();
    },
  },
  diagnostics: {
    query: '',
    go: async (page) => {
      await page.keyboard.press('Control+Shift+d');
      await page.getByTestId('check').first().click();
      await expect(page.getByTestId('check-result')).toBeVisible();
      await page.getByTestId('held-details').first().click();
      await page.getByTestId('copy-report').click();
      await expect(page.getByTestId('report')).toBeVisible();
    },
  },
  'diagnostics without a connection': {
    query: '?offline',
    go: async (page) => {
      await page.getByTestId('open-settings').click();
      await page.getByTestId('open-diagnostics').click();
      await expect(page.getByTestId('held-row').first()).toBeVisible();
    },
  },
  'first sync': {
    query: '?empty',
    go: async (page) => {
      await sample(page, (s) => s.connection({ kind: 'fetching', done: 3, of: 12 }));
      await page.getByTestId('connection-state').getByRole('button').click();
      await expect(page.getByTestId('connection-dialog').getByRole('progressbar')).toBeVisible();
    },
  },
  connection: {
    query: '',
    go: async (page) => {
      await sample(page, (s) => s.connection({ kind: 'failed', error: { code: 'notAuthorised' } }));
      await page.getByTestId('connection-state').getByRole('button').click();
    },
  },
};

const appearances = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'more contrast': { colorScheme: 'light', contrast: 'more' },
  'more contrast, dark': { colorScheme: 'dark', contrast: 'more' },
  'forced colours': { colorScheme: 'light', forcedColors: 'active' },
} as const;

for (const [appearance, media] of Object.entries(appearances)) {
  test.describe(appearance, () => {
    for (const [name, { query, go }] of Object.entries(screens)) {
      test(`${name} has no accessibility violations`, async ({ page }) => {
        await page.emulateMedia(media);
        await start(page, query);
        await go(page);
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}
