/**
 * Holds a sentence for each code. The table is complete by type: a code of the engine without a message does not
 * compile. Where the engine's own sentence also helps on the command line (a key of the workspace file, a command, a
 * status), the window has one of its own, which names what can be done here.
 */
import * as m from '$messages';
import { dateFormat, when } from '../basics/format';
import type { ErrorCode, HoldCode, Problem, Reason } from '$ipc';

type Sentence = (params: never) => string;

export const errorSentences: Record<ErrorCode, Sentence> = {
  internal: m.window_error_internal,
  source_file_missing: m.window_error_source_file_missing,
  source_file_unreadable: m.window_error_source_file_unreadable,
  source_encoding: m.window_error_source_encoding,
  source_column_missing: m.window_error_source_column_missing,
  source_empty: m.error_source_empty,
  source_column_repeated: m.window_error_source_column_repeated,
  source_quote_open: m.error_source_quote_open,
  source_unfinished: m.error_source_unfinished,
  source_line_end_missing: m.window_error_source_line_end_missing,
  source_amounts_contradict: m.window_error_source_amounts_contradict,
  source_days_contradict: m.window_error_source_days_contradict,
  source_currency_not_named: m.window_error_source_currency_not_named,
  source_currency_in_title: m.window_error_source_currency_in_title,
  source_currency_of_others: m.window_error_source_currency_of_others,
  source_amount_open: m.window_error_source_amount_open,
  source_side_not_named: m.window_error_source_side_not_named,
  source_id_not_unique: m.window_error_source_id_not_unique,
  source_sign_turned: m.window_error_source_sign_turned,
  source_amount_split: m.window_error_source_amount_split,
  source_unit_in_title: m.window_error_source_unit_in_title,
  source_days_turned: m.window_error_source_days_turned,
  source_epoch_differs: m.window_error_source_epoch_differs,
  source_states_not_named: m.window_error_source_states_not_named,
  source_sign_open: m.window_error_source_sign_open,
  source_not_csv: m.error_source_not_csv,
  source_is_workbook: m.window_error_source_is_workbook,
  source_no_workbook: m.window_error_source_no_workbook,
  source_password: m.error_source_password,
  source_damaged: m.window_error_source_damaged,
  source_too_large: m.error_source_too_large,
  source_sheet_missing: m.window_error_source_sheet_missing,
  source_sheet_empty: m.window_error_source_sheet_empty,
  source_head_missing: m.window_error_source_head_missing,
  platform_unexpected: m.window_error_platform_unexpected,
  platform_unauthorized: m.window_error_platform_unauthorized,
  accounting_unauthorized: m.window_error_accounting_unauthorized,
  accounting_unexpected: m.window_error_accounting_unexpected,
  accounting_refused: m.window_error_accounting_refused,
  setup_company: m.window_error_setup_company,
  setup_module_missing: m.error_setup_module_missing,
  setup_journal_missing: m.window_error_setup_journal_missing,
  setup_journal_unfit: m.window_error_setup_journal_unfit,
  setup_field_missing: m.error_setup_field_missing,
  setup_period_missing: m.error_setup_period_missing,
  setup_account_missing: m.window_error_setup_account_missing,
  setup_account_unfit: m.window_error_setup_account_unfit,
  setup_right_missing: m.error_setup_right_missing,
  accounting_unreliable: m.error_accounting_unreliable,
  accounting_reference_short: m.error_accounting_reference_short,
  file_folder_closed: m.window_error_file_folder_closed,
  file_folder_unsafe: m.error_file_folder_unsafe,
  file_folder_full: m.error_file_folder_full,
  file_folder_failed: m.window_error_file_folder_failed,
  file_name_taken: m.error_file_name_taken,
  file_changed: m.error_file_changed,
  file_unfinished: m.error_file_unfinished,
  file_not_found: m.error_file_not_found,
  file_not_waiting: m.error_file_not_waiting,
  file_was_imported: m.error_file_was_imported,
  file_absence_unproven: m.error_file_absence_unproven,
  books_cannot_be_asked: m.window_error_books_cannot_be_asked,
  record_in_file: m.window_error_record_in_file,
  books_unreadable: m.window_error_books_unreadable,
  books_of_others: m.error_books_of_others,
  file_folder_missing: m.error_file_folder_missing,
  file_ledger_differs: m.error_file_ledger_differs,
  organisation_mismatch: m.error_organisation_mismatch,
  fence_went_back: m.error_fence_went_back,
  search_lag_longer: m.window_error_search_lag_longer,
  accounting_list_endless: m.error_accounting_list_endless,
  books_differ: m.window_error_books_differ,
  prefix_differs: m.window_error_prefix_differs,
  books_unlike_name: m.window_error_books_unlike_name,
  source_ids_moved: m.window_error_source_ids_moved,
  source_lost: m.window_error_source_lost,
  ids_begin_anew: m.window_error_ids_begin_anew,
  ids_shared: m.window_error_ids_shared,
  look_alikes_many: m.window_error_look_alikes_many,
  records_moved: m.window_error_records_moved,
  nothing_to_confirm: m.error_nothing_to_confirm,
  nothing_to_set_aside: m.error_nothing_to_set_aside,
  no_other_day_needed: m.error_no_other_day_needed,
  nothing_in_closed_period: m.error_nothing_in_closed_period,
  other_day_unfit: m.error_other_day_unfit,
  lease_lost: m.error_lease_lost,
  interrupted: m.error_interrupted,
  result_missing: m.error_result_missing,
  evidence_unclear: m.error_evidence_unclear,
  evidence_differs: m.error_evidence_differs,
  evidence_reversed: m.error_evidence_reversed,
  evidence_several: m.error_evidence_several,
  draft_gone: m.error_draft_gone,
  draft_contested: m.error_draft_contested,
  may_still_arrive: m.error_may_still_arrive,
  not_found_in_time: m.error_not_found_in_time,
  evidence_gone: m.error_evidence_gone,
  not_exported: m.error_not_exported,
  record_held: m.error_record_held,
  record_in_doubt: m.error_record_in_doubt,
  not_in_doubt: m.error_not_in_doubt,
  resolution_contradicted: m.error_resolution_contradicted,
  resolution_too_early: m.error_resolution_too_early,
  approval_not_asked: m.error_approval_not_asked,
  approval_by_same: m.error_approval_by_same,
  re_export_overtaken: m.error_re_export_overtaken,
  re_export_too_early: m.error_re_export_too_early,
  exported_elsewhere: m.error_exported_elsewhere,
  acknowledgement_differs: m.error_acknowledgement_differs,
  acknowledgement_unverified: m.error_acknowledgement_unverified,
  acknowledgement_taken: m.error_acknowledgement_taken,
  accounts_differ: m.window_error_accounts_differ,
  reversal_failed: m.window_error_reversal_failed,
  record_not_found: m.error_record_not_found,
  nothing_to_accept: m.error_nothing_to_accept,
  certificate_missing: m.error_certificate_missing,
  proof_missing: m.window_error_proof_missing,
  voucher_page_missing: m.error_voucher_page_missing,
  report_unwritable: m.window_error_report_unwritable,
  run_not_found: m.error_run_not_found,
  secret_missing: m.window_error_secret_missing,
  keyring_unavailable: m.window_error_keyring_unavailable,
  secret_empty: m.window_error_secret_empty,
  desktop_refused: m.window_error_desktop_refused,
  sandbox_failed: m.window_error_sandbox_failed,
  usage: m.window_error_usage,
  reason_too_short: m.error_reason_too_short,
  ledger_is_sound: m.window_error_ledger_is_sound,
  confirmation_differs: m.error_confirmation_differs,
  report_exists: m.window_error_report_exists,
  report_format_unknown: m.error_report_format_unknown,
  period_reversed: m.error_period_reversed,
  workspace_missing: m.window_error_workspace_missing,
  workspace_exists: m.error_workspace_exists,
  folder_not_absolute: m.error_folder_not_absolute,
  workspace_unreadable: m.window_error_workspace_unreadable,
  workspace_invalid: m.window_error_workspace_invalid,
  workspace_changed: m.error_workspace_changed,
  workspace_unknown_key: m.error_workspace_unknown_key,
  workspace_key_missing: m.error_workspace_key_missing,
  workspace_value_invalid: m.error_workspace_value_invalid,
  workspace_kind_unavailable: m.error_workspace_kind_unavailable,
  insecure_url: m.window_error_insecure_url,
  ca_file_unreadable: m.window_error_ca_file_unreadable,
  policy_forbids: m.window_error_policy_forbids,
  policy_invalid: m.window_error_policy_invalid,
  ledger_place_unsafe: m.window_error_ledger_place_unsafe,
  lock_free: m.error_lock_free,
  lock_is_ours: m.error_lock_is_ours,
  lock_held: m.error_lock_held,
  lock_held_here: m.window_error_lock_held_here,
  run_is_on: m.error_run_is_on,
  platform_unreachable: m.window_error_platform_unreachable,
  platform_busy: m.window_error_platform_busy,
  accounting_unreachable: m.window_error_accounting_unreachable,
  accounting_busy: m.window_error_accounting_busy,
  proxy_denied: m.window_error_proxy_denied,
  proxy_script_failed: m.window_error_proxy_script_failed,
  certificate_untrusted: m.window_error_certificate_untrusted,
  ledger_newer: m.error_ledger_newer,
  ledger_damaged: m.window_error_ledger_damaged,
  ledger_missing: m.window_error_ledger_missing,
  ledger_backup_failed: m.window_error_ledger_backup_failed,
  ledger_read_only: m.error_ledger_read_only,
  ledger_busy: m.error_ledger_busy,
  ledger_disk_full: m.error_ledger_disk_full,
  ledger_unreadable: m.window_error_ledger_unreadable,
  ledger_rolled_back: m.window_error_ledger_rolled_back,
  ledger_forked: m.window_error_ledger_forked,
  audit_broken: m.window_error_audit_broken,
};

