/** Looks at the lock again and again while somebody sees it: never before the last answer, never in a hidden window. */
import { ipc, type Lock } from '$ipc';

const PAUSE_MS = 3_000;

export class LockWatch {
  /** The lock as it was last seen; `null` until the accounting side has shown one. */
  lock = $state.raw<Lock | null>(null);
  /** The lock was seen and is not held any more. Nobody looks again. */
  free = $state(false);
  /** The lock was taken from its holder in this window. */
  broken = $state(false);
  /** The last look failed, so that the lock shown is older. */
  stale = $state(false);

  #stopped = false;
  #looking = false;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(lock: Lock | null) {
    this.lock = lock;
  }

  /** Begins to look. The function it returns ends that. */
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

  /** Takes the lock from its holder. Throws where it may not be taken. */
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
    // The lock may have been broken while the question was on its way; the answer is older than that.
    if (this.#over) return;
    this.stale = false;
    // Without any lock seen, a program on this machine holds it, and the answer says nothing about that program.
    if (lock) this.lock = lock;
    else if (this.lock) this.free = true;
  }
}
