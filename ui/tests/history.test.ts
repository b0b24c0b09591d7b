import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Items, PAGE_ITEMS } from '../src/features/history/items.svelte';
import { Runs } from '../src/features/history/runs.svelte';
import { ANY, queryOf } from '../src/features/history/wish';
import { PAPER_ROWS_MAX, readForPaper } from '../src/features/history/paper';
import PrintSheet from '../src/features/history/PrintSheet.svelte';
import RunItems from '../src/features/history/RunItems.svelte';
import SaveRun from '../src/features/history/SaveRun.svelte';
import { ipc, type Run } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { item, RUNS } from '../src/ipc/mock/data';
import { open as openScreen } from './window-rig';

const open = (run?: string) => openScreen('idle', 'history', run);
afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('the runs', () => {
  test('are filtered by outcome and by person', async () => {
    await open();
    expect(await screen.findAllByTestId('run')).toHaveLength(4);
    await userEvent.selectOptions(screen.getByTestId('history-outcome'), 'failed');
    await waitFor(() => expect(screen.getAllByTestId('run')).toHaveLength(1));
    expect(screen.getByTestId('run')).toHaveAttribute('data-outcome', 'failed');
    await userEvent.type(screen.getByTestId('history-actor'), 'ola');
    expect(await screen.findByTestId('history-empty')).toHaveTextContent('Nothing found');
    await userEvent.click(screen.getByTestId('history-clear'));
    await waitFor(() => expect(screen.getAllByTestId('run')).toHaveLength(4));
    // The button disappears with what it cleared; the keyboard stays.
    expect(screen.getByTestId('history-text')).toHaveFocus();
    expect(screen.getByTestId('history-clear')).toBeDisabled();
  });

  test('are searched by record, and an open run then shows that record', async () => {
    await open();
    await screen.findAllByTestId('run');
    await userEvent.type(screen.getByTestId('history-text'), 'PM-2026-00042');
    await waitFor(() => expect(screen.getAllByTestId('run')).toHaveLength(3));
    await userEvent.click(screen.getAllByTestId('run-toggle')[0] as HTMLElement);
    const row = await screen.findByTestId('run-item');
    expect(row).toHaveAttribute('data-record', 'PM-2026-00042');
    expect(screen.getByTestId('items-searched')).toHaveTextContent('1 row with “PM-2026-00042”');
  });

  test('of an address are shown whatever the filter is', async () => {
    await open(RUNS[3]?.runId);
    expect(await screen.findByTestId('run-detail')).toBeVisible();
    await userEvent.selectOptions(screen.getByTestId('history-outcome'), 'stopped');
    await waitFor(() =>
      expect(screen.getAllByTestId('run').map((run) => run.getAttribute('data-outcome'))).toEqual([
        'failed',
        'stopped',
      ]),
    );
  });
});

test('the days of a filter are calendar days, both included', () => {
  const query = queryOf({ ...ANY, from: '2026-10-01', to: '2026-10-31' });
  expect(new Date(query.startedFrom ?? '')).toEqual(new Date(2026, 9, 1));
  expect(new Date(query.startedBefore ?? '')).toEqual(new Date(2026, 10, 1));
  expect(queryOf({ ...ANY, outcome: 'unfinished' })).toMatchObject({ outcome: null, unfinished: true });
});

describe('a run of a hundred thousand', () => {
  test('is counted at once, and read where it is in sight', async () => {
    await install('idle');
    const asked = vi.spyOn(ipc, 'runItems');
    const items = new Items('a');
    await items.show(null, '');
    expect(items.count).toBe(100_000);
    expect(items.at(50_000)).toBeNull();
    await items.see(50_000, 50_030);
    expect(items.at(50_000)?.position).toBe(50_001);
    await items.see(50_000, 50_030);
    expect(asked.mock.calls.map((call) => call[3])).toEqual([0, 50_000]);
    expect(asked.mock.calls.every((call) => call[4] === PAGE_ITEMS)).toBe(true);
  });

  test('forgets its rows when the filter changes', async () => {
    await install('idle');
    const items = new Items('a');
    await items.show(null, '');
    await items.show('held', '');
    expect(items.at(0)?.result).toBe('held');
    expect(items.count).toBe(Math.floor(100_000 / 97));
  });
});

describe('a list of more runs than a page', () => {
  test('holds the run of an address once, also after the list has reached it', async () => {
    await openScreen('much', 'history', '0199a3c2-7b41-7c10-9f02-5d1be2c11055');
    await waitFor(() => expect(screen.getAllByTestId('run')).toHaveLength(51));
    await userEvent.click(screen.getByRole('button', { name: 'Show earlier runs' }));
    await waitFor(() => expect(screen.getAllByTestId('run')).toHaveLength(60));
    expect(screen.getByTestId('run-detail')).toBeVisible();
  });

  test('is not at its end when more exist than the engine returns at once', async () => {
    const all = Array.from({ length: 1_200 }, (_, at) => ({ ...(RUNS[0] as Run), runId: String(at) }));
    vi.spyOn(ipc, 'runs').mockImplementation((_, limit, before) => {
      const start = before ? Number(before) + 1 : 0;
      return Promise.resolve(all.slice(start, start + Math.min(limit, 1_000)));
    });
    const runs = new Runs();
    await runs.show(queryOf(ANY));
    while (runs.runs.length < 1_050) await runs.more();
    await runs.refresh();
    expect(runs.complete).toBe(false);
    while (!runs.complete) await runs.more();
    expect(runs.runs).toHaveLength(1_200);
  });
});

