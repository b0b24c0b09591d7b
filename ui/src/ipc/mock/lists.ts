/** Lists the made-up records and runs, searched and filtered as the engine does it. */
import type {
  ItemFilter,
  Month,
  RecordQuery,
  RecordRow,
  RecordState,
  RecordsFound,
  Run,
  RunItem,
  RunQuery,
} from '../bindings';
import { ago, item, NAMES } from './data';

const RECORDS = 2_400;
const RUN_ITEMS = 100_000;
const OTHER_STATES: RecordState[] = [
  'eligible',
  'in_doubt',
  'refused',
  'held',
  'changed',
  'vanished',
  'gone',
];

function record(number: number): RecordRow {
  const row = item(number);
  const other = number % 61 === 0 ? OTHER_STATES[(number / 61) % OTHER_STATES.length] : undefined;
  const state = other ?? 'posted';
  const booked = state === 'posted' || state === 'changed' || state === 'vanished';
  return {
    recordId: `PM-2026-${String(number).padStart(5, '0')}`,
    state,
    payeeId: `PM-${String((number % NAMES.length) + 1).padStart(4, '0')}`,
    payee: NAMES[number % NAMES.length] ?? '',
    date: row.date ?? '2026-10-01',
    amount: row.amount ?? { currency: 'NOK', amount: '0.00' },
    category: 'Reise',
    text: 'Samtale med medlem',
    voucherId: booked ? `v-${10_000 + number}` : null,
    voucherNumber: booked ? String(10_000 + number) : null,
    exportedAt: booked ? ago(60 * 24 * 9) : null,
  };
}

const ALL: RecordRow[] = Array.from({ length: RECORDS }, (_, place) => record(place + 1)).sort(
  (a, b) => b.date.localeCompare(a.date) || b.recordId.localeCompare(a.recordId),
);

function fitting(query: RecordQuery): RecordRow[] {
  const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  const { text, states, payee, period, amountFrom, amountTo } = query;
  return ALL.filter(
    (row) =>
      (!text ||
        [row.recordId, row.payee, row.text, row.category].some((each) => holds(each, text)) ||
        row.voucherId?.startsWith(text) ||
        row.voucherNumber?.startsWith(text)) &&
      (states.length === 0 || states.includes(row.state)) &&
      (!payee || holds(row.payee, payee) || row.payeeId === payee) &&
      (!period.from || row.date >= period.from) &&
      (!period.to || row.date <= period.to) &&
      (!amountFrom || Number(row.amount.amount) >= Number(amountFrom)) &&
      (!amountTo || Number(row.amount.amount) <= Number(amountTo)),
  );
}

export function records(query: RecordQuery, after: string | null, limit: number): RecordRow[] {
  const all = fitting(query);
  const start = after ? all.findIndex((row) => row.recordId === after) + 1 : 0;
  return all.slice(start, start + limit);
}

export function recordsFound(query: RecordQuery): RecordsFound {
  const all = fitting(query);
  const minor = all.reduce((sum, row) => sum + Math.round(Number(row.amount.amount) * 100), 0);
  return {
    records: all.length,
    sums: all.length > 0 ? [{ currency: 'NOK', amount: (minor / 100).toFixed(2) }] : [],
  };
}

export function runs(all: Run[], query: RunQuery, limit: number, before: string | null): Run[] {
  const start = before ? all.findIndex((run) => run.runId === before) + 1 : 0;
  const fitting = all.filter(
    (run) =>
      (!query.outcome || run.outcome === query.outcome) &&
      (!query.unfinished || run.outcome === null) &&
      (!query.trigger || run.trigger === query.trigger) &&
      (!query.actor || run.user.includes(query.actor.toLowerCase())) &&
      (!query.startedFrom || run.startedAt >= query.startedFrom) &&
      (!query.startedBefore || run.startedAt < query.startedBefore) &&
      (!query.text ||
        run.runId === query.text ||
        (/^(PM-2026-|v-1|1)/.test(query.text) && run.counts.posted > 0)),
  );
  return fitting.filter((run) => all.indexOf(run) >= start).slice(0, limit);
}

function fits(row: RunItem, filter: ItemFilter | null, text: string | null): boolean {
  const kind =
    !filter || row.result === filter || (filter === 'skipped' && row.result?.startsWith('skipped'));
  if (!kind || !text) return Boolean(kind);
  const part = text.toLowerCase();
  return (
    (row.recordId?.toLowerCase().includes(part) ?? false) ||
    (row.payee?.toLowerCase().includes(part) ?? false) ||
    (row.voucherId?.startsWith(text) ?? false) ||
    (row.voucherNumber?.startsWith(text) ?? false)
  );
}

export function runItems(
  filter: ItemFilter | null,
  text: string | null,
  skip: number,
  limit: number,
): RunItem[] {
  if (!filter && !text)
    return Array.from({ length: Math.max(0, Math.min(limit, RUN_ITEMS - skip)) }, (_, place) =>
      item(skip + place + 1),
    );
  const found: RunItem[] = [];
  for (let position = 1, seen = 0; position <= RUN_ITEMS && found.length < limit; position += 1) {
    const row = item(position);
    if (fits(row, filter, text) && (seen += 1) > skip) found.push(row);
  }
  return found;
}

export function countItems(filter: ItemFilter | null, text: string | null): number {
  if (!filter && !text) return RUN_ITEMS;
  let count = 0;
  for (let position = 1; position <= RUN_ITEMS; position += 1)
    if (fits(item(position), filter, text)) count += 1;
  return count;
}

export function months(count: number): Month[] {
  const now = new Date();
  return Array.from({ length: count }, (_, place) => {
    const first = new Date(now.getFullYear(), now.getMonth() - (count - 1) + place, 1);
    const records = 180 + ((place * 97) % 240);
    return {
      month: `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}-01`,
      records: place === 3 ? 0 : records,
      sum: { currency: 'NOK', amount: place === 3 ? '0.00' : `${records * 771}.50` },
    };
  }).filter((each) => each.records > 0);
}

/** Returns two o'clock of the next night. */
export function nextRun(): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 2).toISOString();
}
