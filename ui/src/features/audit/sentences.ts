/**
 * Writes an entry of the trail as a sentence. The table is complete by type: an act without a sentence does not
 * compile.
 */
import * as m from '$messages';
import type { Act, AuditEntryFull, Outcome } from '$ipc';

const UNKNOWN = '–';

/** The outcomes of a run, as the facts of the trail name them. */
const ends: Record<Outcome, () => string> = {
  completed: m.trail_sync_completed,
  stopped: m.trail_sync_stopped,
  failed: m.trail_sync_failed,
  lease_lost: m.trail_sync_lease_lost,
  interrupted: m.trail_sync_interrupted,
};

const sentences: Record<Act, (entry: AuditEntryFull) => string> = {
  sync_started: (entry) => {
    const trigger = fact(entry, 'trigger');
    if (trigger === 'scheduled') return m.trail_sync_started_scheduled();
    return trigger === 're-export'
      ? m.trail_sync_started_re_export(who(entry))
      : m.trail_sync_started(who(entry));
  },
  sync_ended: (entry) => {
    if (fact(entry, 'began') === 'false') return m.trail_sync_not_begun();
    const outcome = fact(entry, 'outcome');
    return outcome && outcome in ends ? ends[outcome as Outcome]() : m.act_sync_ended();
  },
  re_export_requested: (entry) => m.trail_re_export_requested(whoAndRecord(entry)),
  re_export_approved: (entry) => m.trail_re_export_approved(whoAndRecord(entry)),
  re_export_withdrawn: (entry) => m.trail_re_export_withdrawn(whoAndRecord(entry)),
  re_export_claimed: (entry) => m.trail_re_export_claimed(record(entry)),
  re_export_settled: (entry) => m.trail_re_export_settled(record(entry)),
  reversal_claimed: (entry) => m.trail_reversal_claimed(reversed(entry)),
  reversal_settled: (entry) => m.trail_reversal_settled(reversed(entry)),
  resolved: (entry) => m.trail_resolved(whoAndRecord(entry)),
  accepted: (entry) => m.trail_accepted(whoAndRecord(entry)),
  confirmed: (entry) => m.trail_confirmed(who(entry)),
  set_aside: (entry) => m.trail_set_aside(whoAndRecord(entry)),
  receipt_set_aside: (entry) => m.trail_receipt_set_aside(whoAndRecord(entry)),
  other_day_chosen: (entry) => m.trail_other_day_chosen(whoAndRecord(entry)),
  disowned: (entry) => m.trail_disowned(record(entry)),
  lock_broken: (entry) => m.trail_lock_broken(who(entry)),
  settings_changed: () => m.trail_settings_changed(),
  rebuilt: (entry) => m.trail_rebuilt(who(entry)),
  verified: (entry) => m.trail_verified(who(entry)),
  // A run compares its own vouchers when it is over; nobody asked for it.
  compared: (entry) => (entry.runId ? m.trail_compared_run() : m.trail_compared(who(entry))),
  alarm_raised: (entry) => m.trail_alarm_raised(record(entry)),
  file_sealed: (entry) => m.trail_file_sealed(who(entry)),
  file_withdrawn: (entry) => m.trail_file_withdrawn(who(entry)),
  books_read: (entry) => m.trail_books_read(who(entry)),
  backup_made: (entry) => m.trail_backup_made(who(entry)),
  backup_restored: (entry) => m.trail_backup_restored(who(entry)),
  forgotten: (entry) => m.trail_forgotten(who(entry)),
  history_sealed: (entry) => m.trail_history_sealed(who(entry)),
};

export function sentence(entry: AuditEntryFull): string {
  return sentences[entry.act](entry);
}

function fact(entry: AuditEntryFull, name: string): string | undefined {
  return entry.facts.find((each) => each.name === name)?.value;
}

function who(entry: AuditEntryFull): { who: string } {
  return { who: entry.user };
}

function record(entry: AuditEntryFull): { record: string } {
  return { record: entry.recordId ?? UNKNOWN };
}

function whoAndRecord(entry: AuditEntryFull): { who: string; record: string } {
  return { ...who(entry), ...record(entry) };
}

/** Returns the voucher that was reversed, or is to be: the earlier one. */
function reversed(entry: AuditEntryFull): { voucher: string } {
  return { voucher: entry.earlierVoucherId ?? entry.voucherId ?? UNKNOWN };
}
