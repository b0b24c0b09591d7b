import { emit } from '@tauri-apps/api/event';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { ipc, ProblemError, type Connection } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { progress, RUNS } from '../src/ipc/mock/data';
import { NO_END } from '../src/ipc/mock/holder';
import { session } from '$shared/state/session.svelte';
import { open } from './window-rig';

const DOWN = new ProblemError({ code: 'accounting_unreachable', params: { url: 'https://books' } });

/** The window goes before the mock: it still removes its listeners. */
afterEach(async () => {
  vi.restoreAllMocks();
  cleanup();
  await tick();
  uninstall();
});

async function openWhileDown() {
  const connection = await (await open('idle'), ipc.connection());
  const asks = vi.spyOn(ipc, 'connection').mockRejectedValue(DOWN);
  await session.ask();
  expect(await screen.findByTestId('connection-problem')).toBeVisible();
  return { connection, asks };
}

test('a run that fails at something else asks again whether the system answers', async () => {
  const { connection, asks } = await openWhileDown();
  asks.mockResolvedValue(connection);
  await emit('run-progress', progress({}));
  await emit('run-ended', {
    ...NO_END,
    problem: { code: 'source_file_missing', params: { path: '/srv/a.csv' } },
  });
  await waitFor(() => expect(screen.queryByTestId('connection-problem')).toBeNull());
  expect(screen.getByTestId('frame-facts')).toHaveTextContent('Kari Nordmann');
});

test('a system that does not answer is asked again, quietly', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { connection, asks } = await openWhileDown();
  const before = asks.mock.calls.length;
  let answer: (connection: Connection) => void = () => undefined;
  asks.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asks).toHaveBeenCalledTimes(before + 1);
  expect(screen.getByTestId('connection-problem')).toBeVisible();
  vi.useRealTimers();
  answer(connection);
  await waitFor(() => expect(session.reach.kind).toBe('reached'));
});

test('a workspace that can be used again is asked about', async () => {
  const ready = await (await open('idle'), ipc.overview());
  const problem = { code: 'ledger_missing' as const, params: { path: '/srv/ledger.sqlite' } };
  const overview = vi.spyOn(ipc, 'overview');
  overview.mockResolvedValue({ kind: 'broken', problem, organisation: 'HLF', secret: null });
  await session.refresh();
  session.reach = { kind: 'asking' };
  overview.mockResolvedValue(ready);
  await session.refresh();
  await waitFor(() => expect(session.reach.kind).toBe('reached'));
});

test('a problem leads to the place where it is put right', async () => {
  await open('idle');
  const problem = { code: 'source_file_missing' as const, params: { path: '/srv/a.csv' } };
  await emit('run-ended', { ...NO_END, problem });
  await userEvent.click(within(await screen.findByTestId('sync-problem')).getByTestId('remedy'));
  expect(await screen.findByTestId('section-source')).toHaveAttribute('data-open', 'true');
  expect(await screen.findByTestId('choose-file')).toBeVisible();
});

test('a key that was not accepted is not told as a system that does not answer', async () => {
  await open('idle');
  const params = { url: 'https://books', status: '401' };
  vi.spyOn(ipc, 'connection').mockRejectedValue(
    new ProblemError({ code: 'accounting_unauthorized', params }),
  );
  await session.ask();
  const card = await screen.findByTestId('connection-problem');
  expect(card).toHaveTextContent('The key or password was not accepted');
  await userEvent.click(within(card).getByTestId('remedy'));
  expect(await screen.findByTestId('section-accounting')).toHaveAttribute('data-open', 'true');
});

test('the menu of the web view stays away, except where something can be copied or pasted', async () => {
  await open('idle', 'records');
  const comes = (at: Element) => fireEvent.contextMenu(at);
  expect(await comes(screen.getByRole('heading', { level: 1 }))).toBe(false);
  expect(await comes(screen.getByTestId('records-text'))).toBe(true);
});

test('a run is said to have found a voucher gone where it did', async () => {
  await open('idle');
  const ready = await ipc.overview();
  if (ready.kind !== 'ready') throw new Error('the mock has a workspace');
  await emit('run-progress', progress({}));
  const counts = { ...ready.counts, vanished: ready.counts.vanished + 2 };
  vi.spyOn(ipc, 'overview').mockResolvedValue({ ...ready, counts });
  const [run] = RUNS;
  if (!run) throw new Error('the mock has runs');
  const nothing = { ...run, counts: { ...run.counts, posted: 0, held: 0, refused: 0, inDoubt: 0 } };
  await emit('run-ended', { ...NO_END, run: nothing });
  expect(await screen.findByTestId('result')).toHaveTextContent('2 earlier vouchers are gone from the books');
});
