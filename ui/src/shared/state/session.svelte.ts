/**
 * What the window knows of the workspace: its facts, the connection, and the run that is on. One instance; the frame
 * and every screen look at the same.
 */
import {
  ipc,
  problemOf,
  type Connection,
  type Lock,
  type Overview,
  type Period,
  type Problem,
  type Progress,
  type RunEnded,
  type SetupForm,
} from '$ipc';
import { dialogs } from '../dialogs/dialogs.svelte';
import { router } from './router.svelte';

export type Reach =
  { kind: 'asking' } | { kind: 'reached'; connection: Connection } | { kind: 'failed'; problem: Problem };
/** How often the counts are read again while a run changes them; driven by its events, never by a clock of ours. */
const REFRESH_PAUSE_MS = 2_000;
export const EVERYTHING: Period = { from: null, to: null };

class Session {
  overview = $state.raw<Overview | null>(null);
  /** The overview itself could not be had. */
  problem = $state.raw<Problem | null>(null);
  reach = $state.raw<Reach>({ kind: 'asking' });
  /** The run that is on, begun here or before this window was opened. */
  progress = $state.raw<Progress | null>(null);
  /** How the last run of this window ended; until it is put away. */
  end = $state.raw<RunEnded | null>(null);
  /** Who held the lock when it was looked at, before anybody here asked for it; until it is put away. */
  others = $state.raw<Lock | null>(null);
  /** Until when the last run of this window waited for somebody else's, where that was in vain. */
  waitedUntil = $state.raw<string | null>(null);
  /** Asked for, and not yet answered by a first progress. */
  starting = $state(false);
  period = $state.raw<Period>(EVERYTHING);
  /** Grows whenever the ledger may have changed, so that lists read it again. */
  changes = $state(0);

  #asked = 0;
  #refreshedAt = 0;

  ready = $derived(this.overview?.kind === 'ready' ? this.overview : null);
  running = $derived(this.starting || this.progress !== null);

  /** Listens first and asks then, so that no progress falls between. */
  async open(): Promise<void> {
    await ipc.onRunProgress((progress) => this.#see(progress));
    await ipc.onRunEnded((end) => void this.#finish(end));
    await this.refresh();
    if (this.ready) {
      const now = await ipc.currentProgress().catch(() => null);
      if (now) this.#see(now);
      void this.ask();
    }
    // Whoever comes back to the window, perhaps days later, sees how things stand by then; while nobody looks, nothing is asked.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      void this.refresh();
      void this.#lookAtLock();
    });
  }

  async refresh(): Promise<void> {
    try {
      this.overview = await ipc.overview();
      this.problem = null;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
    this.changes += 1;
  }

  /** Asks the accounting system who it is; slow where the network is. */
  async ask(): Promise<void> {
    const mine = (this.#asked += 1);
    this.reach = { kind: 'asking' };
    let reach: Reach;
    try {
      reach = { kind: 'reached', connection: await ipc.connection() };
    } catch (thrown) {
      reach = { kind: 'failed', problem: problemOf(thrown) };
    }
    // An answer that comes too late may be that of the workspace before.
    if (mine !== this.#asked) return;
    this.reach = reach;
    void this.#lookAtLock();
  }

  /** With `waitSeconds` it waits so long at most for somebody else's run; without, as the workspace says. */
  async sync(waitSeconds: number | null = null): Promise<void> {
    if (this.running) return;
    this.putAway();
    this.starting = true;
    try {
      await ipc.startSync(this.period, waitSeconds);
    } catch (thrown) {
      this.#refused(problemOf(thrown));
    }
  }

  /**
   * Begins a run other than a sync, and answers with what `ask` answered. Its progress and its end come as every run's;
   * where `ask` throws, or `runs` says that no run of ours was begun, there is none to wait for.
   */
  async begin<T>(ask: () => Promise<T>, runs: (answer: T) => boolean): Promise<T> {
    this.putAway();
    this.starting = true;
    try {
      const answer = await ask();
      if (!runs(answer)) this.starting = false;
      return answer;
    } catch (thrown) {
      this.starting = false;
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    if (this.progress) this.progress = { ...this.progress, stopping: true };
    await ipc.stopSync().catch(() => false);
  }

  /** Makes a workspace to practise in. Throws what kept it from being made. */
  async makePractice(): Promise<void> {
    await ipc.makePracticeWorkspace();
    await this.#moveIn();
  }

  /** Makes a workspace of what was filled in. Throws what kept it from being made. */
  async setUp(form: SetupForm): Promise<void> {
    await ipc.finishSetup(form);
    await this.#moveIn();
  }

  /** Opens another workspace. Throws what keeps it from being opened. */
  async openWorkspace(path: string): Promise<void> {
    await ipc.openWorkspace(path);
    await this.#moveIn();
  }

  /** Keeps what was typed for a workspace that could not be opened without it, and opens that. Throws what kept it from it. */
  async keepSecrets(): Promise<void> {
    await ipc.keepSecrets();
    await this.#moveIn();
  }

  putAway(): void {
    this.end = this.others = null;
  }

  /** Nothing of the workspace before is shown of this one. */
  async #moveIn(): Promise<void> {
    this.putAway();
    this.progress = this.waitedUntil = null;
    this.period = EVERYTHING;
    dialogs.close();
    // What was open in it is not in this one; and whoever was setting one up has one now.
    router.replace(router.route.screen === 'setup' ? 'overview' : router.route.screen);
    await this.refresh();
    void this.ask();
  }

  /** Says who is at work before anything is clicked. A failure says nothing: the next sync would tell it. */
  async #lookAtLock(): Promise<void> {
    if (this.reach.kind !== 'reached' || this.running || this.end) return;
    const lock = await ipc.lock().catch(() => null);
    if (!this.running && !this.end) this.others = lock;
  }

  #see(progress: Progress): void {
    this.starting = false;
    // Until the end is told, a finished run stays on the screen: its last word comes with the result.
    this.progress = progress;
    if (progress.phase !== 'sending' || Date.now() - this.#refreshedAt < REFRESH_PAUSE_MS) return;
    this.#refreshedAt = Date.now();
    void this.refresh();
  }

  #refused(problem: Problem): void {
    this.starting = false;
    this.progress = null;
    this.waitedUntil = null;
    this.end = { run: null, problem, noCertificate: null, lock: null, waitedFor: null };
  }

  async #finish(end: RunEnded): Promise<void> {
    await this.refresh();
    this.waitedUntil = this.progress?.waiting?.until ?? null;
    this.starting = false;
    this.progress = null;
    this.end = end;
    // The run has spoken with the other side: what we show of it should say the same.
    if (this.reach.kind === 'failed' ? !end.problem : end.problem?.code === 'accounting_unreachable')
      void this.ask();
  }
}

export const session = new Session();