describe('a run that ends while it is open', () => {
  const run: Run = { ...(RUNS[0] as Run), outcome: null, finishedAt: null };

  test('shows what became of each record', async () => {
    await install('idle');
    vi.spyOn(ipc, 'countItems').mockResolvedValue(2);
    const asked = vi
      .spyOn(ipc, 'runItems')
      .mockResolvedValue([1, 2].map((at) => ({ ...item(at), result: null })));
    const { rerender } = render(RunItems, { run });
    expect((await screen.findAllByTestId('run-item'))[0]).toHaveTextContent('Waiting');
    asked.mockResolvedValue([3, 6].map(item));
    await rerender({ run: { ...run, outcome: 'completed' } });
    await waitFor(() =>
      expect(screen.getAllByTestId('run-item')[0]).toHaveAttribute('data-result', 'posted'),
    );
  });

  test('gets the rows that were missing when it was opened', async () => {
    await install('idle');
    const counted = vi.spyOn(ipc, 'countItems').mockResolvedValue(0);
    vi.spyOn(ipc, 'runItems').mockResolvedValue([]);
    const { rerender } = render(RunItems, { run });
    expect(await screen.findByText('No records of this kind in this run.')).toBeVisible();
    counted.mockResolvedValue(2);
    vi.spyOn(ipc, 'runItems').mockResolvedValue([3, 6].map(item));
    await rerender({ run: { ...run, outcome: 'completed' } });
    expect(await screen.findAllByTestId('run-item')).toHaveLength(2);
  });

  test('keeps its scroll position', async () => {
    await install('idle');
    const items = new Items('a');
    await items.show(null, '');
    await items.see(50_000, 50_030);
    const asked = vi.spyOn(ipc, 'runItems');
    const reading = items.refresh();
    expect(items.count).toBe(100_000);
    expect(items.at(50_000)?.position).toBe(50_001);
    await reading;
    expect(asked.mock.calls.map((call) => call[3])).toEqual([50_000]);
    expect(items.at(0)).toBeNull();
  });
});

test('the link of a run opens it from outside the window', async () => {
  const user = userEvent.setup();
  await open(RUNS[0]?.runId);
  const detail = within(await screen.findByTestId('run-detail'));
  await user.click(detail.getByRole('button', { name: /link to this run/ }));
  expect(await navigator.clipboard.readText()).toBe(`postonce://run/${RUNS[0]?.runId}`);
});

describe('a run as a file', () => {
  async function menu() {
    await open(RUNS[0]?.runId);
    const user = userEvent.setup();
    await user.click(await screen.findByTestId('save-menu'));
    return user;
  }

  test('says where it was saved, and can be opened', async () => {
    const shown = vi.spyOn(ipc, 'showSaved');
    const user = await menu();
    await user.click(await screen.findByTestId('save-run-xlsx'));
    await waitFor(() =>
      expect(screen.getByTestId('saved')).toHaveTextContent(
        'Saved as run-2026-11-03-0914.xlsx in /home/kari/Documents.',
      ),
    );
    // After it has closed, the menu blocks clicks on the page for a moment.
    await waitFor(() => expect(document.body.style.pointerEvents).not.toBe('none'));
    await user.click(screen.getByTestId('show-saved'));
    expect(shown).toHaveBeenCalledWith(1);
  });

  test('says nothing when the dialog was cancelled', async () => {
    vi.spyOn(ipc, 'exportCertificate').mockResolvedValue(null);
    const user = await menu();
    await user.click(await screen.findByTestId('save-certificate-pdf'));
    await waitFor(() => expect(screen.getByTestId('save-menu')).toBeEnabled());
    expect(screen.queryByTestId('saved')).toBeNull();
  });

  test('is printed from the sheet beside the application only', async () => {
    const run = RUNS[0] as Run;
    vi.spyOn(ipc, 'countItems').mockResolvedValue(7);
    vi.spyOn(ipc, 'runItems').mockImplementation((...[, , , skip]) =>
      Promise.resolve(Array.from({ length: Math.max(0, 7 - skip) }, (_, place) => item(skip + place + 1))),
    );
    const printed = vi.spyOn(ipc, 'printPage').mockImplementation(() => {
      const sheet = screen.getByTestId('print-sheet');
      expect(sheet.parentElement).toBe(document.body);
      expect(within(sheet).getAllByRole('row', { hidden: true })).toHaveLength(8);
      return Promise.resolve(null);
    });
    await install('idle');
    render(SaveRun, { run });
    await userEvent.click(screen.getByTestId('print'));
    await waitFor(() => expect(printed).toHaveBeenCalledOnce());
    expect(screen.queryByTestId('save-problem')).toBeNull();
  });

  test('is printed up to a limit, and says how much is left out', async () => {
    await install('idle');
    const run = RUNS[0] as Run;
    const paper = await readForPaper(run);
    expect([paper.items.length, paper.total]).toEqual([PAPER_ROWS_MAX, 100_000]);
    render(PrintSheet, { run, paper: { ...paper, items: paper.items.slice(0, 2) } });
    expect(screen.getByTestId('print-sheet')).toHaveTextContent('The first 2 of 100,000 records.');
  });
});