export const reasonSentences: Record<HoldCode, Sentence> = {
  id_missing: m.reason_id_missing,
  id_invalid: m.reason_id_invalid,
  field_missing: m.reason_field_missing,
  row_unreadable: m.reason_row_unreadable,
  date_invalid: m.reason_date_invalid,
  date_implausible: m.reason_date_implausible,
  amount_invalid: m.reason_amount_invalid,
  amount_decimals: m.reason_amount_decimals,
  amount_zero: m.reason_amount_zero,
  currency_unknown: m.reason_currency_unknown,
  id_repeated: m.reason_id_repeated,
  id_scientific: m.reason_id_scientific,
  date_is_number: m.window_reason_date_is_number,
  date_ambiguous: m.reason_date_ambiguous,
  amount_ambiguous: m.reason_amount_ambiguous,
  side_unclear: m.reason_side_unclear,
  currency_foreign: m.reason_currency_foreign,
  not_approved: m.window_reason_not_approved,
  rule_unclear: m.window_reason_rule_unclear,
  row_is_total: m.reason_row_is_total,
  cell_faulty: m.reason_cell_faulty,
  file_not_read: m.reason_file_not_read,
  file_letter: m.reason_file_letter,
  file_too_long: m.reason_file_too_long,
  file_unfit: m.window_reason_file_unfit,
  row_not_included: m.window_reason_row_not_included,
  row_excluded: m.window_reason_row_excluded,
  total_left_out: m.reason_total_left_out,
  row_hidden: m.window_reason_row_hidden,
  hidden_left_out: m.reason_hidden_left_out,
  cell_merged: m.window_reason_cell_merged,
  head_repeated: m.reason_head_repeated,
  row_continues: m.reason_row_continues,
  row_is_note: m.reason_row_is_note,
  account_missing: m.window_reason_account_missing,
  id_look_alike: m.window_reason_id_look_alike,
  claim_sum_differs: m.reason_claim_sum_differs,
  claim_too_long: m.reason_claim_too_long,
  claim_differs: m.reason_claim_differs,
  dimension_missing: m.reason_dimension_missing,
  vat_invalid: m.reason_vat_invalid,
  vat_code_not_taken: m.window_reason_vat_code_not_taken,
  being_edited: m.window_reason_being_edited,
  changed_since_read: m.window_reason_changed_since_read,
  lock_refused: m.window_reason_lock_refused,
};

