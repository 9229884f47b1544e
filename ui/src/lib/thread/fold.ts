import type { TextToken } from '../backend/types';

/** A text that takes more lines than `most` is folded, and `shown` of them stay: fewer, so that unfolding is always worth it. */
const limits = {
  /** A message in its thread. */
  thread: { most: 30, shown: 20 },
  /** A text beside or below other things. */
  compact: { most: 8, shown: 4 },
} as const;
/** Characters of ordinary width in a line of a bubble. */
const LINE = 64;
/** A word or a cluster of code points is not cut within this many characters of the end. */
const SEAM = 64;

/** Characters that take two places: ideographs, kana, hangul, fullwidth forms, pictographs. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The beginning of a long text, exactly as it begins; `null`: the text is short enough to be shown whole. */
export function beginning(tokens: readonly TextToken[], place: keyof typeof limits = 'thread'): readonly TextToken[] | null {
  const { most, shown } = limits[place];
  const text = tokens.map((token) => token.text).join('');
  // No character takes more than two places, and each line has at least its break.
  if (text.length * 2 <= LINE * most && breaks(text) < most) return null;
  if (placeOfLine(text, most) === text.length) return null;
  return cut(tokens, seam(text, placeOfLine(text, shown)));
}

function breaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Where so many lines are full, in code units; the end where the text has fewer. */
function placeOfLine(text: string, lines: number): number {
  let line = 0;
  let used = 0;
  let at = 0;
  for (const character of text) {
    const width = character === '\n' ? LINE : wide.test(character) ? 2 : 1;
    if (character === '\n' || used + width > LINE) {
      line += 1;
      used = 0;
      if (line >= lines) return at;
    }
    if (character !== '\n') used += width;
    at += character.length;
  }
  return at;
}

/** A place at or before `at` where the text may be cut: between words where one is near, never within a character. */
function seam(text: string, at: number): number {
  if (text[at] === '\n') return at;
  const from = Math.max(0, at - SEAM);
  const space = text.slice(from, at).search(/\s\S*$/);
  if (space > 0) return from + space;
  const parts = graphemes.segment(text.slice(from, at + SEAM));
  const around = parts.containing(at - from);
  // A cluster that is longer than can be looked at, such as letters with hundreds of marks, is cut anywhere between code points.
  if (around !== undefined && around.index > 0) return from + around.index;
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}

function cut(tokens: readonly TextToken[], end: number): TextToken[] {
  const kept: TextToken[] = [];
  let rest = end;
  for (const token of tokens) {
    if (rest <= 0) break;
    kept.push(token.text.length <= rest ? token : { ...token, text: token.text.slice(0, rest) });
    rest -= token.text.length;
  }
  return kept;
}
