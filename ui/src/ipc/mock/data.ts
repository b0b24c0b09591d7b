/** Makes up believable data for the browser and the tests; it is the same on every start. */
import type { Counts, Progress, Run, RunItem } from '../bindings';

export const NAMES = [
  'Kari Nordmann',
  'Ola Hansen',
  'Ingrid Solberg',
  'Mohammed Ali',
  'Bjørn Eide',
  'Astrid Øverland',
  'Sára Balto',
];
const HELD_EVERY = 97;
const MINUTE_MS = 60_000;

export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * MINUTE_MS).toISOString();
}

export function counts(some: Partial<Counts>): Counts {
  return {
    read: 0,
    posted: 0,
    skipped: 0,
    found: 0,
    refused: 0,
    held: 0,
    inDoubt: 0,
    leftOut: 0,
    handedOver: 0,
    ...some,
  };
}

export function run(some: Partial<Run> & Pick<Run, 'runId' | 'startedAt'>): Run {
  return {
    trigger: 'manual',
    user: 'kari',
    host: 'HLF-PC-12',
    finishedAt: new Date(Date.parse(some.startedAt) + 41_000).toISOString(),
    outcome: 'completed',
    error: null,
    period: { from: null, to: null },
    counts: counts({}),
    posted: [],
    fence: 12,
    ...some,
  };
}

export const RUNS: Run[] = [
  run({
    runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a11',
    startedAt: ago(95),
    counts: counts({ read: 1204, posted: 412, skipped: 788, held: 2, refused: 1, inDoubt: 1 }),
    posted: [{ currency: 'NOK', amount: '318204.50' }],
    fence: 15,
  }),
  run({
    runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a10',
    startedAt: ago(60 * 26),
    trigger: 'scheduled',
    counts: counts({ read: 780, skipped: 780 }),
    fence: 14,
  }),
  run({
    runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a09',
    startedAt: ago(60 * 24 * 9),
    outcome: 'stopped',
    counts: counts({ read: 780, posted: 340, skipped: 300 }),
    posted: [{ currency: 'NOK', amount: '204118.00' }],
    fence: 13,
  }),
  run({
    runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a08',
    startedAt: ago(60 * 24 * 33),
    outcome: 'failed',
    error: {
      code: 'accounting_unreachable',
      params: { url: 'http://127.0.0.1:4010/v1', detail: 'connection refused' },
    },
    counts: counts({ read: 300, posted: 120, skipped: 0 }),
    posted: [{ currency: 'NOK', amount: '71900.25' }],
    fence: 11,
  }),
];

export function item(position: number): RunItem {
  const held = position % HELD_EVERY === 0;
  const skipped = !held && position % 3 !== 0;
  const id = `PM-2026-${String(position).padStart(5, '0')}`;
  return {
    position,
    recordId: position === HELD_EVERY ? null : id,
    place: { file: 'reimbursements-2026.csv', line: position + 1 },
    payee: NAMES[position % NAMES.length] ?? null,
    date: `2026-${String((position % 10) + 1).padStart(2, '0')}-${String((position % 27) + 1).padStart(2, '0')}`,
    amount: {
      currency: 'NOK',
      amount: `${(position * 73) % 4200}.${String((position * 37) % 100).padStart(2, '0')}`,
    },
    generation: 1,
    result: held ? 'held' : skipped ? 'skipped_already_exported' : 'posted',
    reference: held ? null : `PO-${id}-1`,
    voucherId: held ? null : `v-${10_000 + position}`,
    voucherNumber: held ? null : String(10_000 + position),
    reason: !held
      ? null
      : position === HELD_EVERY
        ? { kind: 'held', code: 'id_missing', params: {} }
        : { kind: 'held', code: 'date_implausible', params: { found: '0202-05-12' } },
    earlierRunId: skipped ? '0199a3c2-7b41-7c10-9f02-5d1be2c07a09' : null,
    earlierAt: skipped ? ago(60 * 24 * 9) : null,
    made: null,
    lookAlike: position % 89 === 0 ? `PM-2026-${String(position - 1).padStart(5, '0')}` : null,
  };
}

export function progress(some: Partial<Progress>): Progress {
  return {
    runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a12',
    phase: 'locking',
    processed: 0,
    total: null,
    ratePerSecond: null,
    etaSeconds: null,
    counts: counts({}),
    waitingUntil: null,
    waiting: null,
    stopping: false,
    startedAt: new Date().toISOString(),
    ...some,
  };
}
