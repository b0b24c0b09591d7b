/** The address of what is shown, in the hash: `#/history/<run>` can be copied, and Back works. */

export type Screen = 'overview' | 'history' | 'attention' | 'audit' | 'settings';
export type Route = { screen: Screen; run: string | null };

/** In the order of the navigation, which is that of the keys: Ctrl+1, Ctrl+2 … */
export const SCREENS: readonly Screen[] = ['overview', 'history', 'attention', 'audit', 'settings'];

export function parse(hash: string): Route {
  const [, name = '', run = ''] = hash.replace(/^#/, '').split('/');
  const screen = SCREENS.find((known) => known === name) ?? 'overview';
  let opened: string | null = null;
  try {
    opened = screen === 'history' && run ? decodeURIComponent(run) : null;
  } catch {
    // Not an address that we made: shows the list.
  }
  return { screen, run: opened };
}

export function address(screen: Screen, run?: string): string {
  return run ? `#/${screen}/${encodeURIComponent(run)}` : `#/${screen}`;
}

class Router {
  route = $state<Route>(parse(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.route = parse(location.hash)));
  }

  /** Goes there without a new entry in the way back: for rows that open and close in place. */
  replace(screen: Screen, run?: string): void {
    history.replaceState(null, '', address(screen, run));
    this.route = parse(location.hash);
  }
}

export const router = new Router();
