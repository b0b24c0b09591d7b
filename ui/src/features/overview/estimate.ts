/** Says in words how long a run still takes; without evidence it says nothing. */
import * as m from '$messages';
import { counted, number, time } from '$shared/basics/format';

export function estimate(etaSeconds: number | null, now: Date = new Date()): string {
  if (etaSeconds === null) return m.eta_unknown();
  const done = time(new Date(now.getTime() + etaSeconds * 1000));
  if (etaSeconds < 60) return m.eta_seconds({ time: done });
  const minutes = Math.round(etaSeconds / 60);
  if (minutes < 90) return m.eta_minutes({ ...counted(minutes), time: done });
  return m.eta_hours({ hours: number(Math.floor(minutes / 60)), minutes: number(minutes % 60), time: done });
}
