/** Tests the overview of a workspace that is new: its checklist, and the way to what a colleague exported. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stepsOf } from '../src/features/overview/checklist';
import { ipc, type AuditEntryFull } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { open } from './window-rig';

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
  localStorage.clear();
});

const done = (name: string) => screen.getByTestId(`begin-${name}`).dataset['done'];

describe('the checklist of a new workspace', () => {
  test('stays until each step is done, and then never comes back', async () => {
    await install('first');
    const settings = await ipc.settings();
    const asked = vi.spyOn(ipc, 'settings').mockResolvedValue({ ...settings, schedule: null });
    await open('first');
    expect(await screen.findByTestId('checklist')).toHaveTextContent('2 of 5 done');
    expect([done('connected'), done('read'), done('synced')]).toEqual(['true', 'true', 'false']);
    await userEvent.click(screen.getByTestId('begin-synced-act'));
    expect(await screen.findByTestId('dry-run-dialog')).toBeVisible();
    asked.mockResolvedValue(settings);
    const compared = { act: 'compared', runId: null } as AuditEntryFull;
    vi.spyOn(ipc, 'audit').mockResolvedValue([compared]);
    await open('idle');
    await waitFor(() => expect(localStorage.length).toBeGreaterThan(0));
    expect(screen.queryAllByTestId('checklist')).toHaveLength(0);
    asked.mockResolvedValue({ ...settings, schedule: null });
    await open('idle');
    expect(await screen.findAllByTestId('reconciled')).not.toHaveLength(0);
    expect(screen.queryAllByTestId('checklist')).toHaveLength(0);
  });

  test('is not done by the comparison that a run makes by itself', async () => {
    const compared = { act: 'compared', runId: 'r-1' } as AuditEntryFull;
    vi.spyOn(ipc, 'audit').mockResolvedValue([compared]);
    await open('idle');
    expect(await screen.findByTestId('checklist')).toHaveTextContent('4 of 5 done');
    expect(done('reconciled')).toBe('false');
  });

  test('is put away by a person, and stays away', async () => {
    vi.spyOn(ipc, 'audit').mockResolvedValue([]);
    await open('idle');
    await userEvent.click(await screen.findByTestId('checklist-hide'));
    expect(screen.queryByTestId('checklist')).toBeNull();
    await open('idle');
    expect(await screen.findAllByTestId('reconciled')).not.toHaveLength(0);
    expect(screen.queryByTestId('checklist')).toBeNull();
  });

  test('takes a sync for a connection, also while the system is down', () => {
    const known = { isReached: false, isRead: false, isReconciled: false, isScheduled: false };
    const names = (isSynced: boolean) =>
      stepsOf({ ...known, isSynced })
        .filter((step) => step.done)
        .map(({ name }) => name);
    expect(names(true)).toEqual(['connected', 'read', 'synced']);
    expect(names(false)).toEqual([]);
  });
});

describe('a ledger that is younger than the books', () => {
  test('fetches what is already exported, without a word to be typed', async () => {
    await open('first');
    await userEvent.click(await screen.findByTestId('fetch'));
    const dialog = within(await screen.findByTestId('rebuild-dialog'));
    expect(dialog.queryByTestId('confirm-id')).toBeNull();
    expect(dialog.queryByTestId('reason')).toBeNull();
    const asked = vi.spyOn(ipc, 'rebuild');
    const overview = await ipc.overview();
    if (overview.kind !== 'ready') throw new Error('the mock has a workspace');
    const counts = { ...overview.counts, posted: 13_798 };
    vi.spyOn(ipc, 'overview').mockResolvedValue({ ...overview, counts });
    await userEvent.click(dialog.getByTestId('dialog-confirm'));
    expect(await dialog.findByTestId('rebuild-done')).toHaveTextContent('13,798');
    expect(asked).toHaveBeenCalledExactlyOnceWith('Øvingslaget', expect.stringContaining('nothing was sent'));
    await waitFor(() => expect(screen.queryByTestId('fetch-offer')).toBeNull());
    expect(dialog.getByTestId('rebuild-done')).toBeVisible();
  });

  test('names the vouchers whose record is not in the source', async () => {
    await open('first');
    await userEvent.click(await screen.findByTestId('fetch'));
    await userEvent.click(await screen.findByTestId('dialog-confirm'));
    const compared = vi.spyOn(ipc, 'compare');
    await userEvent.click(await screen.findByTestId('rebuild-which'));
    expect(compared).toHaveBeenCalledWith({ from: null, to: null });
    expect(await screen.findByTestId('compare-result')).toBeVisible();
  });

  test('is not offered where something was exported, or in practice', async () => {
    for (const scenario of ['idle', 'practice'] as const) {
      const mock = await open(scenario);
      expect(mock).toBeDefined();
      expect(screen.queryByTestId('fetch-offer')).toBeNull();
    }
  });
});

describe('the overview', () => {
  test('says whether the last month was reconciled, and leads to its end', async () => {
    await open('clear');
    const line = await screen.findByTestId('reconciled');
    expect(line).toHaveAttribute('data-is', 'true');
    expect(line).toHaveTextContent(/: Reconciled .*: 187 vouchers, each on both sides/);
    expect(within(line).getByRole('link').getAttribute('href')).toMatch(/^#\/month\/\d{4}-\d{2}-01$/);
  });

  test('says where it was not reconciled', async () => {
    await open('idle');
    const line = await screen.findByTestId('reconciled');
    expect(line).toHaveAttribute('data-is', 'false');
    expect(line).toHaveTextContent('Not reconciled since the last voucher');
  });
});
