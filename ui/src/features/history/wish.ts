/** Turns the fields above the history into a query. */
import type { Outcome, RunQuery, Trigger } from '$ipc';
import { startOf } from '$shared/state/zone.svelte';

/** The fields above the list, as they were typed. */
export type Wish = {
  text: string;
  outcome: Outcome | 'unfinished' | '';
  trigger: Trigger | '';
  actor: string;
  from: string;
  to: string;
};
export const ANY: Wish = { text: '', outcome: '', trigger: '', actor: '', from: '', to: '' };

/** Returns the days of the organisation, both included, as moments. */
export function queryOf(wish: Wish): RunQuery {
  const text = (typed: string) => typed.trim() || null;
  const midnight = (day: string, later = 0) => {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    return startOf({ year, month, date: date + later }).toISOString();
  };
  return {
    text: text(wish.text),
    outcome: wish.outcome === 'unfinished' ? null : wish.outcome || null,
    unfinished: wish.outcome === 'unfinished',
    trigger: wish.trigger || null,
    actor: text(wish.actor),
    startedFrom: wish.from ? midnight(wish.from) : null,
    startedBefore: wish.to ? midnight(wish.to, 1) : null,
  };
}
