import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Leaves files of the last build alone that would be written again with the same content, and removes those that are no longer
 * made. The desktop app embeds the files and is compiled anew when one of them gets a new time.
 */
export function unchangedFilesStay(): Plugin {
  let folder = '';
  return {
    name: 'wardline:unchanged-files-stay',
    apply: 'build',
    enforce: 'post',
    config: () => ({ build: { emptyOutDir: false } }),
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir)),
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const made = new Set(Object.keys(bundle));
        for (const name of filesIn(folder)) if (!made.has(name)) rmSync(join(folder, name));
        for (const [name, part] of Object.entries(bundle)) {
          const content = Buffer.from(part.type === 'chunk' ? part.code : part.source);
          if (contentOf(join(folder, name))?.equals(content) === true) Reflect.deleteProperty(bundle, name);
        }
      },
    },
  };
}

/** Names of the files below a folder, none where there is no such folder. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll('\\', '/'));
  } catch {
    return [];
  }
}

function contentOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
