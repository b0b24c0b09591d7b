import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { firstChoice } from '$shared/ledger/months';
import { sumOf, ticksOf } from '../src/features/month/ticks';
import { ipc, type Comparison, type MonthClose } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { MockMonths } from '../src/ipc/mock/months';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

const NOW = new Date(2026, 10, 30, 12);
const done = (some: Partial<MonthClose> = {}): MonthClose => ({
  ...new MockMonths('clear').answers.monthClose('2026-10-01'),
  readAt: new Date(2026, 10, 2, 8).toISOString(),
  ...some,
});
const dones = (close: MonthClose, questions = 0) =>
  Object.fromEntries(ticksOf(close, questions, NOW).map((tick) => [tick.name, tick.done]));

describe('a month', () => {
  test('is done when it was read, sent, looked at and reconciled', () => {
    expect(dones(done())).toEqual({ read: true, synced: true, left: true, reconciled: true });
  });

  test('is not over before its last day, or while it was read before that', () => {
    expect(dones(done({ month: '2026-11-01' }))).toMatchObject({ read: false });
    expect(dones(done({ readAt: new Date(2026, 9, 31, 23, 59).toISOString() }))).toMatchObject({
      read: false,
    });
    expect(dones(done({ readAt: new Date(2026, 10, 1, 0, 0).toISOString() }))).toMatchObject({ read: true });
  });

  test('knows nothing before anything was read', () => {
    const unread = done({ readAt: null, states: [], approved: 0, inBooks: 0 });
    expect(dones(unread)).toMatchObject({ read: false, synced: false, left: false });
  });

  test.each([
    ['eligible', 'synced'],
    ['sending', 'synced'],
    ['in_doubt', 'left'],
    ['refused', 'left'],
    ['held', 'left'],
    ['changed', 'left'],
    ['vanished', 'left'],
    ['gone', 'left'],
  ] as const)('is open while a record is %s', (state, tick) => {
    const one = { state, records: 1, sum: { currency: 'NOK', amount: '10.00' } };
    const close = done({ states: [...done().states, one] });
    const others = Object.entries(dones(close)).filter(([, is]) => !is);
    expect(others.map(([name]) => name)).toEqual([tick]);
  });

  test('is open while a row has no date, or a question waits', () => {
    expect(dones(done({ undated: 1 }))).toMatchObject({ left: false });
    expect(dones(done(), 1)).toMatchObject({ left: false });
  });

  test('is reconciled by a comparison without differences that left nothing open', () => {
    const comparison = done().comparison as Comparison;
    expect(dones(done({ comparison: null }))).toMatchObject({ reconciled: false });
    const differs = { ...comparison, differences: 1, equal: false };
    expect(dones(done({ comparison: differs }))).toMatchObject({ reconciled: false });
    const waits = { ...comparison, waiting: 2, equal: false };
    expect(dones(done({ comparison: waits }))).toMatchObject({ reconciled: false });
  });

  test('adds its sums exactly, each currency by itself', () => {
    const of = (currency: string, amount: string) => ({
      state: 'held' as const,
      records: 1,
      sum: { currency, amount },
    });
    const states = [of('NOK', '0.10'), of('NOK', '0.20'), of('NOK', '-1.00'), of('JPY', '500')];
    expect(sumOf(done({ states }), ['held'])).toEqual({
      records: 4,
      sums: [
        { currency: 'NOK', amount: '-0.70' },
        { currency: 'JPY', amount: '500' },
      ],
    });
  });

  test('that is over comes first in the choice', () => {
    const of = (month: string) => ({ month, records: 1 });
    expect(firstChoice([of('2026-11-01'), of('2026-10-01')], NOW)).toBe('2026-10-01');
    expect(firstChoice([of('2026-11-01')], NOW)).toBe('2026-11-01');
    expect(firstChoice([], NOW)).toBeNull();
  });
});

describe('the screen of the month', () => {
  test('gives the choice of the month the room of its longest name', async () => {
    await open('idle', 'month');
    expect((await screen.findByTestId('month-choice')).closest('.field')).toHaveClass('wide');
  });

  test('has a button for each thing that is missing', async () => {
    await open('idle', 'month');
    expect(await screen.findByTestId('tick-read')).toHaveAttribute('data-done', 'true');
    expect(screen.getByTestId('tick-synced')).toHaveTextContent('5 records for kr');
    expect(screen.getByTestId('tick-left')).toHaveTextContent(
      '3 records of this month must be looked at. 1 row has',
    );
    expect(screen.queryByTestId('month-closed')).toBeNull();
    expect(screen.queryByTestId('month-save')).toBeNull();
    await userEvent.click(screen.getByTestId('tick-reconciled-act'));
    expect(await screen.findByTestId('compare-result')).toBeVisible();
  });

  test('asks the accounting system about the days that its vouchers have', async () => {
    const days = { from: '2026-09-30', to: '2026-11-02' };
    const close = done({ comparison: null, days });
    vi.spyOn(ipc, 'monthClose').mockImplementation((month) => Promise.resolve({ ...close, month }));
    await open('idle', 'month');
    const compared = vi.spyOn(ipc, 'compare');
    await userEvent.click(await screen.findByTestId('tick-reconciled-act'));
    expect(compared).toHaveBeenCalledWith(days);
    // The mock answers before it is taken away.
    expect(await screen.findByTestId('compare-result')).toBeVisible();
  });

  test('says that it is done, and sends its page to the auditor', async () => {
    await open('clear', 'month');
    expect(await screen.findByTestId('month-closed')).toHaveTextContent('187 vouchers for kr');
    const sent = vi.spyOn(ipc, 'sendSaved');
    await userEvent.click(screen.getByTestId('month-send'));
    await waitFor(() => expect(sent).toHaveBeenCalledTimes(1));
    expect(sent.mock.calls[0]?.[2]).toContain('Vouchers: 187.');
    expect(await screen.findByTestId('month-saved')).toBeVisible();
  });

  test('sends every record of the month, whatever period was chosen before', async () => {
    await open('idle', 'month');
    const started = vi.spyOn(ipc, 'startSync');
    await userEvent.click(await screen.findByTestId('tick-synced-act'));
    await waitFor(() => expect(started).toHaveBeenCalledWith({ from: null, to: null }, null));
  });

  test('shows its sentence, and the sums by account and by grant', async () => {
    await open('idle', 'month');
    expect(await screen.findByTestId('month-sentence')).toHaveTextContent(
      /^[A-Z][a-z]+ \d{4}: [\d,]+ approved, [\d,]+ in the books, \d+ open\.$/,
    );
    expect(await screen.findByTestId('month-accounts')).toHaveTextContent(/2910.*318,204\.50/);
    expect(screen.getByTestId('month-projects')).toHaveTextContent('Without a project');
  });

  test('says that no month is known before anything was read', async () => {
    await open('first', 'month');
    expect(await screen.findByTestId('month-none')).toBeVisible();
  });
});
