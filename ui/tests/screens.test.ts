import { emit } from '@tauri-apps/api/event';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Waiting } from '../src/features/attention/waiting.svelte';
import RunItems from '../src/features/history/RunItems.svelte';
import { ipc, ProblemError, readUnasked, type AttentionItem, type Overview, type Run } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { ATTENTION } from '../src/ipc/mock/attention';
import { progress, RUNS } from '../src/ipc/mock/data';
import { lockOf, NO_END } from '../src/ipc/mock/holder';
import { router } from '$shared/state/router.svelte';
import { session } from '$shared/state/session.svelte';
import { open } from './window-rig';

type Ready = Extract<Overview, { kind: 'ready' }>;

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('a dry run', () => {
  async function openPlan() {
    await open('idle');
    const user = userEvent.setup();
    await user.click(screen.getByTestId('sync-menu'));
    await user.click(await screen.findByTestId('dry-run'));
    return { user, dialog: await screen.findByRole('dialog') };
  }

  test('shows the records to send and the held ones, with reasons', async () => {
    const { dialog } = await openPlan();
    await waitFor(() =>
      expect(within(dialog).getByTestId('plan-answer')).toHaveTextContent(/^37 records for/),
    );
    expect(dialog).toHaveTextContent('The row has no id');
  });

  test('keeps the keyboard inside, and Escape closes it without a sync', async () => {
    const { user, dialog } = await openPlan();
    await within(dialog).findByTestId('plan-sync');
    for (let press = 0; press < 6; press += 1) {
      await user.tab();
      expect(dialog).toContainElement(document.activeElement as HTMLElement);
    }
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(session.running).toBe(false);
  });

  test('goes on with the sync', async () => {
    const { user, dialog } = await openPlan();
    await user.click(await within(dialog).findByTestId('plan-sync'));
    expect(await screen.findByTestId('progress')).toBeVisible();
  });
});

describe('a window that opens', () => {
  test('reads the source, so that its figures are of now, with their sums', async () => {
    const read = vi.spyOn(ipc, 'plan');
    await open('clear');
    expect(await screen.findByText('Everything is exported.')).toBeVisible();
    expect(screen.getByTestId('look')).toHaveTextContent(/^The source was read today at/);
    expect(read).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(screen.getByTestId('sum-exported')).toHaveTextContent(/^kr/));
    window.dispatchEvent(new Event('focus'));
    expect(read, 'a reading of a moment ago is new enough').toHaveBeenCalledTimes(1);
  });

  test('says a dash and not 0 where the source could not be read', async () => {
    const params = { path: '/srv/records.csv' };
    vi.spyOn(ipc, 'plan').mockRejectedValue(new ProblemError({ code: 'source_file_missing', params }));
    await open('clear');
    await waitFor(() => expect(screen.getByTestId('look')).toHaveTextContent('It cannot be read now.'));
    expect(screen.getByTestId('count-waiting')).toHaveTextContent('–');
    expect(screen.getByTestId('answer')).toHaveTextContent(/^Everything read .* is exported\.$/);
  });

  test('keeps a person from being told of a reading that nobody asked for', async () => {
    await open('idle');
    const began: string[] = [];
    let end = (): void => undefined;
    const plan = vi.spyOn(ipc, 'plan').mockReturnValueOnce(
      new Promise((_, refuse) => {
        end = () => refuse(new ProblemError({ code: 'source_unfinished', params: {} }));
      }),
    );
    const reading = readUnasked().catch(() => began.push('read'));
    plan.mockRestore();
    const verified = ipc.verifyAudit().then(() => began.push('verified'));
    await tick();
    expect(began).toEqual([]);
    end();
    await Promise.all([reading, verified]);
    expect(began).toEqual(['read', 'verified']);
  });
});

