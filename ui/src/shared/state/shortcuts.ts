/** Handles the shortcuts of the window. The native menu and the tooltips name the same keys. */
import { SCREENS, type Screen } from './router.svelte';

export type Shortcut =
  | { kind: 'screen'; screen: Screen }
  | { kind: 'sync' }
  | { kind: 'search' }
  | { kind: 'palette' }
  | { kind: 'quit' }
  | { kind: 'zoom'; steps: number };

export const isMac = navigator.platform.startsWith('Mac');

/** Returns the shortcut of these keys; `null` where they are none. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  const command = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!command || event.altKey) return null;
  // On many keyboards the plus is above the equals sign, and needs the shift key.
  if (event.key === '+' || event.key === '=') return { kind: 'zoom', steps: 1 };
  if (event.shiftKey) return null;
  if (event.key === '-') return { kind: 'zoom', steps: -1 };
  if (event.key === '0') return { kind: 'zoom', steps: 0 };
  if (event.repeat) return null;
  const screen = SCREENS[Number(event.key) - 1];
  if (screen && screen !== 'setup') return { kind: 'screen', screen };
  switch (event.key) {
    case ',':
      return { kind: 'screen', screen: 'settings' };
    case 'Enter':
      return { kind: 'sync' };
    case 'f':
    case 'F':
      return { kind: 'search' };
    case 'k':
    case 'K':
      return { kind: 'palette' };
    case 'q':
    case 'Q':
      return { kind: 'quit' };
    default:
      return null;
  }
}

/** Writes the keys of a shortcut: `Ctrl+1`, on a Mac `⌘1`. */
export function keys(key: string): string {
  return isMac ? `⌘${key}` : `Ctrl+${key}`;
}

/** Returns the keys of a screen, as its entry in the native menu has them: by its place, except for the settings. */
export function keysOf(screen: Screen): string {
  return keys(screen === 'settings' ? ',' : String(SCREENS.indexOf(screen) + 1));
}
