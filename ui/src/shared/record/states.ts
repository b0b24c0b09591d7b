/** Holds one word, one mark and one colour for each state, the same everywhere. */
import * as m from '$messages';
import type { Mark, Tone } from '../basics/mark';
import type {
  ItemResult,
  Phase,
  RecordCounts,
  RecordState,
  Run,
  Trigger,
  VoucherPart,
  VoucherState,
} from '$ipc';

export type Shown = { word: () => string; mark: Mark; tone: Tone };

export const recordStates: Record<RecordState, Shown> = {
  posted: { word: m.state_posted, mark: 'check', tone: 'good' },
  handed_over: { word: m.state_handed_over, mark: 'sheet', tone: 'quiet' },
  eligible: { word: m.state_eligible, mark: 'ring', tone: 'quiet' },
  sending: { word: m.state_sending, mark: 'half', tone: 'accent' },
  in_doubt: { word: m.state_in_doubt, mark: 'question', tone: 'warn' },
  refused: { word: m.state_refused, mark: 'cross', tone: 'bad' },
  held: { word: m.state_held, mark: 'pause', tone: 'warn' },
  changed: { word: m.state_changed, mark: 'triangle', tone: 'warn' },
  vanished: { word: m.state_vanished, mark: 'alert', tone: 'bad' },
  gone: { word: m.state_gone, mark: 'dot', tone: 'warn' },
  set_aside: { word: m.state_set_aside, mark: 'minus', tone: 'quiet' },
};

export const itemResults: Record<ItemResult, Shown> = {
  posted: recordStates.posted,
  handed_over: recordStates.handed_over,
  skipped_handed_over: { word: m.state_handed_over, mark: 'skip', tone: 'quiet' },
  skipped_already_exported: { word: m.state_skipped, mark: 'skip', tone: 'quiet' },
  skipped_found_in_accounting: { word: m.state_skipped, mark: 'skip', tone: 'quiet' },
  skipped_repeated_in_source: { word: m.state_repeated, mark: 'skip', tone: 'quiet' },
  left_out: { word: m.state_left_out, mark: 'skip', tone: 'quiet' },
  refused: recordStates.refused,
  held: recordStates.held,
  in_doubt: recordStates.in_doubt,
  not_sent: { word: m.state_not_sent, mark: 'ring', tone: 'quiet' },
};

/** The states of a voucher: it counts in the books, or it does not. */
export const voucherStates: Record<VoucherState, Shown> = {
  posted: { word: m.voucher_posted, mark: 'check', tone: 'good' },
  voided: { word: m.voucher_voided, mark: 'cross', tone: 'bad' },
};

/** The parts in which a voucher may differ from what was sent. */
const voucherParts: Record<VoucherPart, () => string> = {
  date: m.part_date,
  currency: m.part_currency,
  amount: m.part_amount,
  sign: m.part_sign,
  account: m.part_account,
  payee: m.part_payee,
  text: m.part_text,
  vat: m.part_vat,
  dimensions: m.part_dimensions,
  own_amount: m.part_own_amount,
};

/** Returns the names of parts, as a list in a sentence. */
export function partNames(parts: VoucherPart[]): string {
  return parts.map((part) => voucherParts[part]()).join(', ');
}

/** The triggers of a run. */
export const triggers: Record<Trigger, () => string> = {
  manual: m.trigger_manual,
  scheduled: m.trigger_scheduled,
  're-export': m.trigger_re_export,
};

/** The phases of a run. */
export const phases: Record<Phase, () => string> = {
  locking: m.phase_locking,
  recovering: m.phase_recovering,
  settling: m.phase_settling,
  reading: m.phase_reading,
  planning: m.phase_planning,
  sending: m.phase_sending,
  finishing: m.phase_finishing,
  finished: m.phase_finished,
};

/** A row whose turn has not come is waiting. */
export function shownResult(result: ItemResult | null): Shown {
  return result ? itemResults[result] : recordStates.eligible;
}

/** The states in which a record waits for a person. */
export const FOR_A_PERSON: RecordState[] = ['in_doubt', 'refused', 'held', 'changed', 'vanished', 'gone'];

/** The states of which a sync takes the records along: those that were refused are tried again. */
export const TO_SEND: RecordState[] = ['eligible', 'refused'];

/** Returns how many records wait for a person. */
export function attentionIn(counts: RecordCounts): number {
  const { inDoubt, vanished, refused, held, changed, gone, questions, approvals, receipts } = counts;
  return inDoubt + vanished + refused + held + changed + gone + questions + approvals + receipts;
}

/** Returns how many rows of a run need a person. */
export function attentionOf(run: Pick<Run, 'counts'>): number {
  return run.counts.refused + run.counts.held + run.counts.inDoubt;
}

export function shownOutcome(run: Pick<Run, 'outcome' | 'counts'>): Shown {
  switch (run.outcome) {
    case null:
      return { word: m.outcome_running, mark: 'half', tone: 'accent' };
    case 'completed':
      return attentionOf(run) > 0
        ? { word: m.outcome_completed_attention, mark: 'check', tone: 'warn' }
        : { word: m.outcome_completed, mark: 'check', tone: 'good' };
    case 'stopped':
      return { word: m.outcome_stopped, mark: 'pause', tone: 'quiet' };
    case 'lease_lost':
      return { word: m.outcome_lease_lost, mark: 'triangle', tone: 'warn' };
    case 'failed':
      return { word: m.outcome_failed, mark: 'cross', tone: 'bad' };
    case 'interrupted':
      return { word: m.outcome_interrupted, mark: 'triangle', tone: 'warn' };
  }
}
