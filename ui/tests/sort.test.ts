/** Tests the order of the records, and their list on paper. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ANY, queryOf, RecordList } from '../src/features/record/list.svelte';
import { sorted, turned } from '../src/features/record/sort';
import { ipc, type RecordRow } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

const row = (recordId: string, amount: string, payee = '', currency = 'NOK'): RecordRow => ({
  recordId,
  state: 'posted',
  payeeId: 'p',
  payee,
  date: '2026-10-01',
  amount: { currency, amount },
  category: '',
  text: '',
  voucherId: null,
  voucherNumber: null,
  exportedAt: null,
});
const ids = (rows: RecordRow[]) => rows.map(({ recordId }) => recordId).join(' ');

describe('records in an order', () => {
  test('are sorted by numbers as numbers, and by names as the language has them', () => {
    const rows = [row('A-10', '9.50', 'Åse'), row('A-9', '100.00', 'Ola'), row('A-1', '-3.00', 'Ærlend')];
    expect(ids(sorted(rows, { column: 'record', down: false }, 'nb'))).toBe('A-1 A-9 A-10');
    expect(ids(sorted(rows, { column: 'amount', down: true }, 'nb'))).toBe('A-9 A-10 A-1');
    expect(ids(sorted(rows, { column: 'payee', down: false }, 'nb'))).toBe('A-9 A-1 A-10');
    expect(ids(rows), 'the list itself stays as it is').toBe('A-10 A-9 A-1');
  });

  test('keep their own order where they are equal, and their currencies apart', () => {
    const rows = [row('b', '2.00'), row('a', '2.00'), row('c', '1.00', '', 'EUR')];
    expect(ids(sorted(rows, { column: 'amount', down: false }, 'en'))).toBe('c b a');
    expect(ids(sorted(rows, { column: 'date', down: true }, 'en'))).toBe('b a c');
  });

  test('go up, down, and back to the newest first', () => {
    const up = turned(null, 'amount');
    expect(up).toEqual({ column: 'amount', down: false });
    expect(turned(up, 'payee')).toEqual({ column: 'payee', down: false });
    expect(turned(turned(up, 'amount'), 'amount')).toBeNull();
  });

  test('are read as a whole first, and stay sorted while others are asked for', async () => {
    await install('idle');
    const list = new RecordList();
    await list.show(queryOf(ANY));
    expect(list.rows).toHaveLength(200);
    await list.order('amount');
    expect(list.shown).toHaveLength(2_400);
    const amounts = list.shown.map(({ amount }) => Number(amount.amount));
    expect(amounts).toEqual([...amounts].sort((a, b) => a - b));
    await list.show(queryOf({ ...ANY, payee: 'Astrid' }));
    expect(list.shown.length).toBeGreaterThan(200);
    expect(list.shown[0]?.amount.amount).toBe(
      [...list.shown].sort((a, b) => Number(a.amount.amount) - Number(b.amount.amount))[0]?.amount.amount,
    );
  });

  test('are not sorted where there are too many to be read', async () => {
    await install('idle');
    vi.spyOn(ipc, 'recordsFound').mockResolvedValue({ records: 120_000, sums: [] });
    const list = new RecordList();
    await list.show(queryOf(ANY));
    const asked = vi.spyOn(ipc, 'records');
    await list.order('amount');
    expect([list.canSort, list.sort, asked.mock.calls.length]).toEqual([false, null, 0]);
  });

  test('turn by a click on the head of a column', async () => {
    await open('idle', 'records');
    await userEvent.click(await screen.findByTestId('sort-voucher'));
    const head = () => screen.getByTestId('sort-voucher').closest('th');
    expect(head()).toHaveAttribute('aria-sort', 'ascending');
    await userEvent.click(screen.getByTestId('sort-voucher'));
    await waitFor(() => expect(screen.getAllByTestId('record-row')[0]).toHaveTextContent('12400'));
    expect(head()).toHaveAttribute('aria-sort', 'descending');
  });
});

describe('a list on paper', () => {
  test('has the records that were filtered, and what they are', async () => {
    await open('idle', 'records');
    await userEvent.selectOptions(await screen.findByTestId('records-state'), 'in_doubt');
    await waitFor(() => expect(screen.getByTestId('records-count')).toHaveTextContent(/^\d records/));
    const printed = vi.spyOn(ipc, 'printPage');
    await userEvent.click(screen.getByTestId('records-print'));
    await waitFor(() => expect(printed).toHaveBeenCalledTimes(1));
    const sheet = within(screen.getByTestId('records-sheet'));
    const count = Number(/^\d/.exec(screen.getByTestId('records-count').textContent)?.[0]);
    expect(sheet.getAllByRole('row', { hidden: true })).toHaveLength(count + 1);
    expect(screen.getByTestId('records-sheet')).toHaveTextContent('In doubt');
    expect(screen.getByTestId('records-sheet')).not.toHaveTextContent('The first');
  });

  test('is read as a whole, not only as far as it was scrolled', async () => {
    await open('idle', 'records');
    const printed = vi.spyOn(ipc, 'printPage');
    await userEvent.click(await screen.findByTestId('records-print'));
    await waitFor(() => expect(printed).toHaveBeenCalledTimes(1));
    expect(screen.getByTestId('records-sheet').querySelectorAll('tbody tr')).toHaveLength(2_400);
  });
});
