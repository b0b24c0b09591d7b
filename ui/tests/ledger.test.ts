import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ipc, ProblemError } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('the ledger', () => {
  test('shows its place, its size and its last copy, and is copied now', async () => {
    await open('idle', 'settings');
    const panel = await screen.findByTestId('ledger');
    await within(panel).findByText('47.2 MB');
    expect(panel).toHaveTextContent('/home/kari/.local/share/postonce/ledger.sqlite');
    await userEvent.click(screen.getByTestId('ledger-backup'));
    await waitFor(() => expect(screen.getByTestId('ledger-backed-up')).toHaveTextContent('read back'));
    expect(screen.getByTestId('ledger-backup-at')).toHaveTextContent(/today/i);
  });

  test('forgets what old records say of people, with a reason', async () => {
    await open('idle', 'settings');
    const forget = vi.spyOn(ipc, 'forget');
    await userEvent.click(await screen.findByTestId('ledger-forget'));
    const dialog = await screen.findByTestId('forget-dialog');
    expect(dialog).toHaveTextContent('five years');
    await waitFor(() =>
      expect(screen.getByTestId('forget-due')).toHaveTextContent('412 records from before'),
    );
    expect(screen.getByTestId('dialog-confirm')).toBeDisabled();
    const before = screen.getByTestId('forget-before');
    await userEvent.clear(before);
    await userEvent.type(before, '01.01.2020');
    await userEvent.type(screen.getByTestId('reason'), 'kept for long enough');
    await waitFor(() => expect(screen.getByTestId('dialog-confirm')).toBeEnabled());
    await userEvent.click(screen.getByTestId('dialog-confirm'));
    expect(await screen.findByTestId('forget-done')).toHaveTextContent('412 records lost');
    expect(forget).toHaveBeenCalledWith('2020-01-01', 'kept for long enough');
  });

  test('tries out who is told of a night that failed', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('notices-test'));
    await waitFor(() =>
      expect(screen.getByTestId('notices-result')).toHaveTextContent(
        'E-mail: not delivered (connection refused)',
      ),
    );
    vi.spyOn(ipc, 'testNotices').mockResolvedValueOnce(null);
    await userEvent.click(screen.getByTestId('notices-test'));
    await waitFor(() => expect(screen.getByTestId('notices-result')).toHaveTextContent('Nobody is told'));
  });

  test('agrees with the accounting system, in figures', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await userEvent.click(await screen.findByTestId('compare-start'));
    expect(await screen.findByTestId('compare-progress')).toHaveTextContent(
      'Looking up the ledger’s vouchers',
    );
    const result = await screen.findByTestId('compare-result');
    expect(result).toHaveTextContent('13,800 vouchers, each on both sides');
    await userEvent.click(screen.getByTestId('compare-export'));
    expect(await screen.findByTestId('compare-written')).toHaveTextContent('avstemming-2026-11-23.pdf');
  });

  test('lists each difference with both sides', async () => {
    await open('differs', 'settings');
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await userEvent.click(await screen.findByTestId('compare-start'));
    const table = await screen.findByTestId('differences');
    const rows = within(table).getAllByTestId('difference');
    expect(screen.getByTestId('compare-result')).toHaveTextContent('There are 3 differences');
    expect(rows[0]).toHaveTextContent(/Missing in the accounting system.*PM-2026-00312.*10312.*nothing/);
    expect(rows[2]).toHaveTextContent(/Several vouchers.*10418.*10733/);
  });

  test('says why its differences cannot be read, and reads them again', async () => {
    await open('differs', 'settings');
    const problem = { code: 'ledger_busy', params: {} } as const;
    vi.spyOn(ipc, 'differences').mockRejectedValueOnce(new ProblemError(problem));
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await userEvent.click(await screen.findByTestId('compare-start'));
    const result = await screen.findByTestId('compare-result');
    expect(result).toHaveTextContent('There are 3 differences');
    expect(await screen.findByTestId('compare-problem')).toBeVisible();
    await userEvent.click(screen.getByTestId('differences-more'));
    expect(await screen.findAllByTestId('difference')).toHaveLength(3);
    expect(screen.queryByTestId('compare-problem')).toBeNull();
  });

  test('says that it cannot be compared when its events cannot be heard', async () => {
    await open('idle', 'settings');
    vi.spyOn(ipc, 'onCompareProgress').mockRejectedValueOnce(new Error('no bridge'));
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await userEvent.click(await screen.findByTestId('compare-start'));
    expect(await screen.findByTestId('compare-problem')).toHaveTextContent('no bridge');
    expect(screen.getByTestId('compare-start')).toBeEnabled();
  });

  test('shows no result of a comparison that was stopped', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await userEvent.click(await screen.findByTestId('compare-start'));
    await userEvent.click(await screen.findByTestId('compare-stop'));
    await waitFor(() => expect(screen.getByTestId('compare-says')).toHaveTextContent('there is no result'));
    expect(screen.queryByTestId('compare-result')).toBeNull();
  });

  test('says that the server is down, and is compared again', async () => {
    await open('down', 'settings');
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await userEvent.click(await screen.findByTestId('compare-start'));
    expect(await screen.findByTestId('compare-problem')).toHaveTextContent('did not answer');
    expect(screen.getByTestId('compare-start')).toBeEnabled();
  });

  test('is rebuilt only after the name of the organisation and a reason were typed', async () => {
    await open('idle', 'settings');
    const rebuild = vi.spyOn(ipc, 'rebuild');
    await userEvent.click(await screen.findByTestId('ledger-rebuild'));
    const dialog = await screen.findByTestId('rebuild-dialog');
    const confirm = within(dialog).getByTestId('dialog-confirm');
    expect(confirm).toBeDisabled();
    await userEvent.type(within(dialog).getByTestId('confirm-id'), 'Øvingslage');
    expect(confirm).toBeDisabled();
    await userEvent.type(within(dialog).getByTestId('confirm-id'), 't');
    expect(dialog).toHaveTextContent('can be read');
    await userEvent.type(within(dialog).getByTestId('reason'), 'too short');
    expect(confirm).toBeDisabled();
    await userEvent.clear(within(dialog).getByTestId('reason'));
    await userEvent.type(within(dialog).getByTestId('reason'), 'The old one is too old');
    await userEvent.click(confirm);
    const done = await screen.findByTestId('rebuild-done');
    expect(done).toHaveTextContent('13,798');
    expect(rebuild).toHaveBeenCalledExactlyOnceWith('Øvingslaget', 'The old one is too old');
  });

  test('can be rebuilt when it is damaged and nothing else works', async () => {
    await open('damaged');
    await userEvent.click(await screen.findByTestId('ledger-rebuild'));
    const dialog = await screen.findByTestId('rebuild-dialog');
    expect(dialog).toHaveTextContent('Øvingslaget');
    expect(within(dialog).queryByTestId('reason')).toBeNull();
  });
});
