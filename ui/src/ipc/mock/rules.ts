/** Holds the posting rules of the mock: each part of them catches something, and one record is caught by none. */
import type { CaughtByRule, RulesView, Sum } from '../bindings';

const nok = (amount: string): Sum[] => [{ currency: 'NOK', amount }];
const part = (caught: Partial<CaughtByRule>): CaughtByRule => ({
  by: 'category',
  conditions: [],
  category: null,
  account: null,
  vat: null,
  records: 0,
  lines: 0,
  sums: [],
  first: [],
  ...caught,
});

export const RULES: RulesView = {
  date: 'next_open',
  party: 'payee',
  payees: 3,
  accounts: [
    part({
      by: 'rule',
      conditions: [
        { on: 'category', dimension: null, values: ['Reise'] },
        { on: 'dimension', dimension: 'grant', values: ['Helse', 'Ungdom'] },
      ],
      account: '7141',
      vat: 'low',
      records: 12,
      lines: 14,
      sums: nok('4812.50'),
      first: ['PM-2026-00391', 'PM-2026-00394', 'PM-2026-00397'],
    }),
    part({
      by: 'rule',
      conditions: [{ on: 'negative_amount', dimension: null, values: [] }],
      account: '7148',
    }),
    part({
      category: 'Reise',
      account: '7140',
      records: 301,
      lines: 301,
      sums: nok('98204.00'),
      first: ['PM-2026-00001'],
    }),
    part({
      category: 'Bevertning',
      account: '6860',
      records: 88,
      lines: 90,
      sums: nok('21900.25'),
      first: ['PM-2026-00007'],
    }),
    part({
      by: 'default',
      account: '7790',
      records: 10,
      lines: 10,
      sums: nok('1204.00'),
      first: ['PM-2026-00012'],
    }),
    part({ by: 'nobody', records: 1, lines: 1, sums: nok('412.00'), first: ['PM-2026-00417'] }),
  ],
  vat: [
    { name: 'low', code: '13', rate: null, account: null, deductible: null },
    { name: 'half', code: null, rate: 2500, account: '2710', deductible: 5000 },
  ],
  dimensions: [
    { name: 'grant', isRequired: true, isInText: false, translated: 2 },
    { name: 'department', isRequired: false, isInText: true, translated: 0 },
  ],
};
