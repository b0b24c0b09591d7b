/** Holds the words for the posting rules beyond the accounts. */
import * as m from '$messages';
import { number } from '$shared/basics/format';

/** The day in the books, by its word in the workspace file. */
export const dateRules: Record<string, () => string> = {
  expense: m.rules_date_expense,
  approval: m.rules_date_approval,
  period_end: m.rules_date_period_end,
  today: m.rules_date_today,
  next_open: m.rules_date_next_open,
};

/** Writes hundredths of a per cent as per cent. */
export function percent(hundredths: number): string {
  return `${number(hundredths / 100)} %`;
}
