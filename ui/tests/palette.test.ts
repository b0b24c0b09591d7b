/** Tests the search over everything, which Ctrl K opens. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requests } from '../src/app/requests.svelte';
import { ipc, ProblemError, type AuditEntryFull } from '../src/ipc';
import { RUNS } from '../src/ipc/mock/data';
import { uninstall, type Scenario } from '../src/ipc/mock';
import { router, type Screen } from '$shared/state/router.svelte';
import { open } from './window-rig';

const user = userEvent.setup({ delay: null });
beforeEach(() => (requests.finding = false));
afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

async function find(text: string, scenario: Scenario = 'idle', at: Screen = 'overview') {
  await open(scenario, at);
  await user.keyboard('{Control>}k{/Control}');
  const palette = within(await screen.findByTestId('palette'));
  expect(palette.getByTestId('palette-text')).toHaveFocus();
  if (text) await user.keyboard(text);
  return palette;
}
const found = (kind: string) =>
  screen.queryAllByTestId('palette-found').filter((each) => each.dataset['kind'] === kind);

test('a record is found by the number of its voucher, and opened by the keyboard alone', async () => {
  await find('10417');
  await waitFor(() => expect(found('records')[0]).toHaveTextContent('Voucher 10417'));
  expect(found('records')[0]).toHaveAttribute('aria-selected', 'true');
  await user.keyboard('{Enter}');
  expect(await screen.findByTestId('screen-records')).toBeVisible();
  expect(router.route.record).toBe('PM-2026-00417');
  expect(screen.queryByTestId('palette')).toBeNull();
});

test('Enter that comes before the answer opens what was typed for', async () => {
  await find('10417{Enter}');
  await waitFor(() => expect(router.route.record).toBe('PM-2026-00417'));
});

test('a month, a part of the settings and a screen are found by their words', async () => {
  await find('settings accounts');
  await waitFor(() => expect(found('settings')).toHaveLength(1));
  await user.keyboard('{Enter}');
  expect(await screen.findByTestId('section-posting')).toHaveAttribute('data-open', 'true');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('month');
  await waitFor(() => expect(found('months')).not.toHaveLength(0));
  const [newest] = await ipc.months();
  await user.click(found('months')[0] as HTMLElement);
  await waitFor(() => expect(router.route).toMatchObject({ screen: 'month', month: newest?.month }));
});

test('the arrows go round, and say where they are', async () => {
  const palette = await find('');
  const field = palette.getByTestId('palette-text');
  const chosen = () => document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
  expect(chosen()).toHaveTextContent('Overview');
  await user.keyboard('{ArrowUp}');
  expect(chosen()).toHaveTextContent('Help');
  await user.keyboard('{ArrowDown}{ArrowDown}');
  expect(chosen()).toHaveTextContent('History');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
});

test('a list that cannot be searched is said, and the places stay', async () => {
  await open('idle');
  vi.spyOn(ipc, 'records').mockRejectedValue(new ProblemError({ code: 'ledger_busy', params: {} }));
  await user.click(screen.getByTestId('find'));
  await user.keyboard('history');
  expect(await screen.findByText('Records and syncs cannot be searched right now.')).toBeVisible();
  expect(found('screens')).toHaveLength(1);
});

test('a set-up is not left for it', async () => {
  await open('idle', 'setup');
  await screen.findByTestId('begin-setup');
  await user.keyboard('{Control>}k{/Control}');
  expect(screen.queryByTestId('palette')).toBeNull();
});

test('a counter-voucher is found by its id, and its run is opened', async () => {
  const palette = await find('');
  const filter = { act: null, actor: null, from: null, to: null, text: null };
  const [entry] = (await ipc.audit(filter, null, 1)) as [AuditEntryFull];
  const runId = RUNS[0]?.runId ?? '';
  vi.spyOn(ipc, 'audit').mockResolvedValue([
    { ...entry, act: 'reversal_settled', voucherId: 'V-103769', earlierVoucherId: 'V-91634', runId },
    { ...entry, entry: 1, act: 'reversal_settled', voucherId: 'V-2', earlierVoucherId: 'V-103769', runId },
  ]);
  await user.type(palette.getByTestId('palette-text'), 'v-103769');
  await waitFor(() => expect(found('records')).toHaveLength(1));
  expect(found('records')[0]).toHaveTextContent('V-103769 Reverses voucher V-91634');
  await user.keyboard('{Enter}');
  await waitFor(() => expect(router.route.run).toBe(runId));
});
