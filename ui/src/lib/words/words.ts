import { en } from './en';

/** The message catalogue. Another language is another object of this type. */
export type Words = typeof en;

/** The words of the language in use. */
export const words: Words = en;

/** The locale for dates and numbers. */
export const locale = 'en-GB';
