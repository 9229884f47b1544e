import table from '../../../../src-tauri/crates/sdk/src/text/names.json';

/**
 * When two names are the same, as the backend has it: the same steps over the same table, tried on the same cases. The backend finds
 * people and mentions; what is on screen already is filtered here.
 */

const letters: ReadonlyMap<string, string> = new Map(Object.entries(table.letters));
const joints: ReadonlySet<string> = new Set(table.joints);
const titles: ReadonlySet<string> = new Set(table.titles);

/** Nobody has a name of more words. */
const MOST_WORDS = 12;

type Ranges = readonly (readonly [first: number, last: number])[];

/** Characters that are not seen: they join, separate, turn or hide others. */
const formats: Ranges = [
  [0x00ad, 0x00ad], [0x034f, 0x034f], [0x061c, 0x061c], [0x115f, 0x115f], [0x1160, 0x1160], [0x17b4, 0x17b4], [0x17b5, 0x17b5], [0x180b, 0x180f],
  [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a], [0xe0000, 0xe0fff],
];
/** Marks that only colour a letter: vowels of Indic scripts and voicing marks of kana make another one, and stay. */
const accents: Ranges = [
  [0x0300, 0x036f], [0x0483, 0x0487], [0x0591, 0x05bd], [0x05bf, 0x05bf], [0x05c1, 0x05c1], [0x05c2, 0x05c2], [0x05c4, 0x05c4], [0x05c5, 0x05c5],
  [0x05c7, 0x05c7], [0x0610, 0x061a], [0x064b, 0x065f], [0x0670, 0x0670], [0x06d6, 0x06dc], [0x1ab0, 0x1aff], [0x1dc0, 0x1dff], [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
];

function isWithin(ranges: Ranges, character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return ranges.some(([first, last]) => code >= first && code <= last);
}

const letter = /[\p{Alphabetic}\p{N}\p{M}]/u;

/** The folded letters of a character; empty: it parts words; `null`: it is nothing at all. */
function foldedCharacter(character: string): string | null {
  if (isWithin(accents, character) || isWithin(formats, character)) return null;
  if (joints.has(character)) return '';
  let folded = '';
  let isLetter = false;
  for (const part of character.normalize('NFKD')) {
    for (const lower of part.toLowerCase()) {
      const plain = letters.get(lower);
      if (plain === undefined && (isWithin(accents, lower) || !letter.test(lower))) continue;
      folded += plain ?? lower;
      isLetter = true;
    }
  }
  return isLetter && folded === '' ? null : folded;
}

/** Most texts are of the same few characters. */
const known = new Map<string, string | null>();

function foldedOnce(character: string): string | null {
  let folded = known.get(character);
  if (folded === undefined) {
    folded = foldedCharacter(character);
    if (known.size < 10_000) known.set(character, folded);
  }
  return folded;
}

/** A text as its letters, and where words begin in them. */
export class Words {
  readonly letters: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    let all = '';
    const starts: number[] = [];
    let inside = false;
    for (const character of text) {
      const folded = foldedOnce(character);
      if (folded === null) continue;
      if (folded !== '' && !inside) starts.push(all.length);
      inside = folded !== '';
      all += folded;
    }
    this.letters = all;
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.length;
  }

  /** The letters of some words in a row. */
  between(from: number, to: number): string {
    return this.letters.slice(this.#starts[from] ?? this.letters.length, this.#starts[to] ?? this.letters.length);
  }

  /** Whether these letters stand at the beginning of a word, or run over several. */
  begin(wanted: string): boolean {
    return this.#starts.some((start) => this.letters.startsWith(wanted, start));
  }
}

/** What is looked through of somebody: the words of the name, and of what else is known of them. */
export interface Sought {
  readonly name: Words;
  readonly about: Words;
}

/** How well somebody fits what is looked for; more is better. */
export type Fit = 'beginning' | 'name' | 'about';

const worth: Readonly<Record<Fit, number>> = { beginning: 2, name: 1, about: 0 };
const fits: readonly Fit[] = ['about', 'name', 'beginning'];

/** What somebody looks for. */
export class Query {
  readonly #words: Words;
  /** Of each word, whether somebody fits without it: a title, or in brackets. */
  readonly #optional: readonly boolean[];

  constructor(text: string) {
    this.#words = new Words(text);
    const outside = new Words(text.replace(/[([{<（【「][^)\]}>）】」]*[)\]}>）】」]?/gu, ' ')).length;
    const count = Math.min(this.#words.length, MOST_WORDS);
    const optional = Array.from({ length: count }, (_, word) => word >= outside || titles.has(this.#words.between(word, word + 1)));
    this.#optional = optional.every(Boolean) ? optional.map(() => false) : optional;
  }

  get isEmpty(): boolean {
    return this.#optional.length === 0;
  }

  /**
   * How well somebody fits; `null` if a word fits nothing of them. Words fit by their beginnings, in any order, and several in a row may
   * be one word of the name, or the other way round. Nothing looked for fits everybody.
   */
  fit(sought: Sought): Fit | null {
    const { name } = sought;
    const grade = (wanted: string): number =>
      this.#begins(name, wanted) ? worth.beginning : name.begin(wanted) ? worth.name : sought.about.begin(wanted) ? worth.about : -1;
    const count = this.#optional.length;
    // How well the words from each on fit, last first.
    const best: number[] = Array.from({ length: count + 1 }, () => worth.beginning);
    for (let from = count - 1; from >= 0; from -= 1) {
      let fit = this.#optional[from] === true ? (best[from + 1] ?? -1) : -1;
      for (let to = from + 1; to <= count; to += 1) fit = Math.max(fit, Math.min(grade(this.#words.between(from, to)), best[to] ?? -1));
      best[from] = fit;
    }
    return fits[best[0] ?? -1] ?? null;
  }

  /** A title in front is not how a name begins. */
  #begins(name: Words, wanted: string): boolean {
    if (name.letters.startsWith(wanted)) return true;
    let from = 0;
    while (from < name.length - 1 && titles.has(name.between(from, from + 1))) from += 1;
    return from > 0 && name.between(from, name.length).startsWith(wanted);
  }

  /** Whether the words stand in this text one after another, as they are. */
  standsIn(text: Words): boolean {
    return text.begin(this.#words.letters);
  }
}

/** Whether two texts are the same but for what does not matter in names. */
export function isSame(one: string, other: string): boolean {
  return new Words(one).letters === new Words(other).letters;
}
