/** How far from the window's edges a menu stays, in pixels. */
const MARGIN = 8;

/** Where something of that size begins along one axis, so that it begins at `wanted` if it can and stays inside the window. */
export function placed(wanted: number, size: number, window: number): number {
  return Math.max(MARGIN, Math.min(wanted, window - size - MARGIN));
}