describe('a sync', () => {
  test('says who holds the lock and how far they are when it is refused', async () => {
    await open('lock');
    await userEvent.click(screen.getByTestId('sync-now'));
    const sentence = await screen.findByTestId('lock-sentence');
    expect(sentence).toHaveTextContent(
      /^Kari Nordmann is syncing on HLF-PC-12: 3\d\d of 1,200 sent, about \d minutes left\./,
    );
    await userEvent.click(screen.getByTestId('lock-not-now'));
    expect(screen.queryByTestId('lock-held')).toBeNull();
    expect(screen.getByRole('main')).toHaveFocus();
  });

  test('gives the keyboard back to the screen when its result is put away', async () => {
    await open('done');
    await userEvent.click(await screen.findByTestId('result-close'));
    expect(screen.queryByTestId('result')).toBeNull();
    expect(screen.getByRole('main')).toHaveFocus();
  });

  test('of another person is shown at the start, and on coming back', async () => {
    await open('lock');
    expect(await screen.findByTestId('lock-sentence')).toHaveTextContent('Kari Nordmann');
    await userEvent.click(screen.getByTestId('lock-not-now'));
    expect(screen.queryByTestId('lock-held')).toBeNull();
    document.dispatchEvent(new Event('visibilitychange'));
    expect(await screen.findByTestId('lock-held')).toBeVisible();
  });

  test('shows the holder while it waits, and then that nothing was left', async () => {
    await open('lock');
    await userEvent.click(screen.getByTestId('sync-now'));
    await userEvent.click(await screen.findByTestId('lock-wait'));
    expect(await screen.findByTestId('waiting')).toHaveTextContent('Waiting for Kari Nordmann to finish');
    expect(screen.getByTestId('answer')).toHaveTextContent('Waiting to sync');
    const result = await screen.findByTestId('result');
    expect(result).toHaveTextContent('Nothing was left to export.');
    expect(result).toHaveTextContent('Kari Nordmann has finished; it was our turn.');
  });

  test('says how long it waited in vain, and who still holds the lock', async () => {
    await open('idle');
    const waiting = { lock: lockOf(), until: new Date(2026, 10, 22, 15, 12).toISOString() };
    await emit('run-progress', progress({ waiting }));
    expect(await screen.findByTestId('waiting')).toBeVisible();
    await emit('run-ended', { ...NO_END, lock: lockOf(), problem: { code: 'lock_held', params: {} } });
    expect(await screen.findByTestId('lock-gave-up')).toHaveTextContent('We waited until 15:12');
    expect(screen.getByTestId('lock-wait')).toBeEnabled();
  });

  test('can be stopped while it waits, and leaves nothing behind', async () => {
    await open('waiting');
    await userEvent.click(await screen.findByTestId('waiting-stop'));
    await waitFor(() => expect(screen.queryByTestId('waiting')).toBeNull());
    expect(session.running).toBe(false);
    expect(screen.queryByTestId('result')).toBeNull();
  });

  test('says why it failed, and its details can be copied', async () => {
    const user = userEvent.setup();
    await open('failed');
    const result = await screen.findByTestId('result');
    expect(result).toHaveTextContent('did not answer');
    await user.click(within(result).getByRole('button', { name: 'Copy details' }));
    expect(await navigator.clipboard.readText()).toMatch(
      /^accounting_unreachable\nurl: .*\ntime: .*\nversion: /s,
    );
  });

  test('is shown when it began before the window was opened', async () => {
    await open('running');
    expect(await screen.findByTestId('progress-processed')).toHaveTextContent(/of 1,200/);
    expect(screen.getByTestId('sync-now')).toHaveAttribute('aria-disabled', 'true');
  });

  test('keeps the lists when the server is down, with the code under Details', async () => {
    await open('down');
    const problem = await screen.findByTestId('connection-problem');
    expect(problem).toHaveTextContent('did not answer');
    expect(within(problem).getByTestId('problem-sentence')).not.toHaveTextContent('accounting_unreachable');
    expect(within(problem).getByTestId('problem-code')).toHaveTextContent('accounting_unreachable');
    expect(screen.getByTestId('last-runs')).toBeInTheDocument();
  });
});

describe('the history', () => {
  test('opens a run in place, with only the rows in sight', async () => {
    await open('idle', 'history');
    const toggles = await screen.findAllByTestId('run-toggle');
    expect(toggles[0]).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(toggles[0] as HTMLElement);
    expect(router.route.run).toBe(RUNS[0]?.runId);
    const certificate = await screen.findByTestId('certificate');
    expect(certificate).toHaveTextContent(
      '412 of 412 vouchers found as acknowledged · sums equal · compared',
    );
    expect(certificate).toHaveAttribute('data-equal', 'true');
    // Its exports come before the many rows that were in the books already.
    expect((await screen.findAllByTestId('run-item'))[0]).toHaveAttribute('data-result', 'posted');
    const all = screen.getByTestId('result-filter').querySelector('input');
    await userEvent.click(all as HTMLElement);
    await waitFor(() => expect(screen.getAllByTestId('run-item')[0]).toHaveTextContent('Already exported'));
    const rows = await screen.findAllByTestId('run-item');
    expect(rows.length).toBeLessThan(100);
    expect(rows[0]).toHaveTextContent('Already exported');
    expect(within(rows[0] as HTMLElement).getByTestId('voucher-id')).toHaveAttribute(
      'data-voucher-id',
      'v-10001',
    );
  });

  test('shows only the rows of the filter, with their reasons', async () => {
    await open('idle', 'history', RUNS[0]?.runId);
    await userEvent.click(within(await screen.findByTestId('filter-held')).getByRole('radio'));
    await waitFor(() => {
      for (const row of screen.getAllByTestId('run-item')) expect(row).toHaveAttribute('data-result', 'held');
    });
    expect(screen.getAllByTestId('item-reason')[0]).toHaveTextContent('The row has no id');
  });

  test('keeps the rows of an open run when the run is read again', async () => {
    const asked = vi.spyOn(ipc, 'runItems');
    const run = RUNS[0] as Run;
    await install('idle');
    const { rerender } = render(RunItems, { run });
    await waitFor(() => expect(screen.getAllByTestId('run-item').length).toBeGreaterThan(0));
    const before = asked.mock.calls.length;
    await rerender({ run: { ...run } });
    await waitFor(() => expect(screen.getAllByTestId('run-item').length).toBeGreaterThan(0));
    expect(asked.mock.calls.length).toBe(before);
    asked.mockRestore();
  });
});

