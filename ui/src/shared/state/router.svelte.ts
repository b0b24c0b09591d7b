/** The address of what is shown, in the hash: `#/history/<run>` and `#/records/<id>`, so that Back works. */

export type Screen = 'overview' | 'history' | 'records' | 'attention' | 'audit' | 'settings' | 'setup';
/** `run` and `record`: what is open on the screen of its kind. */
export type Route = { screen: Screen; run: string | null; record: string | null };

/** In the order of the navigation, which is that of the keys: Ctrl+1, Ctrl+2 … */
export const SCREENS: readonly Screen[] = [
  'overview',
  'history',
  'records',
  'attention',
  'audit',
  'settings',
];
/** Those that have an address: the setup is reached from the settings, and stands in no navigation. */
const ADDRESSED: readonly Screen[] = [...SCREENS, 'setup'];

export function parse(hash: string): Route {
  const [, name = '', what = ''] = hash.replace(/^#/, '').split('/');
  const screen = ADDRESSED.find((known) => known === name) ?? 'overview';
  let opened: string | null = null;
  try {
    opened = what ? decodeURIComponent(what) : null;
  } catch {
    // Not an address that we made: shows the list.
  }
  return {
    screen,
    run: screen === 'history' ? opened : null,
    record: screen === 'records' ? opened : null,
  };
}

export function address(screen: Screen, opened?: string): string {
  return opened ? `#/${screen}/${encodeURIComponent(opened)}` : `#/${screen}`;
}

class Router {
  route = $state<Route>(parse(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.route = parse(location.hash)));
  }

  /** Goes there without a new entry in the way back: for rows that open and close in place. */
  replace(screen: Screen, opened?: string): void {
    history.replaceState(null, '', address(screen, opened));
    this.route = parse(location.hash);
  }
}

export const router = new Router();
