import type { Appearance as SavedAppearance } from '../backend/backend';

/** Light, dark, or as the system has it. */
export type Theme = SavedAppearance['theme'];

export const textSizes = [100, 112, 125, 150, 175, 200] as const;
export type TextSize = (typeof textSizes)[number];

/** How the interface looks, as chosen in the settings. */
class AppearanceSettings {
  theme: Theme = $state('system');
  textSize: TextSize = $state(100);
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #save: (appearance: SavedAppearance) => void = () => undefined;

  constructor() {
    this.#dark.addEventListener('change', () => this.#apply());
  }

  /** Takes up what was saved, before anything is drawn, and says where choices are kept. */
  begin(saved: Partial<SavedAppearance>, save: (appearance: SavedAppearance) => void): void {
    this.#save = save;
    if (saved.theme === 'light' || saved.theme === 'dark') this.theme = saved.theme;
    this.textSize = textSizes.find((size) => size === saved.textSize) ?? 100;
    this.#apply();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#changed();
  }

  /** One step larger (1) or smaller (-1). */
  stepTextSize(step: 1 | -1): void {
    const next = textSizes[textSizes.indexOf(this.textSize) + step];
    if (next === undefined) return;
    this.textSize = next;
    this.#changed();
  }

  #changed(): void {
    this.#apply();
    this.#save({ theme: this.theme, textSize: this.textSize });
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset['theme'] = this.theme === 'system' ? (this.#dark.matches ? 'dark' : 'light') : this.theme;
    root.style.fontSize = `${String(this.textSize)}%`;
  }
}

export const appearance = new AppearanceSettings();
