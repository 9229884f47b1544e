/** How the interface looks. The only thing kept in the web view's storage, and nothing personal. */
export type Theme = 'system' | 'light' | 'dark';

export const textSizes = [100, 112, 125, 150, 175, 200] as const;
export type TextSize = (typeof textSizes)[number];

const THEME = 'theme';
const TEXT_SIZE = 'text-size';

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    // A private web view may refuse storage; the defaults serve.
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice holds until the app closes.
  }
}

class Look {
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  theme: Theme = $state(readTheme());
  textSize: TextSize = $state(readTextSize());

  constructor() {
    this.#dark.addEventListener('change', () => this.apply());
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store(THEME, theme);
    this.apply();
  }

  setTextSize(size: TextSize): void {
    this.textSize = size;
    store(TEXT_SIZE, String(size));
    this.apply();
  }

  /** One step larger (1) or smaller (-1). */
  stepTextSize(step: 1 | -1): void {
    const next = textSizes[textSizes.indexOf(this.textSize) + step];
    if (next !== undefined) this.setTextSize(next);
  }

  /** Puts the settings on the document, before anything is drawn. */
  apply(): void {
    const root = document.documentElement;
    root.dataset['theme'] = this.theme === 'system' ? (this.#dark.matches ? 'dark' : 'light') : this.theme;
    root.style.fontSize = `${String(this.textSize)}%`;
  }
}

function readTheme(): Theme {
  const value = stored(THEME);
  return value === 'light' || value === 'dark' ? value : 'system';
}

function readTextSize(): TextSize {
  const value = Number(stored(TEXT_SIZE));
  return textSizes.find((size) => size === value) ?? 100;
}

export const look = new Look();
