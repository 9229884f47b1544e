import { describe, expect, it } from 'vitest';
import type { CommandError } from '../backend/types';
import { dayHeader, short } from './when';
import { strings } from './strings';

const everyError: Record<CommandError['code'], CommandError> = {
  alreadySent: { code: 'alreadySent' },
  addressMalformed: { code: 'addressMalformed' },
  passwordEmpty: { code: 'passwordEmpty' },
  passphraseTooShort: { code: 'passphraseTooShort' },
  passphraseWrong: { code: 'passphraseWrong' },
  notAuthorised: { code: 'notAuthorised' },
  accountDisabled: { code: 'accountDisabled' },
  serverNotFound: { code: 'serverNotFound' },
  serverUnreachable: { code: 'serverUnreachable' },
  noNetwork: { code: 'noNetwork' },
  certificateUnknownIssuer: { code: 'certificateUnknownIssuer' },
  certificateExpired: { code: 'certificateExpired' },
  certificateWrongName: { code: 'certificateWrongName' },
  notSecure: { code: 'notSecure' },
  extraCaUnusable: { code: 'extraCaUnusable' },
  serverImpostor: { code: 'serverImpostor' },
  noMechanism: { code: 'noMechanism' },
  onlyPlain: { code: 'onlyPlain' },
  weakerSignIn: { code: 'weakerSignIn' },
  passwordNeeded: { code: 'passwordNeeded' },
  conflict: { code: 'conflict' },
  serverError: { code: 'serverError' },
  keyringUnavailable: { code: 'keyringUnavailable' },
  keyMissing: { code: 'keyMissing' },
  storeUnavailable: { code: 'storeUnavailable' },
  storeInUse: { code: 'storeInUse' },
  storeNewer: { code: 'storeNewer' },
  folderUnusable: { code: 'folderUnusable', problem: 'notWritable' },
  notSignedIn: { code: 'notSignedIn' },
  notFound: { code: 'notFound' },
  messageEmpty: { code: 'messageEmpty' },
  messageTooLong: { code: 'messageTooLong', limitBytes: 60_000 },
  teamsNotOffered: { code: 'teamsNotOffered' },
  nameEmpty: { code: 'nameEmpty' },
  nameTooLong: { code: 'nameTooLong' },
  notAllowed: { code: 'notAllowed' },
  cancelled: { code: 'cancelled' },
  internal: { code: 'internal', reference: '4711' },
};

describe('the strings', () => {
  it.each(Object.values(everyError))('for $code say what happened and what to do, without jargon', (error) => {
    const { what, kept, todo } = strings.error(error);
    expect(what).toMatch(/^[A-Z].*\.$/);
    expect(todo).toMatch(/^[A-Z].*\.$/);
    expect(`${what} ${kept} ${todo}`).not.toMatch(/\b(jid|xmpp|stanza|mam|sasl|srv|dns|undefined|null)\b/i);
  });

  it('give the limit and the reference', () => {
    expect(strings.error(everyError.messageTooLong).what).toContain('60,000');
    expect(strings.error(everyError.internal).todo).toContain('4711');
  });

  it('shorten times by how long ago they were', () => {
    const now = new Date(2026, 10, 22, 17, 30).getTime();
    expect(short(new Date(2026, 10, 22, 9, 5).getTime(), now)).toBe('09:05');
    expect(short(new Date(2026, 10, 21, 23, 59).getTime(), now)).toBe('Yesterday');
    expect(short(new Date(2026, 10, 18, 12).getTime(), now)).toBe('Wed');
    expect(short(new Date(2026, 10, 2, 12).getTime(), now)).toBe('2 Nov');
    expect(short(new Date(2025, 11, 31, 12).getTime(), now)).toBe('31 Dec 2025');
  });

  it('name days', () => {
    const now = new Date(2026, 10, 22, 0, 5).getTime();
    expect(dayHeader(now, now)).toBe('Today');
    expect(dayHeader(now - 10 * 60_000, now)).toBe('Yesterday');
    expect(dayHeader(new Date(2026, 10, 9, 12).getTime(), now)).toContain('9 November');
  });
});
