/** Keeps the language and the appearance in the web view. They are chosen once and used from the first paint. */
import { ipc, type Appearance } from '$ipc';
import { overwriteGetLocale } from '$paraglide/runtime.js';

export type Locale = 'en' | 'nb';

const LOCALE = 'postonce.language';
const APPEARANCE = 'postonce.appearance';

class Preferences {
  #locale = $state<Locale>('en');
  #appearance = $state<Appearance>('system');

  get locale(): Locale {
    return this.#locale;
  }
  set locale(locale: Locale) {
    this.#locale = locale;
    document.documentElement.lang = locale;
    localStorage.setItem(LOCALE, locale);
    this.#tell();
  }

  get appearance(): Appearance {
    return this.#appearance;
  }
  set appearance(appearance: Appearance) {
    this.#appearance = appearance;
    document.documentElement.dataset['appearance'] = appearance;
    localStorage.setItem(APPEARANCE, appearance);
    // A frame that cannot follow stays as the system has it.
    ipc.setAppearance(appearance).catch(() => undefined);
  }

  /** Restores the earlier choice; without one it takes the language of the system. */
  async restore(systemLanguage: () => Promise<Locale>): Promise<void> {
    const appearance = localStorage.getItem(APPEARANCE);
    if (appearance === 'light' || appearance === 'dark') this.appearance = appearance;
    const locale = localStorage.getItem(LOCALE);
    if (locale === 'en' || locale === 'nb') {
      this.#locale = locale;
      document.documentElement.lang = locale;
    } else {
      this.#locale = await systemLanguage().catch((): Locale => 'en');
      document.documentElement.lang = this.#locale;
    }
    this.#tell();
  }

  /** Menu, tray and notifications use the language of the page. Where that fails, they keep theirs. */
  #tell(): void {
    ipc.setLanguage(this.#locale).catch(() => undefined);
  }
}

export const preferences = new Preferences();
// Messages read the locale through this getter, so that every sentence on the screen changes with the choice.
overwriteGetLocale(() => preferences.locale);
