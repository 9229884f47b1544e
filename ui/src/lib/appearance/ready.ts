import { afterPaint } from '../frames/frames';

/** Marks that a screen is painted, for tests and for measuring the start: `<html data-ready="inbox">`. */
export function markReady(screen: string): void {
  afterPaint(() => {
    document.documentElement.dataset['ready'] = screen;
    performance.mark(`wardline:painted:${screen}`);
  });
}
