import { expect, test } from 'vitest';
import { dayInFull } from '../strings/when';
import { asHtml, asPlainText } from './messages';

const at = (day: number, hour: number, minute: number): number => new Date(2026, 10, day, hour, minute).getTime();

test('several messages say who and when', () => {
  const text = asPlainText([
    { author: 'Ana Silva', at: at(30, 14, 5), text: 'K+ is 6.1' },
    { author: 'Ben Okafor', at: at(30, 14, 6), text: 'Thanks.\nRepeat at 15:00' },
  ]);
  expect(text).toBe('Ana Silva, 14:05: K+ is 6.1\nBen Okafor, 14:06: Thanks.\nRepeat at 15:00');
});

test('days are said where there is more than one', () => {
  const text = asPlainText([
    { author: 'Ana', at: at(29, 23, 58), text: 'a' },
    { author: 'Ben', at: at(30, 0, 2), text: 'b' },
    { author: 'Ben', at: at(30, 0, 3), text: 'c' },
  ]);
  expect(text).toBe(`${dayInFull(at(29, 12, 0))}\nAna, 23:58: a\n\n${dayInFull(at(30, 12, 0))}\nBen, 00:02: b\nBen, 00:03: c`);
});

test('nothing of a message becomes markup', () => {
  const html = asHtml([{ author: '<b>Ana & "co"', at: at(30, 14, 5), text: '<img src=x onerror=alert(1)>\n  2 < 3' }]);
  expect(html).toContain('&lt;b&gt;Ana &amp; &quot;co&quot;');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;<br>  2 &lt; 3');
  expect(html).not.toContain('<img');
});
