/** Tests the chart of the months: its pages of years, and the way to the records of a month. */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import MonthChart from '../src/features/overview/MonthChart.svelte';
import { figuresOf, monthsOf, pageOf } from '../src/features/overview/months';
import { ipc } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { session } from '$shared/state/session.svelte';
import { wantedPeriod } from '$shared/state/wanted';
import { FRESH } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

test('the months go back to the first, page by page', async () => {
  const now = new Date(2026, 10, 21);
  expect(monthsOf(0, now)).toHaveLength(12);
  expect([monthsOf(0, now)[0], monthsOf(0, now)[11]]).toEqual(['2025-12-01', '2026-11-01']);
  expect(monthsOf(1, now)[11]).toBe('2025-11-01');
  expect(
    ['2026-12-01', '2026-11-01', '2025-12-01', '2025-11-01', '2020-03-01'].map((month) => pageOf(month, now)),
  ).toEqual([0, 0, 0, 1, 6]);
  await install('idle');
  const asked = vi.spyOn(ipc, 'recordsFound').mockResolvedValue({
    records: 9,
    sums: [{ currency: 'NOK', amount: '90.00' }],
  });
  const [oldest = ''] = monthsOf(6);
  const found = await figuresOf(6, [{ month: oldest, records: 11 }]);
  expect(found).toEqual([{ month: oldest, records: 9, sum: { currency: 'NOK', amount: '90.00' } }]);
  expect(asked.mock.calls[0]?.[0]).toMatchObject({
    period: { from: oldest },
    states: ['posted', 'changed', 'vanished'],
  });
  expect(asked).toHaveBeenCalledTimes(1);
});

test('a chart of old records opens where they are, and a month leads to its records', async () => {
  await install('idle');
  const [month = ''] = monthsOf(6).slice(3);
  Object.assign(session, FRESH);
  vi.spyOn(ipc, 'months').mockResolvedValue([{ month, records: 9 }]);
  vi.spyOn(ipc, 'recordsFound').mockResolvedValue({
    records: 9,
    sums: [{ currency: 'NOK', amount: '90.00' }],
  });
  render(MonthChart);
  const bar = await waitFor(() => {
    const [found] = screen.getAllByTestId('month-bar').filter((each) => each.dataset['month'] === month);
    expect(found).toBeDefined();
    return found as HTMLElement;
  });
  expect(screen.getByTestId('months-earlier')).toBeDisabled();
  await userEvent.click(screen.getByTestId('months-later'));
  await userEvent.click(await screen.findByTestId('months-earlier'));
  expect(bar).toBeDefined();
  await userEvent.click(await screen.findByTestId('month-records'));
  expect(location.hash).toBe('#/records');
  expect(wantedPeriod.period).toEqual({
    from: month,
    to: expect.stringContaining(month.slice(0, 8)) as string,
  });
});

test('a chart without a voucher invents no currency', async () => {
  await install('idle');
  Object.assign(session, FRESH);
  vi.spyOn(ipc, 'months').mockResolvedValue(
    [monthsOf(0)[3], monthsOf(6)[3]].map((month = '') => ({ month, records: 1 })),
  );
  vi.spyOn(ipc, 'exportedByMonth').mockResolvedValue([]);
  render(MonthChart);
  expect(await screen.findByTestId('months-nothing')).toBeVisible();
  expect(screen.queryByTestId('months-chart')).toBeNull();
  expect(screen.getByTestId('months')).not.toHaveTextContent('kr');
  expect(screen.getByTestId('months-earlier')).toBeEnabled();
});
