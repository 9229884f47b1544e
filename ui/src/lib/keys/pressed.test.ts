import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sources } from '../testing/sources';
import { Compositions } from './pressed';

type Key = { key: string; keyCode: number; isComposing?: boolean; at: number };

/** A window with a field that sends on Enter, and the events of an engine. */
class Typist extends EventTarget {
  readonly compositions = new Compositions();
  readonly pressed: string[] = [];

  constructor() {
    super();
    this.compositions.watch(this);
    this.addEventListener('keydown', (event) => {
      if (!this.compositions.owns(event as KeyboardEvent)) this.pressed.push((event as KeyboardEvent).key);
    });
  }

  composition(type: 'start' | 'end', at: number): void {
    this.#send(`composition${type}`, { timeStamp: at });
  }

  down({ at, key, keyCode, isComposing = false }: Key): Event {
    return this.#send('keydown', { timeStamp: at, key, keyCode, isComposing });
  }

  up(at: number): void {
    this.#send('keyup', { timeStamp: at });
  }

  #send(type: string, properties: object): Event {
    const event = new Event(type, { cancelable: true });
    for (const [name, value] of Object.entries(properties)) Object.defineProperty(event, name, { value });
    this.dispatchEvent(event);
    return event;
  }
}

const enter = { key: 'Enter', keyCode: 13 };

test.each(['Enter', 'Escape', 'ArrowDown', 'Tab'])('Chromium: %s within a composition belongs to the input method, and the next does not', (key) => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.down({ key, keyCode: 229, isComposing: true, at: 500 });
  typist.composition('end', 501);
  typist.up(560);
  typist.down({ key, keyCode: 13, at: 900 });
  expect(typist.pressed).toEqual([key]);
});

test('Chromium names the key of a press that is processed by no name', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.down({ key: 'Process', keyCode: 229, at: 500 });
  expect(typist.pressed).toEqual([]);
});

test('WebKit on macOS: the composition ends before the key that ends it', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.composition('end', 500);
  typist.down({ key: 'Enter', keyCode: 229, at: 498 });
  typist.up(560);
  typist.down({ ...enter, at: 561 });
  expect(typist.pressed).toEqual(['Enter']);
});

test('WebKitGTK: Enter is handed on as an ordinary key after the end', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.composition('end', 500);
  // Neither sent, nor a new line in the text.
  expect(typist.down({ ...enter, at: 503 }).defaultPrevented).toBe(true);
  expect(typist.pressed).toEqual([]);
  typist.up(580);
  typist.down({ ...enter, at: 590 });
  expect(typist.pressed).toEqual(['Enter']);
});

test('a busy computer: the key went down before the end that it brought about, however late either is seen', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.composition('end', 5000);
  typist.down({ ...enter, at: 1000 });
  expect(typist.pressed).toEqual([]);
});

test('a word ended by the mouse does not swallow the Enter after it', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.composition('end', 500);
  typist.down({ ...enter, at: 900 });
  expect(typist.pressed).toEqual(['Enter']);
});

test('one press ends a composition, and no more are swallowed', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  typist.composition('end', 500);
  typist.down({ ...enter, at: 501 });
  typist.down({ ...enter, at: 540 });
  expect(typist.pressed).toEqual(['Enter']);
});

test('Escape of an input method closes nothing, not by the platform either', () => {
  const typist = new Typist();
  typist.composition('start', 0);
  expect(typist.down({ key: 'Escape', keyCode: 229, isComposing: true, at: 10 }).defaultPrevented).toBe(true);
  typist.composition('end', 11);
  typist.up(20);
  expect(typist.down({ key: 'Escape', keyCode: 27, at: 300 }).defaultPrevented).toBe(false);
});

test('nobody else reads which key was pressed', () => {
  const direct = /\bkey\s*[!=]==?\s*'(?:Enter|Escape|Tab|Arrow\w+|Home|End|Page\w+|F\d+|ContextMenu)'|\b(?:event|e|ev)\.(?:key|code)\b|isComposing|keyCode|\{[^}]*\bkey\b[^}]*\}: KeyboardEvent/;
  const offenders = sources().filter((file) => !file.endsWith('keys/pressed.ts') && direct.test(readFileSync(file, 'utf8')));
  expect(offenders).toEqual([]);
});
