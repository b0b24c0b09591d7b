/** Holds records that wait for a person, made up: at least one of each kind. */
import type { AttentionItem, Content, FoundVoucher, Question } from '../bindings';
import { ago } from './data';

const waiting = (
  some: Partial<AttentionItem> & Pick<AttentionItem, 'state' | 'recordId'>,
): AttentionItem => ({
  place: { file: 'reimbursements-2026.csv', line: 417 },
  glimpse: null,
  payee: 'Ola Hansen',
  date: '2026-10-28',
  amount: { currency: 'NOK', amount: '1249.50' },
  reason: null,
  reference: null,
  voucherId: null,
  since: ago(95),
  runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a11',
  changed: null,
  vanished: null,
  evidence: [],
  sent: null,
  ...some,
});

export function voucher(some: Partial<FoundVoucher> & Pick<FoundVoucher, 'voucherId'>): FoundVoucher {
  return {
    reference: 'PO-hlf-PM-2026-00981-1',
    number: '10417',
    date: '2026-10-28',
    amount: { currency: 'NOK', amount: '1249.50' },
    createdAt: ago(94),
    state: 'posted',
    reversedBy: null,
    reverses: null,
    differs: [],
    ...some,
  };
}

const content: Content = {
  date: '2026-10-12',
  amount: { currency: 'NOK', amount: '412.00' },
  payeeId: 'PM-0007',
  payee: 'Ingrid Solberg',
  category: 'Reise',
  text: 'Samtale, Tromsø sykehus',
  department: 'Nord',
  project: null,
  lines: null,
  dimensions: null,
  vat: null,
  exchange: null,
};

export const ATTENTION: AttentionItem[] = [
  waiting({
    state: 'in_doubt',
    recordId: 'PM-2026-00981',
    reference: 'PO-hlf-PM-2026-00981-1',
    sent: { date: '2026-10-28', amount: { currency: 'NOK', amount: '1249.50' }, voucherNumber: null },
    evidence: [
      voucher({ voucherId: 'v-10981' }),
      voucher({ voucherId: 'v-10984', number: '10420', state: 'voided', reversedBy: 'v-10990' }),
    ],
    reason: {
      kind: 'in_doubt',
      problem: { code: 'evidence_unclear', params: { vouchers: 'v-10981, v-10984' } },
    },
  }),
  waiting({
    state: 'in_doubt',
    recordId: 'PM-2026-00982',
    reference: 'PO-hlf-PM-2026-00982-1',
    sent: { date: '2026-10-28', amount: { currency: 'NOK', amount: '1249.50' }, voucherNumber: null },
    reason: {
      kind: 'in_doubt',
      problem: {
        code: 'accounting_unreachable',
        params: { url: 'http://127.0.0.1:4010/v1', detail: 'the connection was cut' },
      },
    },
  }),
  waiting({
    state: 'vanished',
    recordId: 'PM-2026-00312',
    payee: 'Astrid Øverland',
    reference: 'PO-hlf-PM-2026-00312-1',
    voucherId: 'v-10312',
    sent: { date: '2026-09-30', amount: { currency: 'NOK', amount: '780.00' }, voucherNumber: '10312' },
    amount: { currency: 'NOK', amount: '780.00' },
    date: '2026-09-30',
    vanished: {
      kind: 'reversed',
      since: ago(95),
      isOurs: false,
      isOtherVoucher: false,
      refusal: null,
      evidence: [
        voucher({
          voucherId: 'v-10312',
          number: '10312',
          date: '2026-09-30',
          amount: { currency: 'NOK', amount: '780.00' },
          state: 'voided',
          reversedBy: 'v-10501',
        }),
      ],
    },
  }),
  waiting({
    state: 'changed',
    recordId: 'PM-2026-00417',
    payee: 'Ingrid Solberg',
    reference: 'PO-hlf-PM-2026-00417-1',
    voucherId: 'v-10417',
    amount: { currency: 'NOK', amount: '512.00' },
    date: '2026-10-12',
    changed: {
      exported: content,
      now: {
        ...content,
        amount: { currency: 'NOK', amount: '512.00' },
        text: 'Samtale og reise, Tromsø sykehus',
      },
      differs: ['amount', 'text'],
      since: ago(95),
    },
  }),
  waiting({
    state: 'refused',
    recordId: 'PM-2026-00418',
    payee: 'Ingrid Solberg',
    reason: {
      kind: 'refused',
      detail: 'The period October 2026 is closed for posting.',
      isPeriodClosed: true,
      nextOpen: '2026-11-01',
    },
  }),
  waiting({
    state: 'held',
    recordId: 'PM-2026-00612',
    reason: { kind: 'held', code: 'account_missing', params: { category: 'Ledsager' } },
  }),
  waiting({
    state: 'held',
    recordId: null,
    payee: null,
    date: null,
    amount: null,
    glimpse: ';28/10/2026;412,00;Kari Nordmann;Reise',
    reason: { kind: 'held', code: 'id_missing', params: {} },
  }),
];

const BY_CAUSE = 61;
/** The records of a workspace with a lot of everything: many of them wait for the same thing. */
export const MANY: AttentionItem[] = [
  ...ATTENTION.slice(0, 4),
  ...Array.from({ length: BY_CAUSE }, (_, at) =>
    waiting({
      state: 'refused',
      recordId: `PM-2026-0${3000 + at}`,
      reason: {
        kind: 'refused',
        detail: "There is no account '7140'.",
        isPeriodClosed: false,
        nextOpen: null,
      },
    }),
  ),
  ...Array.from({ length: BY_CAUSE / 2 }, (_, at) =>
    waiting({
      state: 'held',
      recordId: `PM-2026-0${4000 + at}`,
      reason: { kind: 'held', code: 'account_missing', params: { category: 'Vakthold' } },
    }),
  ),
  ...ATTENTION.slice(4),
];

/** The records of a workspace in which something was asked: two left the source, one looks like another. */
export const LEFT: AttentionItem[] = [
  waiting({
    state: 'held',
    recordId: '612',
    reason: {
      kind: 'held',
      code: 'id_look_alike',
      params: { id: '612', like: '000612', voucher: '10388' },
    },
  }),
  waiting({
    state: 'gone',
    recordId: 'PM-2026-00377',
    reason: {
      kind: 'refused',
      detail: 'The period September 2026 is closed for posting.',
      isPeriodClosed: true,
      nextOpen: '2026-11-01',
    },
  }),
  waiting({ state: 'gone', recordId: 'PM-2026-00378', payee: 'Ingrid Solberg' }),
];

/** Holds the questions of a sync that it asked before it sent anything. */
export const QUESTIONS: Question[] = [
  {
    topic: 'prefix',
    problem: {
      code: 'prefix_differs',
      params: { prefix: 'ovingslaget', others: 'hlf', books: 'Øvingslaget' },
    },
    askedAt: ago(95),
  },
];
