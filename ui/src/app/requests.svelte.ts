/** Handles requests from outside the page (a menu, a link, a second start) and the keyboard shortcuts inside it. */
import { ipc, problemOf, type Problem, type Wanted, type Work } from '$ipc';
import { address, router, SCREENS, type Screen } from '$shared/state/router.svelte';
import { session } from '$shared/state/session.svelte';
import { shortcutOf } from '$shared/state/shortcuts';
import { zoom } from '$shared/state/zoom.svelte';

/** These shortcuts stand in the native menu as well. Some systems ask the menu before the page. */
const FROM_MENU: readonly Wanted['kind'][] = ['screen', 'sync', 'search'];

/** The screens that the native menu offers. */
const REACHED: readonly Screen[] = [...SCREENS, 'help'];

/** A dialog keeps the keyboard for itself, except for the shortcuts that quit, and that change the size. */
function inDialog(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}

class Requests {
  /** The work that is on, about which quitting asks first. */
  quitting = $state.raw<Work | null>(null);
  /** The search over everything is open. */
  finding = $state(false);
  /** The workspace that a second start named. */
  workspace = $state<string | null>(null);
  /** The problem that kept this workspace from being opened. */
  problem = $state.raw<Problem | null>(null);

  /** Listens first and asks afterwards, so that no request is lost between the two. */
  async open(): Promise<void> {
    await ipc.onWantedAsked((wanted) => this.take(wanted));
    const wanted = await ipc.wantedAtStart().catch(() => null);
    if (wanted) this.take(wanted);
  }

  take(wanted: Wanted): void {
    if (FROM_MENU.includes(wanted.kind) && inDialog()) return;
    switch (wanted.kind) {
      case 'screen': {
        const screen = REACHED.find((known) => known === wanted.screen);
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
      case 'zoom':
        return zoom.by(wanted.steps);
      case 'quit':
        this.quitting = wanted.on;
        return;
      case 'workspace':
        if (session.ready) this.workspace = wanted.path;
        else void this.#openWorkspace(wanted.path);
    }
  }

  /** Opens the search over everything. A set-up that is left would lose what was typed. */
  find(): void {
    this.finding = session.ready !== null && router.route.screen !== 'setup';
  }

  /** Opens the workspace without a question where none is in use. */
  async #openWorkspace(path: string): Promise<void> {
    this.problem = null;
    try {
      await session.openWorkspace(path);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Makes everything larger or smaller with the wheel, as browsers do. */
  wheel(event: WheelEvent): void {
    if (!event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    zoom.by(event.deltaY < 0 ? 1 : -1);
  }

  press(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event);
    if (!shortcut || event.defaultPrevented) return;
    if (inDialog() && shortcut.kind !== 'quit' && shortcut.kind !== 'zoom') return;
    event.preventDefault();
    if (shortcut.kind === 'quit') void ipc.askToQuit();
    else if (shortcut.kind === 'palette') this.find();
    else this.take(shortcut);
  }
}

export const requests = new Requests();