test('the overview shows the months as chart and table, and the next run', async () => {
  await open('idle');
  const picture = await screen.findByTestId('months-chart');
  expect(picture).toHaveAccessibleName(/^12 months up to .+: kr\s[\d,.]+ in all; the most in /);
  expect(screen.getAllByTestId('month-bar')).toHaveLength(12);
  expect(within(screen.getByTestId('months-table')).getAllByRole('row', { hidden: true })).toHaveLength(12);
  expect(await screen.findByTestId('next-run')).toHaveTextContent('Next sync: tonight at 02:00.');
});

test('the overview shows the new day to a person who comes back', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 21, 12) });
  const next = vi.spyOn(ipc, 'nextRun').mockResolvedValue(new Date(2026, 10, 24, 2).toISOString());
  await open('idle');
  expect(await screen.findByTestId('next-run')).not.toHaveTextContent('tonight');
  vi.setSystemTime(new Date(2026, 10, 23, 12));
  const ready = session.ready as Ready;
  vi.spyOn(ipc, 'overview').mockResolvedValue({ ...ready, counts: { ...ready.counts, eligible: 52 } });
  document.dispatchEvent(new Event('visibilitychange'));
  await waitFor(() => expect(screen.getByTestId('answer')).toHaveTextContent('52 records wait'));
  expect(screen.getByTestId('next-run')).toHaveTextContent('Next sync: tonight at 02:00.');
  const asked = next.mock.calls.length;
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  document.dispatchEvent(new Event('visibilitychange'));
  await tick();
  expect(next).toHaveBeenCalledTimes(asked);
});

test('the attention list is grouped, with what to do', async () => {
  await open('idle', 'attention');
  expect(await screen.findByTestId('attention-in_doubt')).toHaveTextContent('Sync again.');
  const groups = [...document.querySelectorAll('section[data-testid^=attention-]')];
  expect(groups.map((group) => group.getAttribute('data-testid'))).toEqual(
    ['in_doubt', 'vanished', 'changed', 'refused', 'held'].map((state) => `attention-${state}`),
  );
  expect(screen.getByTestId('attention-refused')).toHaveTextContent('closed for posting');
  expect(screen.getAllByTestId('attention-item')).toHaveLength(7);
});

test('the attention list keeps all its pages when it is read again', async () => {
  const [one] = ATTENTION as [AttentionItem];
  const all = Array.from({ length: 6_300 }, (_, at) => ({ ...one, recordId: String(at) }));
  await install('idle');
  vi.spyOn(ipc, 'attention').mockImplementation((offset, limit) =>
    Promise.resolve(all.slice(offset, offset + Math.min(limit, 1_000))),
  );
  const waiting = new Waiting();
  await waiting.refresh();
  expect([waiting.items.length, waiting.complete]).toEqual([5_000, false]);
  while (!waiting.complete) await waiting.more();
  await waiting.refresh();
  expect(waiting.items).toHaveLength(6_300);
  expect(waiting.complete).toBe(true);
});

test('a sync begun from the attention list is seen on the overview', async () => {
  await open('idle', 'attention');
  // The period chosen on the overview is not seen here, and does not count here.
  session.period = { from: '2026-11-01', to: '2026-11-30' };
  const asked = vi.spyOn(ipc, 'startSync');
  expect(await screen.findByTestId('sync-in_doubt')).toBeEnabled();
  expect(screen.queryByTestId('sync-vanished')).toBeNull();
  await userEvent.click(screen.getByTestId('sync-refused'));
  expect(asked).toHaveBeenCalledExactlyOnceWith({ from: null, to: null }, null);
  expect(await screen.findByTestId('progress')).toBeInTheDocument();
  expect(router.route.screen).toBe('overview');
});

test('a broken workspace is shown with file and line', async () => {
  await open('broken');
  expect(await screen.findByTestId('workspace-problem')).toHaveTextContent(
    'Line 12 of /home/kari/hlf/workspace.toml',
  );
});

test('a missing workspace offers practice with one click', async () => {
  await open('missing');
  expect(await screen.findByTestId('make-practice')).toBeEnabled();
});
