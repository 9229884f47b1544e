import { expect, test } from 'vitest';
import { offeredFor } from './offer';

const field = { type: 'text', readOnly: false, selectionStart: 0, selectionEnd: 0, value: 'some text' };

test('only what does something is offered', () => {
  expect(offeredFor(field)).toEqual([['paste'], ['selectAll']]);
  expect(offeredFor({ ...field, selectionEnd: 4 })).toEqual([['cut', 'copy', 'paste'], ['selectAll']]);
  expect(offeredFor({ ...field, value: '' })).toEqual([['paste']]);
  expect(offeredFor({ ...field, readOnly: true, selectionEnd: 4 })).toEqual([['copy'], ['selectAll']]);
});

test('a password can be put into its field and not be taken out of it', () => {
  expect(offeredFor({ ...field, type: 'password', selectionEnd: 4 })).toEqual([['paste'], ['selectAll']]);
});
