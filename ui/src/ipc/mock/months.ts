/** Makes up the months that a person closes. The scenario `clear` has one that is done once it was compared. */
import type { AccountSum, MonthClose, MonthRecords, Problem, StateSum } from '../bindings';
import type { Answers } from '../calls';
import { ago } from './data';

const MONTHS = 14;
const nok = (amount: string) => ({ currency: 'NOK', amount });

export const PLAN_ACCOUNTS: AccountSum[] = [
  { account: '2910', currency: 'NOK', debit: '0.00', credit: '28411.75', lines: 37 },
  { account: '7140', currency: 'NOK', debit: '21904.50', credit: '0.00', lines: 29 },
  { account: '7350', currency: 'NOK', debit: '6507.25', credit: '0.00', lines: 8 },
];

function first(offset: number): string {
  const now = new Date();
  const day = new Date(now.getFullYear(), now.getMonth() + offset, 1);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-01`;
}

function lastOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return `${month.slice(0, 8)}${new Date(year, number, 0).getDate()}`;
}

export class MockMonths {
  constructor(readonly scenario: string) {}

  readonly answers = {
    months: () => this.#months(),
    monthClose: (month) => this.#close(month),
    exportMonth: (month) => this.#export(month),
  } satisfies Partial<Answers>;

  #months(): MonthRecords[] {
    if (this.scenario === 'first') return [];
    return Array.from({ length: MONTHS }, (_, place) => ({ month: first(-place), records: 180 + place * 7 }));
  }

  #close(month: string): MonthClose {
    const done = this.scenario === 'clear';
    const posted: StateSum = { state: 'posted', records: 187, sum: nok('318204.50') };
    const open: StateSum[] = [
      { state: 'eligible', records: 5, sum: nok('2104.00') },
      { state: 'held', records: 2, sum: nok('318.50') },
      { state: 'refused', records: 1, sum: nok('412.00') },
    ];
    return {
      month,
      readAt: ago(3),
      approved: done ? 187 : 195,
      inBooks: 187,
      undated: done ? 0 : 1,
      states: done ? [posted] : [posted, ...open],
      days: { from: month, to: lastOf(month) },
      comparison: done
        ? {
            comparisonId: 7,
            period: { from: month, to: lastOf(month) },
            finishedAt: ago(2),
            ledgerVouchers: 187,
            accountingVouchers: 187,
            matched: 187,
            waiting: 0,
            reversed: 0,
            differences: 0,
            sums: [{ currency: 'NOK', ledger: '318204.50', accounting: '318204.50' }],
            unseen: [],
            equal: true,
          }
        : null,
      accounts: [
        { account: '2910', currency: 'NOK', debit: '0.00', credit: '318204.50', lines: 187 },
        { account: '7140', currency: 'NOK', debit: '284100.25', credit: '0.00', lines: 151 },
        { account: '7350', currency: 'NOK', debit: '34104.25', credit: '0.00', lines: 36 },
      ],
      unknown: 0,
      projects: [
        { project: 'Helsedirektoratet 2026', records: 120, sum: nok('210400.00') },
        { project: null, records: 67, sum: nok('107804.50') },
      ],
    };
  }

  #export(month: string) {
    if (!this.#close(month).comparison) {
      const params = { run: month.slice(0, 7) };
      throw { code: 'certificate_missing', params } satisfies Problem;
    }
    return { id: 4, name: `maned-${month.slice(0, 7)}.pdf`, folder: '/home/kari/Dokumenter' };
  }
}
