/**
 * Holds what the window knows of the workspace: its facts, the connection, and the run that is on. There is one
 * instance; the frame and every screen use it.
 */
import {
  ipc,
  problemOf,
  readUnasked,
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
import { zone } from './zone.svelte';

export type Reach =
  { kind: 'asking' } | { kind: 'reached'; connection: Connection } | { kind: 'failed'; problem: Problem };
/**
 * The least time between two reads of the counts while a run changes them. The events of the run cause the reads,
 * never a timer.
 */
const REFRESH_PAUSE_MS = 2_000;
/**
 * The least time between two readings of the source that nobody asked for, and how many times as long as the last one
 * it is at least: a large file is not read all the time.
 */
const LOOK_PAUSE_MS = 15_000;
const LOOK_PAUSE_TIMES = 20;
/** The pause after which an accounting system that did not answer is asked again. */
const RETRY_PAUSE_MS = 30_000;
export const EVERYTHING: Period = { from: null, to: null };

class Session {
  overview = $state.raw<Overview | null>(null);
  /** The problem with which the overview itself failed. */
  problem = $state.raw<Problem | null>(null);
  reach = $state.raw<Reach>({ kind: 'asking' });
  /** The run that is on, begun here or before this window was opened. */
  progress = $state.raw<Progress | null>(null);
  /** The end of the last run of this window, until it is put away. */
  end = $state.raw<RunEnded | null>(null);
  /** The lock of somebody else, seen before anybody here asked for it, until it is put away. */
  others = $state.raw<Lock | null>(null);
  /** The end of the wait, where the last run of this window waited in vain. */
  waitedUntil = $state.raw<string | null>(null);
  /** `true` from the request until the first progress. */
  starting = $state(false);
  period = $state.raw<Period>(EVERYTHING);
  /** Grows whenever the ledger may have changed, so that lists read it again. */
  changes = $state(0);

  /** The source is being read, because the window was opened or somebody came back to it. */
  looking = $state(false);
  /** The time of the last reading of the source in this window; `null` before the first. */
  lookedAt = $state.raw<Date | null>(null);
  /** The problem that kept the source from being read. */
  unlooked = $state.raw<Problem | null>(null);
  /** The vouchers that the last run of this window found gone, reversed or exchanged. */
  lost = $state(0);

  #asked = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  #lookAgainAt = 0;
  /** The number of vouchers that were gone when the run began; `null` where this window did not see that. */
  #lostBefore: number | null = null;
  #refreshedAt = 0;
  #refreshes = 0;
  #refreshed = 0;

  ready = $derived(this.overview?.kind === 'ready' ? this.overview : null);
  running = $derived(this.starting || this.progress !== null);

  /** Listens first and asks afterwards, so that no progress is lost between the two. */
  async open(): Promise<void> {
    await ipc.onRunProgress((progress) => this.#see(progress));
    await ipc.onRunEnded((end) => void this.#finish(end));
    this.#opened = false;
    await this.refresh();
    this.#opened = true;
    if (this.ready) {
      const now = await ipc.currentProgress().catch(() => null);
      if (now) this.#see(now);
      this.#arrive();
    }
    // A person who comes back to the window, perhaps days later, sees the present state. A hidden window asks
    // nothing.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      void this.refresh();
      void this.#lookAtLock();
    });
    // The file may have been saved in another program meanwhile.
    window.addEventListener('focus', () => void this.look());
  }

  /**
   * Reads the source, so that the counts say what waits there now. It sends nothing, and a reading of a moment ago is
   * new enough.
   */
  async look(): Promise<void> {
    const path = this.ready?.path;
    if (!path || this.looking || this.running || Date.now() < this.#lookAgainAt) return;
    this.looking = true;
    const began = new Date();
    try {
      await readUnasked();
      if (path !== this.ready?.path) return;
      this.seen(began);
    } catch (thrown) {
      if (path === this.ready?.path) this.unlooked = problemOf(thrown);
    } finally {
      const took = Date.now() - began.getTime();
      this.#lookAgainAt = Date.now() + Math.max(LOOK_PAUSE_MS, took * LOOK_PAUSE_TIMES);
      await this.refresh();
      this.looking = false;
    }
  }

  /** Reads the source now, because a person asked for it. */
  async lookNow(): Promise<void> {
    this.#lookAgainAt = 0;
    await this.look();
  }

  /** Keeps that the source was read at that time. */
  seen(at: Date): void {
    this.lookedAt = at;
    this.unlooked = null;
  }

  /** Reads the overview again; `isAnother` is true where another workspace was opened. */
  async refresh(isAnother = false): Promise<void> {
    const wasReady = this.ready !== null;
    const mine = (this.#refreshes += 1);
    try {
      const overview = await ipc.overview();
      // An earlier question may be answered later, with what was true then.
      if (mine < this.#refreshed) return;
      this.#refreshed = mine;
      this.overview = overview;
      this.problem = null;
    } catch (thrown) {
      if (mine < this.#refreshed) return;
      this.#refreshed = mine;
      this.problem = problemOf(thrown);
    }
    this.changes += 1;
    // A workspace that could not be used, and now can, was never asked about.
    if (this.#opened && this.ready && (isAnother || !wasReady)) this.#arrive();
  }

  /** Asks and reads what a person wants to know of a workspace before anything is clicked. */
  #arrive(): void {
    this.#lookAgainAt = 0;
    void this.ask();
    void this.look();
    void this.#readZone();
  }

  /** Reads the organisation's time zone. Where it cannot be read, times stay those of the computer. */
  async #readZone(): Promise<void> {
    const path = this.ready?.path;
    const settings = await ipc.settings().catch(() => null);
    if (path === this.ready?.path) zone.use(settings?.organisation.timeZone ?? null);
  }

  /**
   * Asks the accounting system who it is; on a slow network this takes time. One that did not answer is asked again and
   * again, and `quietly` goes on to say so meanwhile.
   */
  async ask(quietly = false): Promise<void> {
    const mine = (this.#asked += 1);
    clearTimeout(this.#retry);
    if (!quietly) this.reach = { kind: 'asking' };
    let reach: Reach;
    try {
      reach = { kind: 'reached', connection: await ipc.connection() };
    } catch (thrown) {
      reach = { kind: 'failed', problem: problemOf(thrown) };
    }
    // A late answer may be about the workspace before.
    if (mine !== this.#asked) return;
    this.reach = reach;
    if (reach.kind === 'failed') this.#retry = setTimeout(() => this.#askAgain(), RETRY_PAUSE_MS);
    void this.#lookAtLock();
  }

  /**
   * Begins a sync. With `waitSeconds` it waits so long at most for the run of somebody else; without, as long as the
   * workspace says.
   */
  async sync(waitSeconds: number | null = null): Promise<void> {
    if (this.running) return;
    this.putAway();
    this.starting = true;
    this.#lostBefore = this.ready?.counts.vanished ?? null;
    try {
      await ipc.startSync(this.period, waitSeconds);
    } catch (thrown) {
      this.#refused(problemOf(thrown));
    }
  }

  /**
   * Begins a run other than a sync, and returns what `ask` returned. Its progress and its end come as events. Where
   * `ask` throws, or `runs` says that it began no run of ours, there is no end to wait for.
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

  /** Makes a practice workspace. Throws the problem where it cannot be made. */
  async makePractice(): Promise<void> {
    await ipc.makePracticeWorkspace();
    await this.#moveIn();
  }

  /** Makes a workspace from the form. Throws the problem where it cannot be made. */
  async setUp(form: SetupForm): Promise<void> {
    await ipc.finishSetup(form);
    await this.#moveIn();
  }

  /** Opens another workspace. Throws the problem where it cannot be opened. */
  async openWorkspace(path: string): Promise<void> {
    await ipc.openWorkspace(path);
    await this.#moveIn();
  }

  /** Keeps the secret that was typed for a workspace without one, and opens it. Throws the problem where that fails. */
  async keepSecrets(): Promise<void> {
    await ipc.keepSecrets();
    await this.#moveIn();
  }

  putAway(): void {
    this.end = this.others = null;
  }

  /** Clears everything of the workspace before. */
  async #moveIn(): Promise<void> {
    this.putAway();
    this.progress = this.waitedUntil = this.lookedAt = this.unlooked = null;
    this.period = EVERYTHING;
    zone.use(null);
    dialogs.close();
    // The run and the record that were open belong to the other workspace, and the setup is done.
    router.replace(router.route.screen === 'setup' ? 'overview' : router.route.screen);
    await this.refresh(true);
  }

  /** Asks again, unless nobody sees the answer or a run is about to know it. */
  #askAgain(): void {
    if (document.hidden || this.running) this.#retry = setTimeout(() => this.#askAgain(), RETRY_PAUSE_MS);
    else void this.ask(true);
  }

  /** Shows who syncs before anything is clicked. A failure shows nothing: the next sync would report it. */
  async #lookAtLock(): Promise<void> {
    if (this.reach.kind !== 'reached' || this.running || this.end) return;
    const lock = await ipc.lock().catch(() => null);
    if (!this.running && !this.end) this.others = lock;
  }

  #see(progress: Progress): void {
    this.#lostBefore ??= this.ready?.counts.vanished ?? null;
    this.starting = false;
    // A finished run stays on the screen until its end has come, and the result takes its place.
    this.progress = progress;
    if (progress.phase !== 'sending' || Date.now() - this.#refreshedAt < REFRESH_PAUSE_MS) return;
    this.#refreshedAt = Date.now();
    void this.refresh();
  }

  #refused(problem: Problem): void {
    this.starting = false;
    this.progress = null;
    this.waitedUntil = null;
    this.end = {
      run: null,
      problem,
      noCertificate: null,
      lock: null,
      waitedFor: null,
      lookAlikes: 0,
      unreported: 0,
      unreportedBecause: null,
    };
  }

  async #finish(end: RunEnded): Promise<void> {
    await this.refresh();
    const lost = this.ready?.counts.vanished ?? 0;
    this.lost = Math.max(0, lost - (this.#lostBefore ?? lost));
    this.#lostBefore = null;
    if (end.run && end.run.counts.read > 0) this.seen(new Date(end.run.startedAt));
    this.waitedUntil = this.progress?.waiting?.until ?? null;
    this.starting = false;
    this.progress = null;
    this.end = end;
    // The run has asked the accounting system; the connection shown here should say the same.
    if (this.reach.kind !== 'reached' || end.problem?.code === 'accounting_unreachable')
      void this.ask(this.reach.kind === 'failed');
  }
}

export const session = new Session();
