/** Looks at the lock again and again while somebody sees it: no sooner than the last answer, never behind a hidden window. */
import { ipc, type Lock } from '$ipc';

const PAUSE_MS = 3_000;

export class LockWatch {
  /** The lock as it was last seen; `null` while the accounting side has not shown any. */
  lock = $state.raw<Lock | null>(null);
  /** It was seen, and is not held any more. Nobody looks from then on. */
  free = $state(false);
  /** It was taken from its holder here. */
  broken = $state(false);
  /** The last look failed: what is shown is older than that. */
  stale = $state(false);

  #stopped = false;
  #looking = false;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(lock: Lock | null) {
    this.lock = lock;
  }

  /** Begins to look; the answer ends it. */
  begin(): () => void {
    this.#stopped = false;
    const shown = () => {
      if (document.hidden) clearTimeout(this.#next);
      else void this.#look();
    };
    document.addEventListener('visibilitychange', shown);
    this.#later();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#next);
      document.removeEventListener('visibilitychange', shown);
    };
  }

  /** Takes the lock from its holder, which throws where it may not be. */
  async break(confirm: string, reason: string): Promise<void> {
    this.lock = await ipc.breakLock(confirm, reason);
    this.broken = this.free = true;
    clearTimeout(this.#next);
  }

  get #over(): boolean {
    return this.#stopped || this.free;
  }

  #later(): void {
    clearTimeout(this.#next);
    if (!this.#over && !document.hidden) this.#next = setTimeout(() => void this.#look(), PAUSE_MS);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#over) return;
    this.#looking = true;
    try {
      this.#see(await ipc.lock());
    } catch {
      this.stale = true;
    } finally {
      this.#looking = false;
    }
    this.#later();
  }

  #see(lock: Lock | null): void {
    // It may have been broken while the question was on its way: its answer is older than that.
    if (this.#over) return;
    this.stale = false;
    // Where none was ever shown, it is a program on this machine that holds it, and this says nothing of that one.
    if (lock) this.lock = lock;
    else if (this.lock) this.free = true;
  }
}
