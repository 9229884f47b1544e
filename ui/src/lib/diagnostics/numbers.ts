import { locale } from '../strings/strings';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size in bytes, short. */
export function bytes(size: number): string {
  let unit = 0;
  let left = size;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(locale, { style: 'unit', unit: units[unit] ?? 'byte', maximumFractionDigits: left < 10 ? 1 : 0 }).format(left);
}
