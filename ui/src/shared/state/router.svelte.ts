/** Keeps the address of the screen in the hash, `#/history/<run>` and `#/records/<id>`, so that Back works. */

export type Screen =
  'overview' | 'history' | 'records' | 'attention' | 'month' | 'audit' | 'settings' | 'help' | 'setup';
/**
 * `run` and `record` are open on their screens, `topic` is the page of the help that comes into sight,
 * and `month` the first day of the month that is shown.
 */
export type Route = {
  screen: Screen;
  run: string | null;
  record: string | null;
  topic: string | null;
  month: string | null;
};

/** The order of the navigation, which is the order of the shortcuts: Ctrl+1, Ctrl+2 … */
export const SCREENS: readonly Screen[] = [
  'overview',
  'history',
  'records',
  'attention',
  'month',
  'audit',
  'settings',
];
/**
 * The screens with an address. The setup and the help are among them, but they have no number in the navigation.
 */
const ADDRESSED: readonly Screen[] = [...SCREENS, 'help', 'setup'];

export function parse(hash: string): Route {
  const [, name = '', what = ''] = hash.replace(/^#/, '').split('/');
  const screen = ADDRESSED.find((known) => known === name) ?? 'overview';
  let opened: string | null = null;
  try {
    opened = what ? decodeURIComponent(what) : null;
  } catch {
    // An address of another form shows the list.
  }
  return {
    screen,
    run: screen === 'history' ? opened : null,
    record: screen === 'records' ? opened : null,
    topic: screen === 'help' ? opened : null,
    month: screen === 'month' ? opened : null,
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

  /** Replaces the address without a new entry in the history, for rows that open and close in place. */
  replace(screen: Screen, opened?: string): void {
    history.replaceState(null, '', address(screen, opened));
    this.route = parse(location.hash);
  }
}

export const router = new Router();
