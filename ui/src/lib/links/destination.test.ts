import { expect, test } from 'vitest';
import { destination, isOwn, spelled } from './destination';

const host = (link: string): string | undefined => {
  const to = destination(link);
  return to?.kind === 'web' ? to.host : undefined;
};

test.each([
  ['https://nhs.uk/conditions', 'nhs.uk', []],
  ['https://NHS.UK:8443/', 'nhs.uk:8443', []],
  ['https://nhs.uk@evil.example/login', 'evil.example', ['userinfo']],
  ['https://nhs.uk%2Flogin@evil.example', 'evil.example', ['userinfo']],
  ['https://nhs.uk:443@evil.example/', 'evil.example', ['userinfo']],
  ['https://nhs.uk\\@evil.example/', 'nhs.uk', []],
  ['https://аррӏе.com/', 'xn--80ak6aa92e.com', ['lookalike']],
  ['https://nhѕ.uk/', 'xn--nh-foc.uk', ['lookalike']],
  ['https://xn--80ak6aa92e.com/', 'xn--80ak6aa92e.com', ['lookalike']],
  ['https://müller.de/', 'xn--mller-kva.de', []],
  ['https://nhs.uk/\u202Egnp.exe', 'nhs.uk', ['invisible']],
  ['https://nhs\u200B.uk/', 'nhs.uk', ['invisible']],
])('%s leads to %s', (link, to, warnings) => {
  expect(host(link)).toBe(to);
  expect(destination(link)?.warnings).toEqual(warnings);
  // Nothing of what is shown turns the rest around or looks like something else.
  expect(spelled(link)).toMatch(/^[\x21-\x7e]+$/);
});

test('a host of Latin letters is shown as it is written beside what is asked', () => {
  expect(destination('https://user@Müller.de/x')).toMatchObject({ readable: 'müller.de', warnings: ['userinfo'] });
  expect(destination('https://nhѕ.uk/')).toMatchObject({ readable: null });
});

test('mail and telephone lead to an address', () => {
  expect(destination('mailto:ward7@hospital.example?body=x')).toMatchObject({ kind: 'mail', to: 'ward7@hospital.example' });
  expect(destination('tel:+441234')).toMatchObject({ kind: 'phone', to: '+441234' });
  expect(destination('javascript:alert(1)')).toBeNull();
  expect(destination('file:///etc/passwd')).toBeNull();
});

test('only hosts of the own domain need no question, and none with a warning', () => {
  const own = (link: string): boolean => {
    const to = destination(link);
    return to !== null && isOwn(to, 'stalban.example');
  };
  expect(own('https://stalban.example/rota')).toBe(true);
  expect(own('http://intranet.stalban.example:8080/')).toBe(true);
  expect(own('https://notstalban.example/')).toBe(false);
  expect(own('https://stalban.example.evil.example/')).toBe(false);
  expect(own('https://stalban.example@evil.example/')).toBe(false);
  expect(own('https://maya@stalban.example/')).toBe(false);
  expect(own('tel:123')).toBe(false);
});
