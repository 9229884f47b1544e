/** What is left is said once it is a tenth of the limit. */
const PART = 10;

const encoder = new TextEncoder();

/** Bytes that a text takes on its way, where three characters are written out. */
export function weight(text: string): number {
  let more = 0;
  for (const [found] of text.matchAll(/[&<>]/g)) more += found === '&' ? 4 : 3;
  return encoder.encode(text).length + more;
}

/** How much more may be written, once that is worth saying; negative: too much. */
export function left(text: string, limit: number): number | null {
  // No character weighs more than five times its length here.
  if (text.length * 5 * 2 < limit) return null;
  const rest = limit - weight(text.trimEnd());
  return rest * PART <= limit ? rest : null;
}
