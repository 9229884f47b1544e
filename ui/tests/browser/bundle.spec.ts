import { readdirSync, readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/** What the release build may weigh, in bytes: its scripts, raw and compressed. */
const RAW = 295_000;
const COMPRESSED = 96_500;

const folder = 'dist/assets';
const files = readdirSync(folder);
const scripts = files.filter((name) => name.endsWith('.js'));

test('the release build holds nothing of the sample hospital', () => {
  for (const name of scripts) {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    expect(text).not.toContain('Lindqvist');
    expect(text).not.toContain('wardlineSample');
  }
});

test('the release build stays small', () => {
  const raw = scripts.reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0);
  const compressed = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`)).length, 0);
  expect(raw).toBeLessThan(RAW);
  expect(compressed).toBeLessThan(COMPRESSED);
});

test('the release build has no inline script or style and loads nothing from elsewhere', () => {
  const page = readFileSync('dist/index.html', 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(page).not.toMatch(/<style|\sstyle=/);
  expect(page).not.toMatch(/https?:\/\//);
  for (const name of files.filter((file) => file.endsWith('.css'))) expect(readFileSync(`${folder}/${name}`, 'utf8')).not.toMatch(/url\(\s*["']?https?:/);
});
