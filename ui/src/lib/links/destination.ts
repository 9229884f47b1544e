/** What about a link deserves a second look. */
export type Warning =
  /** It carries a name before the host, which is easily taken for the host. */
  | 'userinfo'
  /** Letters of the host may be taken for others. */
  | 'lookalike'
  /** It holds characters that cannot be seen or that change the direction of what is shown. */
  | 'invisible';

/** Where a link leads. */
export type Destination =
  | { kind: 'web'; url: string; host: string; readable: string | null; warnings: readonly Warning[] }
  | { kind: 'mail' | 'phone'; url: string; to: string; warnings: readonly Warning[] };

/** Where a link leads; `null` if nowhere outside. The host is the one that is asked, in the letters that are sent (RFC 5891). */
export function destination(link: string): Destination | null {
  const url = parsed(link);
  if (url === null) return null;
  const invisible: Warning[] = /\p{Cf}/u.test(link) ? ['invisible'] : [];
  if (url.protocol === 'mailto:' || url.protocol === 'tel:') {
    return { kind: url.protocol === 'tel:' ? 'phone' : 'mail', url: link, to: decoded(url.pathname), warnings: invisible };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const foreign = /(?:^|\.)xn--/.test(url.hostname);
  const readable = foreign ? latinHost(link, url.hostname) : null;
  const warnings: Warning[] = [
    ...(url.username !== '' || url.password !== '' ? ['userinfo' as const] : []),
    ...(foreign && readable === null ? ['lookalike' as const] : []),
    ...invisible,
  ];
  return { kind: 'web', url: url.href, host: url.host, readable, warnings };
}

/** Whether a destination belongs to the domain of the account, so that opening it needs no question. */
export function isOwn(to: Destination, domain: string | null): boolean {
  if (to.kind !== 'web' || domain === null || to.warnings.length > 0) return false;
  const host = new URL(to.url).hostname;
  return host === domain || host.endsWith(`.${domain}`);
}

/** A link in letters that all mean themselves. */
export function spelled(link: string): string {
  const to = destination(link);
  return to === null ? link : to.kind === 'web' ? to.url : to.to;
}

function parsed(link: string): URL | null {
  try {
    return new URL(link);
  } catch {
    return null;
  }
}

/** What is written in percent; as it stands where that is no text. Characters that cannot be seen stay in percent. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replace(/[\p{Cf}\p{Cc}]/gu, encodeURIComponent);
  } catch {
    return path;
  }
}

/** The host as it was written, if all its letters are Latin ones. */
function latinHost(link: string, host: string): string | null {
  const written = /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#:@]*)/i.exec(link)?.[1]?.normalize('NFC').toLowerCase() ?? '';
  const latin = /^[\p{Script=Latin}\p{Nd}.-]+$/u.test(written) && !/(?:^|\.)xn--/.test(written);
  return latin && parsed(`https://${written}`)?.hostname === host ? written : null;
}
