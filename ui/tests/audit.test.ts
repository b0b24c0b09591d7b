import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sentence } from '../src/features/audit/sentences';
import { Entries, NO_FILTER } from '../src/features/audit/entries.svelte';
import { fold } from '../src/features/audit/fold';
import { findingSentence } from '../src/features/audit/findings';
import { ipc, type Act, type AuditEntryFull } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { acts } from '$shared/state/acts';
import { preferences } from '$shared/state/preferences.svelte';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

const entries = () => screen.getAllByTestId('audit-entry');

describe('the audit trail', () => {
  test('lists the newest first, each as a sentence with its reason, page by page', async () => {
    await open('idle', 'audit');
    await screen.findByTestId('audit-table');
    expect(entries()).toHaveLength(50);
    expect(entries()[0]).toHaveTextContent('The sync was completed');
    expect(screen.getAllByText(/asked for record PM-2026-00\d+ to be exported again/)[0]).toBeVisible();
    await userEvent.click(screen.getByTestId('audit-more'));
    await waitFor(() => expect(entries()).toHaveLength(100));
    await userEvent.click(screen.getByTestId('audit-more'));
    await waitFor(() => expect(entries()).toHaveLength(137));
    expect(screen.queryByTestId('audit-more')).toBeNull();
  });

  test('is not at its end when more pages exist than are read at once', async () => {
    await install('idle');
    const [one] = (await ipc.audit(NO_FILTER, null, 1)) as [AuditEntryFull];
    const trail = Array.from({ length: 700 }, (_, at) => ({ ...one, entry: 700 - at }));
    vi.spyOn(ipc, 'audit').mockImplementation((_, before, limit) =>
      Promise.resolve(trail.filter(({ entry }) => entry < (before ?? 701)).slice(0, Math.min(limit, 500))),
    );
    const list = new Entries();
    await list.read(NO_FILTER, false);
    while (list.entries.length < 550) await list.more(NO_FILTER);
    await list.read(NO_FILTER, true);
    expect(list.complete).toBe(false);
    while (!list.complete) await list.more(NO_FILTER);
    expect(list.entries).toHaveLength(700);
  });

  test('is filtered by act and person and searched, and is whole again when cleared', async () => {
    await open('idle', 'audit');
    const user = userEvent.setup();
    await screen.findByTestId('audit-table');
    await user.selectOptions(screen.getByTestId('audit-act'), 'lock_broken');
    await waitFor(() => expect(entries().every((row) => row.dataset['act'] === 'lock_broken')).toBe(true));
    await user.selectOptions(screen.getByTestId('audit-actor'), 'ola');
    await waitFor(() => expect(entries()).not.toHaveLength(0));
    for (const row of entries()) expect(row).toHaveTextContent('ola took the lock');
    await user.type(screen.getByTestId('audit-search'), 'no such thing');
    expect(await screen.findByTestId('audit-empty')).toHaveTextContent('Nothing found');
    await user.click(screen.getByTestId('audit-clear'));
    await waitFor(() => expect(entries()).toHaveLength(50));
    expect(screen.getByTestId('audit-clear')).toBeDisabled();
  });

  test('shows an entry in place, with its changes and a link to its run', async () => {
    await open('idle', 'audit');
    await screen.findByTestId('audit-table');
    const row = entries().find((each) => each.dataset['act'] === 'settings_changed') ?? document.body;
    await userEvent.click(within(row).getByTestId('audit-toggle'));
    const detail = await screen.findByTestId('audit-detail');
    expect(within(row).getByTestId('audit-toggle')).toHaveAttribute('aria-expanded', 'true');
    const changes = within(detail).getByTestId('audit-changes');
    expect(within(changes).getByRole('row', { name: 'posting.categories.Reise 7140 7150' })).toBeVisible();
    expect(within(changes).getByRole('row', { name: 'schedule.cron not set 0 2 * * *' })).toBeVisible();
    expect(within(detail).getByRole('link')).toHaveAttribute(
      'href',
      expect.stringMatching(/^#\/history\/0199/),
    );
  });

  test('says what leaves the first entry when it is empty', async () => {
    await open('first', 'audit');
    expect(await screen.findByTestId('audit-empty')).toHaveTextContent(
      'The first sync leaves the first entry',
    );
  });

  test('says that it is whole, and what vouches for it', async () => {
    await open('idle', 'audit');
    await userEvent.click(screen.getByTestId('audit-verify'));
    const verdict = await screen.findByTestId('verdict');
    expect(verdict).toHaveTextContent('The audit trail is whole');
    expect(verdict).toHaveTextContent('Each of the 137 entries is as it was written');
    const facts = within(verdict).getByTestId('verdict-facts');
    expect(facts.closest('details')).not.toHaveAttribute('open');
    expect(facts).toHaveTextContent(/Checksum in the accounting system\s*the same/);
    const printed = vi.spyOn(ipc, 'printPage');
    await userEvent.click(screen.getByTestId('verdict-print'));
    await waitFor(() => expect(printed).toHaveBeenCalledTimes(1));
    expect(screen.getByTestId('verdict-sheet')).toHaveTextContent('f63d6fbb752d29e0');
    await userEvent.click(screen.getByTestId('verdict-close'));
    expect(screen.queryByTestId('verdict')).toBeNull();
    expect(screen.getByRole('main')).toHaveFocus();
  });

  test('names each finding in words after somebody changed it', async () => {
    await open('tampered', 'audit');
    await userEvent.click(screen.getByTestId('audit-verify'));
    const findings = await screen.findByTestId('findings');
    const lines = within(findings).getAllByRole('listitem');
    expect(lines[0]).toHaveTextContent('Entry 41 (ola, HLF-PC-07): the content is not what was written.');
    expect(lines[1]).toHaveTextContent('Entry 58–61: missing.');
    expect(screen.getByTestId('verdict')).toHaveTextContent('is not what it was');
  });

  test('cannot be checked while a sync is on, and says so', async () => {
    await open('running', 'audit');
    await userEvent.click(screen.getByTestId('audit-verify'));
    expect(await screen.findByTestId('audit-problem')).toBeVisible();
    expect(screen.queryByTestId('verdict')).toBeNull();
  });

  test('keeps its verdict while the trail is not exported after all', async () => {
    await open('idle', 'audit');
    await userEvent.click(screen.getByTestId('audit-verify'));
    expect(await screen.findByTestId('verdict')).toBeVisible();
    const asked = vi.spyOn(ipc, 'exportAudit').mockResolvedValue(null);
    await userEvent.click(screen.getByTestId('audit-export'));
    await waitFor(() => expect(asked).toHaveBeenCalled());
    expect(screen.getByTestId('verdict')).toBeVisible();
  });

  test('is exported to the place that the person chose', async () => {
    await open('idle', 'audit');
    await userEvent.click(screen.getByTestId('audit-export'));
    expect(await screen.findByTestId('audit-written')).toHaveTextContent(
      /Saved as revisjonsspor-[0-9-]+\.csv in \/home\/kari\/Dokumenter\./,
    );
  });
});

describe.each(['en', 'nb'] as const)('in %s', (locale) => {
  test('every act is a sentence that names its record or its person', () => {
    preferences.locale = locale;
    const entry: AuditEntryFull = {
      entry: 1,
      at: '2026-11-02T09:14:03.000Z',
      user: 'kari',
      host: 'HLF-PC-12',
      accountingUser: null,
      act: 'verified',
      recordId: 'PM-1',
      generation: null,
      runId: null,
      voucherId: 'v-1',
      earlierVoucherId: null,
      reason: null,
      changes: [],
      facts: [],
    };
    for (const act of Object.keys(acts) as Act[]) {
      const said = sentence({ ...entry, act });
      expect(said, act).not.toMatch(/undefined|trail_|\{/);
      if (!['sync_ended', 'settings_changed'].includes(act)) expect(said, act).toMatch(/kari|PM-1|v-1/);
    }
    preferences.locale = 'en';
  });

  test('a finding about a row names table, row, run and record', () => {
    preferences.locale = locale;
    const detail = { table: 'attempt', row: '17', run: 'run-1', record: 'PM-1' };
    const said = findingSentence({ kind: 'row_changed', entry: 41, at: null, detail });
    expect(said).toMatch(/41.*attempt.*17.*run-1.*PM-1/);
    preferences.locale = 'en';
  });

  test('a finding about several seals names them', () => {
    preferences.locale = locale;
    const said = findingSentence({
      kind: 'seals_missing',
      entry: 0,
      at: null,
      detail: { first: '3', last: '5' },
    });
    expect(said).toMatch(/3–5/);
    preferences.locale = 'en';
  });
});

describe('an export once more', () => {
  const one: AuditEntryFull = {
    entry: 0,
    at: '2026-11-03T08:00:00.000Z',
    user: 'kari',
    host: 'HLF-PC-12',
    accountingUser: null,
    act: 'verified',
    recordId: null,
    generation: null,
    runId: null,
    voucherId: null,
    earlierVoucherId: null,
    reason: null,
    changes: [],
    facts: [],
  };
  const trail = (...some: Partial<AuditEntryFull>[]): AuditEntryFull[] =>
    some.map((each, place) => ({ ...one, entry: some.length - place, ...each }));
  const shape = (entries: AuditEntryFull[]) =>
    fold(entries).map(({ entry, steps }) => [entry.act, ...steps.map((step) => step.act)]);

  test('is one line, with its steps in their order behind it', () => {
    const run = { runId: 'run-2' };
    const record = { recordId: 'PM-1' };
    const entries = trail(
      { act: 'compared', ...run },
      { act: 'sync_ended', ...run },
      { act: 're_export_settled', ...record, ...run },
      { act: 're_export_claimed', ...record, ...run },
      { act: 'reversal_settled', ...run },
      { act: 'reversal_claimed', ...run },
      { act: 'sync_started', ...run },
      { act: 're_export_requested', ...record },
    );
    expect(shape(entries)).toEqual([
      [
        're_export_requested',
        'sync_started',
        'reversal_claimed',
        'reversal_settled',
        're_export_claimed',
        're_export_settled',
        'sync_ended',
        'compared',
      ],
    ]);
  });

  test('keeps a step whose request is not read yet, and each record apart', () => {
    expect(shape(trail({ act: 're_export_settled', recordId: 'PM-1', runId: 'run-2' }))).toEqual([
      ['re_export_settled'],
    ]);
    const entries = trail(
      { act: 're_export_settled', recordId: 'PM-2' },
      { act: 're_export_requested', recordId: 'PM-2' },
      { act: 're_export_requested', recordId: 'PM-1' },
    );
    expect(shape(entries)).toEqual([['re_export_requested', 're_export_settled'], ['re_export_requested']]);
  });

  test('leaves a sync and what people did as they were; a rebuild is one line', () => {
    const run = { runId: 'run-1' };
    const sync = trail(
      { act: 'compared', ...run },
      { act: 'sync_ended', ...run },
      { act: 'sync_started', ...run },
      { act: 'lock_broken' },
      { act: 'compared' },
    );
    expect(shape(sync)).toEqual([
      ['sync_ended', 'compared'],
      ['sync_started'],
      ['lock_broken'],
      ['compared'],
    ]);
    expect(shape(trail({ act: 'rebuilt', ...run }, { act: 'sync_started', ...run }))).toEqual([
      ['rebuilt', 'sync_started'],
    ]);
    expect(sentence({ ...one, act: 'compared', ...run })).toMatch(/^The vouchers were looked up again/);
  });
});
