/** Says of a month which of the four conditions of its end hold, and of each that does not, what is missing. */
import * as m from '$messages';
import type { MonthClose, RecordState, Sum } from '$ipc';
import { counted, day, number, sums, when } from '$shared/basics/format';
import { totals } from '$shared/basics/total';
import { reconciled } from '$shared/ledger/reconciled';
import { FOR_A_PERSON } from '$shared/record/states';
import { startOf } from '$shared/state/zone.svelte';

export type TickName = 'read' | 'synced' | 'left' | 'reconciled';
/** `acts` is true where a button does what is missing. */
export type Tick = { name: TickName; title: string; done: boolean; says: string; acts: boolean };

const TO_SEND: readonly RecordState[] = ['eligible', 'sending'];

/**
 * Returns the four conditions in the order in which they are met. `questions` is the number of questions that keep
 * everything from being sent.
 */
export function ticksOf(close: MonthClose, questions: number, now: Date = new Date()): Tick[] {
  return [readTick(close, now), syncedTick(close), leftTick(close, questions), reconciledTick(close, now)];
}

/** Adds up the sums of some states, each currency by itself. */
export function sumOf(close: MonthClose, states: readonly RecordState[]): { records: number; sums: Sum[] } {
  const found = close.states.filter((each) => states.includes(each.state));
  return { records: found.reduce((all, each) => all + each.records, 0), sums: totals(found) };
}

/** Returns the first moment after the month. */
function end(close: MonthClose): Date {
  const [year = 0, month = 1] = close.month.split('-').map(Number);
  return startOf({ year, month: month + 1, date: 1 });
}

function readTick(close: MonthClose, now: Date): Tick {
  const tick = { name: 'read' as const, title: m.month_read(), done: false, acts: false };
  const after = end(close);
  if (now < after) {
    const last = new Date(after.getTime() - 1);
    return { ...tick, says: m.month_not_over({ day: day(last, 'long') }) };
  }
  if (!close.readAt) return { ...tick, says: m.month_read_never(), acts: true };
  const read = when(close.readAt, now);
  if (new Date(close.readAt) < after)
    return { ...tick, says: m.month_read_early({ when: read }), acts: true };
  return { ...tick, done: true, says: m.month_read_done({ when: read, n: number(close.approved) }) };
}

function syncedTick(close: MonthClose): Tick {
  const tick = { name: 'synced' as const, title: m.month_synced(), done: false, acts: false };
  if (!close.readAt) return { ...tick, says: m.month_synced_unread() };
  const waiting = sumOf(close, TO_SEND);
  if (waiting.records > 0) {
    const says = m.month_synced_left({ ...counted(waiting.records), sum: sums(waiting.sums) });
    return { ...tick, says, acts: true };
  }
  const booked = sumOf(close, ['posted']);
  const counts = { n: number(booked.records), total: number(close.approved), sum: sums(booked.sums) };
  return {
    ...tick,
    done: true,
    says: booked.records > 0 ? m.month_synced_done(counts) : m.month_synced_none(),
  };
}

function leftTick(close: MonthClose, questions: number): Tick {
  const { records } = sumOf(close, FOR_A_PERSON);
  const missing = [
    records > 0 && m.month_left_records(counted(records)),
    close.undated > 0 && m.month_left_undated(counted(close.undated)),
    questions > 0 && m.month_left_questions(counted(questions)),
  ].filter(Boolean);
  const says = missing.join(' ');
  const done = says === '' && close.readAt !== null;
  const unknown = close.readAt === null ? m.month_synced_unread() : m.month_left_done();
  return { name: 'left', title: m.month_left(), done, says: says || unknown, acts: says !== '' };
}

function reconciledTick({ comparison }: MonthClose, now: Date): Tick {
  const { is, says } = reconciled(comparison, now);
  return { name: 'reconciled', title: m.month_reconciled(), done: is, acts: !is, says };
}