/** Shows a parameter that the engine left out as a dash, never as `undefined`. */
function complete(params: Record<string, string>): never {
  return new Proxy(params, { get: (all, name) => all[String(name)] ?? '–' }) as never;
}

/** The parameters that hold an instant, as the engine writes one. */
const INSTANTS = new Set(['since', 'heard', 'until', 'at']);

/** Writes an instant as the clock shows it, not as machines write it. */
function timed(params: Record<string, string>): Record<string, string> {
  const readable = Object.entries(params).map(([name, value]) => {
    const isInstant = INSTANTS.has(name) && !Number.isNaN(Date.parse(value));
    return [name, isInstant ? when(value) : value];
  });
  return Object.fromEntries(readable) as Record<string, string>;
}

/** Writes a date format as people write it, not as the workspace file does. */
function spoken(params: Record<string, string>): Record<string, string> {
  const { expected } = params;
  return expected === undefined ? params : { ...params, expected: dateFormat(expected) };
}

export function problemSentence(problem: Problem): string {
  return errorSentences[problem.code](complete(timed(problem.params)));
}

export function reasonSentence(reason: Reason): string {
  switch (reason.kind) {
    case 'held':
      return reasonSentences[reason.code](complete(spoken(reason.params)));
    case 'refused':
      return m.reason_refused_by_system({ detail: reason.detail });
    case 'in_doubt':
      return problemSentence(reason.problem);
  }
}
