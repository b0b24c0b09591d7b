/** What is asked for outside the page, by a menu, a link or a second start; and by the keyboard inside it. */
import { ipc, problemOf, type Problem, type Wanted, type Work } from '$ipc';
import { address, SCREENS } from '$shared/state/router.svelte';
import { session } from '$shared/state/session.svelte';
import { shortcutOf } from '$shared/state/shortcuts';

/** What has a key in the native menu, which on some systems is asked before the page is. */
const FROM_MENU: readonly Wanted['kind'][] = ['screen', 'sync', 'search'];

/** A dialog has the keyboard for itself, but for leaving altogether. */
function inDialog(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}

class Desk {
  /** What is on, and stands in the way of quitting. */
  quitting = $state.raw<Work | null>(null);
  /** The workspace that a second start named. */
  workspace = $state<string | null>(null);
  /** What kept that from being opened. */
  problem = $state.raw<Problem | null>(null);

  /** Listens first and asks then, so that nothing falls between. */
  async open(): Promise<void> {
    await ipc.onWantedAsked((wanted) => this.take(wanted));
    const wanted = await ipc.wantedAtStart().catch(() => null);
    if (wanted) this.take(wanted);
  }

  take(wanted: Wanted): void {
    if (FROM_MENU.includes(wanted.kind) && inDialog()) return;
    switch (wanted.kind) {
      case 'screen': {
        const screen = SCREENS.find((known) => known === wanted.screen);
        if (screen) location.hash = address(screen);
        return;
      }
      case 'run':
        location.hash = address('history', wanted.runId);
        return;
      case 'sync':
        if (!session.ready) return;
        location.hash = address('overview');
        return void session.sync();
      case 'search':
        return document.querySelector<HTMLElement>('main input[type="search"]')?.focus();
      case 'quit':
        this.quitting = wanted.on;
        return;
      case 'workspace':
        if (session.ready) this.workspace = wanted.path;
        else void this.#openWorkspace(wanted.path);
    }
  }

  /** Where there is none that could be used, nobody has to be asked whether to leave it. */
  async #openWorkspace(path: string): Promise<void> {
    this.problem = null;
    try {
      await session.openWorkspace(path);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  press(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event);
    if (!shortcut || event.defaultPrevented || (inDialog() && shortcut.kind !== 'quit')) return;
    event.preventDefault();
    if (shortcut.kind === 'quit') void ipc.askToQuit();
    else this.take(shortcut);
  }
}

export const desk = new Desk();
