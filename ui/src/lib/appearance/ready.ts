/** Marks that a screen is painted, for tests and for measuring the start: `<html data-ready="inbox">`. */
export function markReady(screen: string): void {
  requestAnimationFrame(() => {
    // The frame after the one that drew it: by then it is on screen.
    requestAnimationFrame(() => {
      document.documentElement.dataset['ready'] = screen;
      performance.mark(`wardline:painted:${screen}`);
    });
  });
}
