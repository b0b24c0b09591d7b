/** Language and appearance: chosen once, kept in the web view, used from the first paint. */
import { ipc } from '$ipc';
import { overwriteGetLocale } from '$paraglide/runtime.js';

export type Locale = 'en' | 'nb';
export type Appearance = 'system' | 'light' | 'dark';

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
  }

  /** Takes up what was chosen before; without a choice, the system's language. */
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

  /** Menu, tray and notifications speak the page's language. They do without where that fails. */
  #tell(): void {
    ipc.setLanguage(this.#locale).catch(() => undefined);
  }
}

export const preferences = new Preferences();
// Messages read the locale through this getter, so every sentence on the screen follows the choice at once.
overwriteGetLocale(() => preferences.locale);
