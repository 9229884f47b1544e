import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TextToken } from '../backend/types';
import { beginning } from './fold';

const plain = (text: string): TextToken[] => [{ kind: 'plain', text }];
const written = (tokens: readonly TextToken[]): string => tokens.map((token) => token.text).join('');

test('what is read at a glance is not folded', () => {
  expect(beginning(plain('Bed 4 is ready.'))).toBeNull();
  expect(beginning(plain('line\n'.repeat(25)))).toBeNull();
  expect(beginning(plain('word '.repeat(300)))).toBeNull();
});

test.each([
  ['1,500 lines', 'line of a list\n'.repeat(1500)],
  ['a very long line', 'word '.repeat(20_000)],
  ['a line without a space', 'x'.repeat(100_000)],
  ['thousands of emoji', '👩🏽‍⚕️'.repeat(5000)],
  ['empty lines only', '\n'.repeat(5000)],
  ['ideographs', '患者'.repeat(5000)],
])('%s: the beginning is shown, a part of the view high', (_, text) => {
  const shown = written(beginning(plain(text)) ?? []);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.length).toBeLessThan(6000);
  expect(shown.split('\n').length).toBeLessThanOrEqual(21);
  expect(text.startsWith(shown)).toBe(true);
});

test('a folded text is cut between characters and between words', () => {
  const emoji = written(beginning(plain('👩🏽‍⚕️'.repeat(5000))) ?? []);
  expect(emoji.length % '👩🏽‍⚕️'.length).toBe(0);
  const sentence = written(beginning(plain('observations '.repeat(1000))) ?? []);
  expect(sentence.endsWith('observations')).toBe(true);
});

test('what stands beside other things is folded sooner', () => {
  expect(beginning(plain('purpose\n'.repeat(12)), 'compact')).not.toBeNull();
  expect(beginning(plain('Handover of Ward 7B, morning and evening'), 'compact')).toBeNull();
});

test('a beginning keeps what each part is, and is the beginning', () => {
  const token = fc.oneof(
    fc.record({ kind: fc.constantFrom('plain' as const, 'strong' as const, 'code' as const), text: fc.tuple(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '患', '👩🏽‍⚕️', 'e\u0301', '\u202e'), maxLength: 12 }), fc.nat(200)).map(([text, times]) => text.repeat(times)) }),
    fc.constant({ kind: 'link' as const, text: 'https://nhs.uk/a/long/way', url: 'https://nhs.uk/a/long/way' }),
    fc.record({ kind: fc.constant('plain' as const), text: fc.nat(40).map((lines) => 'a\n'.repeat(lines)) }),
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const shown = beginning(tokens);
      if (shown === null) return;
      const text = written(tokens);
      expect(text.startsWith(written(shown))).toBe(true);
      expect(written(shown).length).toBeLessThan(text.length);
      shown.forEach((part, index) => expect(part.kind).toBe(tokens[index]?.kind));
    }),
  );
});
