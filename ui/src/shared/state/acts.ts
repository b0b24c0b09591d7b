/** Holds a few words for each act of the audit trail. */
import * as m from '$messages';
import type { Act } from '$ipc';

export const acts: Record<Act, () => string> = {
  sync_started: m.act_sync_started,
  sync_ended: m.act_sync_ended,
  re_export_requested: m.act_re_export_requested,
  re_export_approved: m.act_re_export_approved,
  re_export_withdrawn: m.act_re_export_withdrawn,
  re_export_claimed: m.act_re_export_claimed,
  re_export_settled: m.act_re_export_settled,
  reversal_claimed: m.act_reversal_claimed,
  reversal_settled: m.act_reversal_settled,
  resolved: m.act_resolved,
  accepted: m.act_accepted,
  confirmed: m.act_confirmed,
  set_aside: m.act_set_aside,
  other_day_chosen: m.act_other_day_chosen,
  disowned: m.act_disowned,
  lock_broken: m.act_lock_broken,
  settings_changed: m.act_settings_changed,
  rebuilt: m.act_rebuilt,
  verified: m.act_verified,
  compared: m.act_compared,
  alarm_raised: m.act_alarm_raised,
  file_sealed: m.act_file_sealed,
  file_withdrawn: m.act_file_withdrawn,
  books_read: m.act_books_read,
  backup_made: m.act_backup_made,
  backup_restored: m.act_backup_restored,
  forgotten: m.act_forgotten,
  history_sealed: m.act_history_sealed,
};
