/** Holds a sentence for each question that a file leaves open, and for each remark on what is read. */
import * as m from '$messages';
import type { QuestionKind, RemarkKind, SourceQuestion, SourceRemark } from '$ipc';

type Sentence = (params: never) => string;

const sentences: Record<QuestionKind, Sentence> = {
  mark_unclear: m.question_mark_unclear,
  marks_mixed: m.question_marks_mixed,
  order_unclear: m.question_order_unclear,
  orders_mixed: m.question_orders_mixed,
  year_unclear: m.question_year_unclear,
  days_mixed: m.question_days_mixed,
  days_are_numbers: m.question_days_are_numbers,
  several_dates: m.question_several_dates,
  several_amounts: m.question_several_amounts,
  mostly_negative: m.question_mostly_negative,
  debit_and_credit: m.question_debit_and_credit,
  side_column: m.question_side_column,
  several_currencies: m.question_several_currencies,
  currency_of_others: m.question_currency_of_others,
  no_id: m.question_no_id,
  several_ids: m.question_several_ids,
  id_counts_rows: m.question_id_counts_rows,
  id_of_group: m.question_id_of_group,
  id_repeated: m.question_id_repeated,
  id_is_account: m.question_id_is_account,
  id_shortened: m.question_id_shortened,
  not_all_approved: m.question_not_all_approved,
  approval_empty: m.question_approval_empty,
  payee_by_name: m.question_payee_by_name,
  encoding_likely: m.question_encoding_likely,
  head_below: m.question_head_below,
  several_sheets: m.question_several_sheets,
  rows_hidden: m.question_rows_hidden,
  cells_merged: m.question_cells_merged,
  one_of_files: m.question_one_of_files,
};

export function questionSentence(question: SourceQuestion): string {
  return sentences[question.kind](question.params as never);
}

const remarks: Record<RemarkKind, (params: { column: string; text: string }) => string> = {
  order_unproven: m.remark_order_unproven,
  mostly_negative: m.remark_mostly_negative,
  garbled: m.remark_garbled,
  currency_unnamed: m.remark_currency_unnamed,
  states_unnamed: m.remark_states_unnamed,
  rows_not_counted: m.remark_rows_not_counted,
  sheets_not_read: m.remark_sheets_not_read,
};

export function remarkSentence(finding: Pick<SourceRemark, 'remark' | 'column' | 'text'>): string {
  return remarks[finding.remark](finding);
}
