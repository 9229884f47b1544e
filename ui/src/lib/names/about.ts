import type { Person } from '../backend/types';
import { shownAddress } from './address';

/** Role and ward of a person in one line; the address where neither is known. */
export function about({ role, ward }: Pick<Person, 'role' | 'ward'>, address: string | null = null): string {
  const known = [role, ward].filter(Boolean).join(' · ');
  return known === '' && address !== null ? shownAddress(address) : known;
}
