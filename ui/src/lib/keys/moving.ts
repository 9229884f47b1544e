import type { ConversationRow } from '../backend/types';

/** The chat before or after the chosen one; without one, the first or last. */
export function neighbour(rows: readonly ConversationRow[], selected: number | null, by: 1 | -1): ConversationRow | null {
  const index = selected === null ? -1 : rows.findIndex((row) => row.id === selected);
  const target = index < 0 ? (by === 1 ? 0 : rows.length - 1) : index + by;
  return rows[target] ?? null;
}

/** Moves the focus to the next part of the window: rail, list, thread, composer. */
export function nextRegion(root: HTMLElement | undefined, by: 1 | -1): void {
  if (root === undefined) return;
  const regions = [...root.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.offsetParent !== null);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[at < 0 ? 0 : (at + by + regions.length) % regions.length];
  if (next === undefined) return;
  const preferred = next.querySelector<HTMLElement>('textarea:not(:disabled), [data-testid="chat-row"][tabindex="0"], [data-key][tabindex="0"]');
  (preferred ?? next.querySelector<HTMLElement>('button, input, [tabindex="0"]'))?.focus();
}
