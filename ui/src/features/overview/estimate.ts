/** How long it still takes, in words; nothing is said before there is evidence. */
import * as m from '$messages';
import { counted, number, time } from '$shared/format';
import type { Lock } from '$ipc';

export function estimate(etaSeconds: number | null, now: Date = new Date()): string {
  if (etaSeconds === null) return m.eta_unknown();
  const done = time(new Date(now.getTime() + etaSeconds * 1000));
  if (etaSeconds < 60) return m.eta_seconds({ time: done });
  const minutes = Math.round(etaSeconds / 60);
  if (minutes < 90) return m.eta_minutes({ ...counted(minutes), time: done });
  return m.eta_hours({ hours: number(Math.floor(minutes / 60)), minutes: number(minutes % 60), time: done });
}

/** What the holder of the lock has left, from the other side's own times: two machines' clocks are never compared. */
export function lockLeft(lock: Lock): string | null {
  if (!lock.processed || !lock.total || lock.processed >= lock.total) return null;
  const spentSeconds = (Date.parse(lock.renewedAt) - Date.parse(lock.acquiredAt)) / 1000;
  if (spentSeconds <= 0) return null;
  const left = ((lock.total - lock.processed) * spentSeconds) / lock.processed;
  return left < 60 ? m.lock_left_seconds() : m.lock_left(counted(Math.round(left / 60)));
}
