import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { unchangedFilesStay } from './unchanged.ts';

/** What the window enforces (tauri.conf.json), so that browser tests run under the same policy. */
function contentSecurityPolicy(): string {
  const { app } = JSON.parse(readFileSync(new URL('../tauri.conf.json', import.meta.url), 'utf8')) as { app: { security: { csp: Record<string, string> } } };
  // The sample hospital draws its portraits itself; a page in a browser has its own server to talk to.
  const more: Record<string, string> = { 'img-src': 'data:', 'connect-src': "'self'" };
  return Object.entries(app.security.csp)
    .map(([directive, sources]) => [directive, sources, more[directive] ?? ''].join(' ').trim())
    .join('; ');
}

export default defineConfig({
  plugins: [svelte(), unchangedFilesStay()],
  clearScreen: false,
  // The table of letters and titles lies with the backend, which reads it, too.
  server: { port: 1420, strictPort: true, fs: { allow: ['.', '../src-tauri/crates/sdk/src/text'] } },
  preview: { port: 4173, strictPort: true, headers: { 'Content-Security-Policy': contentSecurityPolicy() } },
  build: {
    target: ['es2022', 'safari16', 'chrome110'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    cssCodeSplit: false,
  },
  // The timeout is a bound for a test that hangs, not a measure: properties run long on a busy machine.
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
