import type { ConversationRow } from '../backend/types';
import type { Listed } from '../state/inbox';

/** The chat before or after the chosen one, among the first `count`; without one, the first or last of these. */
export function neighbour(list: Listed, count: number, selected: number | null, by: 1 | -1): ConversationRow | null {
  const index = selected === null ? -1 : list.place(selected);
  const target = index < 0 ? (by === 1 ? 0 : count - 1) : index + by;
  return target < count ? (list.rows[target] ?? null) : null;
}

/** Moves the focus to the next part of the window: rail, list, thread, composer, a team's details. */
export function nextRegion(root: HTMLElement | undefined, by: 1 | -1): void {
  if (root === undefined) return;
  const regions = [...root.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.offsetParent !== null && region.closest('[inert]') === null);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[at < 0 ? 0 : (at + by + regions.length) % regions.length];
  if (next === undefined) return;
  const preferred = next.querySelector<HTMLElement>('textarea:not(:disabled), [data-testid="chat-row"][tabindex="0"], [data-key][tabindex="0"]');
  (preferred ?? next.querySelector<HTMLElement>('button, input, [tabindex="0"]'))?.focus();
}
