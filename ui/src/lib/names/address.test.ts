import { expect, it } from 'vitest';
import { shownAddress } from './address';

it('an address is shown as it is typed', () => {
  expect(['o\\27brien@ward.example', 'alice\\40clinic@ward.example', 'c\\3a\\5ccool@ward.example', 'back\\slash@ward.example', 'ward.example'].map(shownAddress)).toEqual([
    "o'brien@ward.example",
    'alice@clinic@ward.example',
    'c:\\cool@ward.example',
    'back\\slash@ward.example',
    'ward.example',
  ]);
});
