/** Plays a holder of the lock in the mock, who syncs and ends, or dies and is not heard from. */
import type { End, Lock, Problem } from '../bindings';
import { ago } from './data';

export type HolderScenario = 'lock' | 'lock-mine' | 'lock-here' | 'lock-dead' | 'waiting';

const TOTAL = 1200;
const BEGUN_AT = 340;
const RECORDS_A_SECOND = 3.6;
const DEAD_SILENCE_SECONDS = 46;
const LEASE_SECONDS = 60;
const REASON_LENGTH_MIN = 10;

export const NO_END: End = {
  run: null,
  problem: null,
  noCertificate: null,
  lock: null,
  waitedFor: null,
  lookAlikes: 0,
  unreported: 0,
  unreportedBecause: null,
};

export function lockOf(some: Partial<Lock> = {}): Lock {
  return {
    user: 'Kari Nordmann',
    host: 'HLF-PC-12',
    operation: 'sync',
    acquiredAt: ago(2),
    silentSeconds: 2,
    looksDead: false,
    freeInSeconds: 58,
    processed: BEGUN_AT,
    total: TOTAL,
    etaSeconds: 240,
    whose: 'other',
    ...some,
  };
}

/** Returns the problem of a held lock with the parameters of the engine: instants as machines write them. */
function heldBy({ user, host, acquiredAt, silentSeconds, processed, total }: Lock): Problem {
  const params = {
    user,
    host,
    since: acquiredAt,
    heard: new Date(Date.now() - silentSeconds * 1_000).toISOString(),
    processed: String(processed ?? 0),
    total: String(total ?? 0),
  };
  return { code: 'lock_held', params };
}

export class Holder {
  /** Counts from the first look: the time that a page took before that does not matter. */
  #since: number | null = null;
  readonly #acquiredAt = ago(2);
  #broken = false;

  constructor(readonly scenario: string) {}

  /** Returns the lock as it is at this moment. */
  lock(): Lock | null {
    if (this.#broken || !this.scenario.match(/^(lock|waiting)/) || this.scenario === 'lock-here') return null;
    this.#since ??= Date.now();
    const seconds = Math.floor((Date.now() - this.#since) / 1000);
    if (this.scenario === 'lock-dead') return this.#dead(seconds);
    const processed = Math.min(TOTAL, BEGUN_AT + Math.floor(seconds * RECORDS_A_SECOND));
    if (processed === TOTAL) return null;
    return lockOf({
      acquiredAt: this.#acquiredAt,
      processed,
      silentSeconds: 1 + (seconds % 3),
      etaSeconds: Math.ceil((TOTAL - processed) / RECORDS_A_SECOND),
      ...(this.scenario === 'lock-mine' ? { whose: 'mine_elsewhere' } : {}),
    });
  }

  /** Returns the end of a sync that does not wait; `null` where the lock is free. */
  refusal(): End | null {
    if (this.scenario === 'lock-here')
      return { ...NO_END, problem: { code: 'lock_held_here', params: { path: '/run/lock' } } };
    const lock = this.lock();
    return lock && { ...NO_END, lock, problem: heldBy(lock) };
  }

  /** Breaks the lock. Refuses what the engine refuses. */
  break(confirm: string, reason: string): Lock {
    const lock = this.lock();
    if (reason.trim().length < REASON_LENGTH_MIN)
      throw { code: 'reason_too_short', params: { minimum: '10' } } satisfies Problem;
    if (!lock) throw { code: 'lock_free', params: {} } satisfies Problem;
    if (confirm !== lock.user) {
      const params = { expected: lock.user, found: confirm };
      throw { code: 'confirmation_differs', params } satisfies Problem;
    }
    this.#broken = true;
    return lock;
  }

  #dead(seconds: number): Lock | null {
    const silentSeconds = DEAD_SILENCE_SECONDS + seconds;
    if (silentSeconds > LEASE_SECONDS) return null;
    const freeInSeconds = LEASE_SECONDS - silentSeconds;
    return lockOf({ acquiredAt: this.#acquiredAt, silentSeconds, freeInSeconds, looksDead: true });
  }
}
