import { random, pick } from './random';

const skins = ['#f3d1b4', '#e0ac7e', '#c68955', '#9c6239', '#6f4427', '#f6dcc6'];
const hairs = ['#22180f', '#3b2416', '#6b4423', '#8f6a3a', '#4a4a52', '#16161c'];
const grounds = ['#cfe3f5', '#d7ecdf', '#f4e3c8', '#e6dcf3', '#f6d9d9', '#d3eaec'];
const tops = ['#005eb8', '#0b7a75', '#3f4a6b', '#7c2855', '#1f6f43', '#425563'];

/** Skin, hair colour and style of each drawn person; styles: 0 long, 1 bun, 2 short, 3 cropped. */
const looks: Readonly<Record<string, readonly [skin: number, hair: number, style: number]>> = {
  maya: [0, 3, 0],
  asha: [2, 5, 0],
  tom: [4, 5, 3],
  priya: [3, 5, 1],
  helen: [5, 4, 2],
  yusuf: [1, 1, 2],
  liam: [0, 2, 2],
  nadia: [1, 1, 0],
  ines: [1, 2, 1],
  sam: [5, 3, 2],
  george: [0, 4, 3],
};

/** A drawn portrait as a data URL, the same for the same key. */
export function face(hash: string): string {
  const key = hash.replace(/^face-/, '');
  let seed = 7;
  for (const letter of key) seed = Math.imul(seed, 31) + letter.charCodeAt(0);
  const next = random(seed);
  const [skinIndex, hairIndex, style] = looks[key] ?? [0, 0, 2];
  const skin = skins[skinIndex] ?? '';
  const hair = hairs[hairIndex] ?? '';
  const back =
    style === 0
      ? `<path d="M27 47c-3-25 10-33 23-33s26 8 23 33c3 14 1 24-3 29H30c-4-5-6-15-3-29z" fill="${hair}"/>`
      : style === 1
        ? `<circle cx="50" cy="17" r="10" fill="${hair}"/>`
        : '';
  const front =
    style === 2
      ? `<path d="M31 42c-2-17 8-24 20-24 13 0 20 9 18 24-3-8-8-11-12-12-8 2-19 2-22 2-2 2-3 6-4 10z" fill="${hair}"/>`
      : `<path d="M31 44c-3-19 7-27 19-27s22 8 19 27c-2-7-6-12-11-14-9 5-20 5-27 14z" fill="${hair}"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="${pick(next, grounds)}"/>` +
    back +
    `<path d="M42 60h16v18H42z" fill="${skin}"/><path d="M42 66c5 4 11 4 16 0v5c-5 4-11 4-16 0z" fill="#000" opacity=".12"/>` +
    `<path d="M14 104c0-22 16-30 28-31 4 7 12 7 16 0 12 1 28 9 28 31z" fill="${pick(next, tops)}"/>` +
    `<path d="M32 43c0-14 8-22 18-22s18 8 18 22c0 15-9 24-18 24s-18-9-18-24z" fill="${skin}"/>` +
    front +
    `<circle cx="43" cy="46" r="1.9" fill="#2a211c"/><circle cx="57" cy="46" r="1.9" fill="#2a211c"/>` +
    `<path d="M44.500 56q5.500 4.500 11 0" fill="none" stroke="#2a211c" stroke-width="1.700" stroke-linecap="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
