import { en } from './en/en';

/** The message catalogue. Another language is another object of this type. */
export type Strings = typeof en;

/** The strings of the language in use. */
export const strings: Strings = en;

export { locale } from './en/numbers';
