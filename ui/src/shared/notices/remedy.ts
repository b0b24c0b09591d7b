/** Holds the place in the window where a problem is put right; a problem that nothing here mends has none. */
import * as m from '$messages';
import type { ErrorCode, SettingsWish } from '$ipc';
import type { Screen } from '../state/router.svelte';

export type Part = SettingsWish['part'];
export type Remedy = { word: () => string; screen: Screen; part?: Part };

const source: Remedy = { word: m.remedy_source, screen: 'settings', part: 'source' };
const key: Remedy = { word: m.remedy_key, screen: 'settings', part: 'accounting' };
const connection: Remedy = { word: m.remedy_connection, screen: 'settings', part: 'accounting' };
export const accounts: Remedy = { word: m.remedy_accounts, screen: 'settings', part: 'posting' };
const attention: Remedy = { word: m.result_see_attention, screen: 'attention' };
const audit: Remedy = { word: m.remedy_audit, screen: 'audit' };

const remedies: Partial<Record<ErrorCode, Remedy>> = {
  source_file_missing: { ...source, word: m.remedy_file },
  source_empty: { ...source, word: m.remedy_file },
  source_not_csv: { ...source, word: m.remedy_file },
  source_is_workbook: { ...source, word: m.remedy_file },
  source_no_workbook: { ...source, word: m.remedy_file },
  source_encoding: source,
  source_column_missing: source,
  source_column_repeated: source,
  source_amounts_contradict: source,
  source_days_contradict: source,
  source_currency_not_named: source,
  source_currency_in_title: source,
  source_currency_of_others: source,
  source_amount_open: source,
  source_side_not_named: source,
  source_id_not_unique: source,
  source_sign_turned: source,
  source_amount_split: source,
  source_unit_in_title: source,
  source_days_turned: source,
  source_epoch_differs: source,
  source_states_not_named: source,
  source_sign_open: source,
  source_sheet_missing: source,
  source_sheet_empty: source,
  source_head_missing: source,
  source_ids_moved: source,
  ids_begin_anew: source,
  ids_shared: source,
  platform_unexpected: source,
  platform_unauthorized: { ...source, word: m.remedy_key },
  accounting_unauthorized: key,
  accounting_unexpected: connection,
  accounting_unreachable: connection,
  organisation_mismatch: connection,
  insecure_url: connection,
  setup_company: connection,
  setup_journal_missing: connection,
  setup_journal_unfit: connection,
  setup_account_missing: accounts,
  setup_account_unfit: accounts,
  setup_vat_missing: accounts,
  setup_vat_unfit: accounts,
  setup_dimension_missing: accounts,
  accounts_differ: accounts,
  books_differ: attention,
  prefix_differs: attention,
  source_lost: attention,
  look_alikes_many: attention,
  records_moved: attention,
  record_in_doubt: attention,
  audit_broken: audit,
};

export function remedyOf(code: ErrorCode): Remedy | null {
  return remedies[code] ?? null;
}

/** The part of the settings that opens next: a problem led there. */
export const wantedPart: { part: Part | null } = { part: null };
