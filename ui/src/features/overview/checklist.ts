/** Lists the steps of the first hour, which are done once. */
import * as m from '$messages';

export type StepName = 'connected' | 'read' | 'synced' | 'reconciled' | 'scheduled';
export type Step = { name: StepName; title: string; text: string; done: boolean };
/** The facts that the steps are told by. */
export type Known = {
  isReached: boolean;
  isRead: boolean;
  /** True after a sync that came to its end. */
  isSynced: boolean;
  /** True after a comparison that a person asked for. */
  isReconciled: boolean;
  isScheduled: boolean;
};

/** Returns the steps in the order in which they are done. A sync that came to its end has connected and read. */
export function stepsOf(known: Known): Step[] {
  const { isReached, isRead, isSynced, isReconciled, isScheduled } = known;
  return [
    {
      name: 'connected',
      title: m.begin_connected(),
      text: m.begin_connected_text(),
      done: isReached || isSynced,
    },
    { name: 'read', title: m.begin_read(), text: m.begin_read_text(), done: isRead || isSynced },
    { name: 'synced', title: m.begin_synced(), text: m.begin_synced_text(), done: isSynced },
    { name: 'reconciled', title: m.begin_reconciled(), text: m.begin_reconciled_text(), done: isReconciled },
    { name: 'scheduled', title: m.begin_scheduled(), text: m.begin_scheduled_text(), done: isScheduled },
  ];
}

/** Keeps for a workspace that its list was done, or put away by a person: it does not come back. */
const KEY = 'postonce.begun.';
export const isBegun = (path: string): boolean => localStorage.getItem(KEY + path) !== null;
export const keepBegun = (path: string): void => localStorage.setItem(KEY + path, 'yes');
