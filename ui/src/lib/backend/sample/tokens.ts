import type { Mentioned, MessageItem, TextToken } from '../types';
import { colleague, me, staff } from './people';

/** As many as the largest team has. */
const COLLEAGUES = 500;

/** Finds a mention of anybody, the longer name before the shorter; made when the first `@` is met. */
let mention: RegExp | null = null;

function anyMention(): RegExp {
  const names = [me, ...staff, ...Array.from({ length: COLLEAGUES }, (_, index) => colleague(index))].map(({ person }) => person.name);
  const longestFirst = ['everyone', ...names].sort((a, b) => b.length - a.length).map((name) => name.replaceAll('.', '\\.'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(@(?:${longestFirst.join('|')}))(?![\\p{L}\\p{N}])`, 'iu');
}

/** The sample's own rough tokens; the real ones are made in Rust. */
export function tokens(text: string): TextToken[] {
  if (text.includes('@')) {
    mention ??= anyMention();
    const parts = text.split(mention);
    // What the pattern captured stands at every other place.
    return parts.flatMap((part, index) => (index % 2 === 1 ? [{ kind: 'mention' as const, text: part, whom: whom(part) }] : unmentioned(part)));
  }
  return unmentioned(text);
}

function whom(written: string): Mentioned {
  const name = written.slice(1).toLowerCase();
  return name === 'everyone' ? 'everyone' : name === me.person.name.toLowerCase() ? 'me' : 'other';
}

function unmentioned(text: string): TextToken[] {
  const made: TextToken[] = [];
  for (const part of text.split(/(https?:\/\/\S+|\*[^*\n]+\*|_[^_\n]+_|`[^`\n]+`)/)) {
    if (part === '') continue;
    if (/^https?:/.test(part)) made.push({ kind: 'link', text: part, url: part });
    else if (/^\*.+\*$/.test(part)) made.push({ kind: 'strong', text: part.slice(1, -1) });
    else if (/^_.+_$/.test(part)) made.push({ kind: 'emphasis', text: part.slice(1, -1) });
    else if (/^`.+`$/.test(part)) made.push({ kind: 'code', text: part.slice(1, -1) });
    else made.push({ kind: 'plain', text: part });
  }
  return made;
}

/** Whether a message mentions the signed-in person or everyone. */
export function meansMe(message: MessageItem): boolean {
  return message.text.some((token) => token.kind === 'mention' && token.whom !== 'other');
}
