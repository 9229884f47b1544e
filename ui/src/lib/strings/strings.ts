import { en } from './en';

/** The message catalogue. Another language is another object of this type. */
export type Strings = typeof en;

/** The strings of the language in use. */
export const strings: Strings = en;

/** The locale for dates and numbers. */
export const locale = 'en-GB';
