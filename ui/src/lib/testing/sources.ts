import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files of the interface but for its tests, for tests of how they are written. */
export function sources(): string[] {
  const root = join(import.meta.dirname, '../..');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => join(root, name));
}
