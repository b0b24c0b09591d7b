/** Holds the words for the parts of a workspace. */
import * as m from '$messages';
import type { ErrorCode, Problem, SecretKind, SourceField } from '$ipc';
import { problemSentence } from '$shared/notices/problem';

export const fieldWords: Record<SourceField, () => string> = {
  id: m.source_field_id,
  date: m.source_field_date,
  amount: m.source_field_amount,
  payee: m.source_field_payee,
  category: m.source_field_category,
  text: m.source_field_text,
  approved_at: m.source_field_approved_at,
  currency: m.source_field_currency,
  department: m.source_field_department,
  project: m.source_field_project,
  version: m.source_field_version,
  payee_name: m.source_field_payee_name,
  amount_back: m.source_field_amount_back,
  vat_code: m.source_field_vat_code,
  vat_amount: m.source_field_vat_amount,
  rate: m.source_field_rate,
  own_amount: m.source_field_own_amount,
  claim_total: m.source_field_claim_total,
  claim_text: m.source_field_claim_text,
  receipts: m.source_field_receipts,
  side: m.source_field_side,
};
export const REQUIRED_FIELDS: readonly SourceField[] = ['id', 'date', 'amount', 'payee', 'category', 'text'];
export const SOURCE_FIELDS = Object.keys(fieldWords) as SourceField[];

export const secretWords: Record<SecretKind, () => string> = {
  token: m.secret_token,
  password: m.secret_password,
  api_key: m.secret_api_key,
};

const kinds: Record<string, [word: () => string, text: () => string]> = {
  open: [m.kind_open, m.kind_open_text],
  tryton: [m.kind_tryton, m.kind_tryton_text],
  odoo: [m.kind_odoo, m.kind_odoo_text],
};
/** A kind that is newer than these words is called by its name. */
export const kindWord = (name: string): string => kinds[name]?.[0]() ?? name;
export const kindText = (name: string): string => kinds[name]?.[1]() ?? '';

const keys: Record<string, () => string> = {
  url: m.kind_field_url,
  database: m.kind_field_database,
  user: m.kind_field_user,
  company: m.kind_field_company,
  journal: m.kind_field_journal,
  search_lag_seconds: m.kind_field_search_lag,
};
export const keyWord = (key: string): string => keys[key]?.() ?? key;

const hints: Record<string, () => string> = {
  url: m.kind_field_url_hint,
  search_lag_seconds: m.kind_field_search_lag_hint,
};
export const keyHint = (key: string): string | undefined => hints[key]?.();

/** The problems of the form itself, and not of the system or file it was tried on. */
const UNFINISHED: readonly ErrorCode[] = [
  'workspace_value_invalid',
  'workspace_key_missing',
  'workspace_exists',
  'folder_not_absolute',
  'insecure_url',
  'secret_missing',
];
export const isUnfinished = (problem: Problem): boolean => UNFINISHED.includes(problem.code);

/** Writes a value that cannot be read in the words of a form; every other problem has its usual sentence. */
export function formSentence(problem: Problem): string {
  const { key = '', found = '', allowed = '' } = problem.params;
  const word = keyWord(key.split('.').at(-1) ?? '');
  const isUrl = key.split('.').at(-1) === 'url';
  if (problem.code === 'workspace_value_invalid' && isUrl && found.replaceAll('"', '') !== '')
    return m.form_url_invalid({ key: word, found });
  if (problem.code === 'workspace_value_invalid')
    return found.replaceAll('"', '') === ''
      ? m.form_value_missing({ key: word })
      : m.form_value_invalid({ key: word, found, allowed });
  if (problem.code === 'secret_missing') return m.form_secret_missing();
  if (problem.code === 'workspace_key_missing') return m.form_value_missing({ key: word });
  return problemSentence(problem);
}
