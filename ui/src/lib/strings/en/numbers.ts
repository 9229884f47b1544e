/** The locale for dates and numbers. */
export const locale = 'en-GB';

/** Writes a number. */
export const count = new Intl.NumberFormat(locale);

/** The form of a word for so many. */
export const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);
