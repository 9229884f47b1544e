/** What XEP-0106 writes in place of characters that an address cannot hold. */
const escapes: Readonly<Record<string, string>> = { '20': ' ', '22': '"', '26': '&', '27': "'", '2f': '/', '3a': ':', '3c': '<', '3e': '>', '40': '@', '5c': '\\' };

/** An address as people read it: `o'brien@ward.example`. Never to be sent; the backend reads what is typed. */
export function shownAddress(address: string): string {
  const at = address.indexOf('@');
  const local = at < 0 ? address : address.slice(0, at);
  return local.replace(/\\([0-9a-f]{2})/gi, (all, code: string) => escapes[code.toLowerCase()] ?? all) + address.slice(local.length);
}
