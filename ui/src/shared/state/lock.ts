/** Says who holds the lock, for a person who was refused, waits, or breaks it. */
import * as m from '$messages';
import type { Lock } from '$ipc';
import { counted, number, secondsAgo, time } from '../basics/format';

type Who = (params: { user: string; host: string }) => string;

/** The operations that the accounting side names for a lock; an operation of a later version gets a general word. */
const doing: Record<string, Who> = {
  sync: m.lock_who,
  're-export': m.lock_who_re_export,
  compare: m.lock_who_compare,
  rebuild: m.lock_who_rebuild,
  resolve: m.lock_who_resolve,
};

/** Says who does what: "Kari Nordmann is syncing on HLF-PC-12", without the full stop. */
export function lockWho({ user, host, operation }: Lock): string {
  return (doing[operation] ?? m.lock_who_work)({ user, host });
}

/**
 * Says how far the holder is, "340 of 1,200 sent, about 4 minutes left", or as much of it as is known; `null` where
 * nothing is.
 */
export function lockFar(lock: Lock): string | null {
  const sends = lock.operation === 'sync' || lock.operation === 're-export';
  const far = { processed: number(lock.processed ?? 0), total: number(lock.total ?? 0) };
  const parts = [lock.total ? (sends ? m.lock_progress(far) : m.lock_done(far)) : null, lockLeft(lock)];
  return parts.filter((part) => part !== null).join(', ') || null;
}

/** Writes everything known about the holder, in a sentence or two. */
export function lockSentence(lock: Lock): string {
  const far = lockFar(lock);
  const times = m.lock_times({ started: time(lock.acquiredAt), ago: secondsAgo(lock.silentSeconds) });
  return `${lockWho(lock)}${far ? `: ${far}` : ''}. ${times}`;
}

/**
 * Returns the time that the holder still needs, as the engine estimates it from the pace of the holder; a dead holder
 * has none.
 */
export function lockLeft({ etaSeconds, looksDead }: Pick<Lock, 'etaSeconds' | 'looksDead'>): string | null {
  if (etaSeconds === null || looksDead) return null;
  if (etaSeconds < 60) return m.lock_left_seconds();
  const minutes = Math.round(etaSeconds / 60);
  if (minutes < 90) return m.lock_left(counted(minutes));
  return m.lock_left_hours({ hours: number(Math.floor(minutes / 60)), minutes: number(minutes % 60) });
}

/** Says that the holder is this person, where it is. */
export function lockMine({ whose }: Lock): string | null {
  if (whose === 'other') return null;
  return whose === 'mine_elsewhere' ? m.lock_mine_elsewhere() : m.lock_mine_here();
}

/** Says that the holder is silent, and what follows from it; `null` while the holder is alive. */
export function lockDead({ looksDead, freeInSeconds }: Lock): string | null {
  if (!looksDead) return null;
  if (freeInSeconds === 0) return m.lock_dead_now();
  const left =
    freeInSeconds < 90
      ? m.span_seconds(counted(freeInSeconds))
      : m.span_minutes(counted(Math.ceil(freeInSeconds / 60)));
  return m.lock_dead({ left });
}

/** Returns the title of the card. `null` is a program on this machine, which the accounting side does not show. */
export function lockTitle(lock: Lock | null): string {
  const syncs = lock === null || lock.operation === 'sync';
  if (lock?.whose === 'other') return syncs ? m.lock_title() : m.lock_title_work();
  return syncs ? m.lock_title_mine() : m.lock_title_mine_work();
}
