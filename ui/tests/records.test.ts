import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ANY, faults, queriesOf, queryOf, RecordList } from '../src/features/record/list.svelte';
import { timeline, withReversals } from '../src/features/record/timeline';
import { ipc, ProblemError, type Attempt, type RecordStory } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { router } from '$shared/state/router.svelte';
import { open as openScreen } from './window-rig';

const open = (at?: string) => openScreen('idle', 'records', at);
afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

const rows = () => screen.findAllByTestId('record-row');

describe('the records', () => {
  test('stand in a table, newest day first, with their number and sum', async () => {
    await open();
    const shown = await rows();
    expect(shown.length).toBeLessThan(100);
    await waitFor(() =>
      expect(screen.getByTestId('records-count')).toHaveTextContent(/^2,400 records · kr\s[\d,]+\.\d\d$/),
    );
    expect(screen.getByRole('table').querySelectorAll('tbody'), 'one body').toHaveLength(1);
    expect((shown[0] as HTMLTableRowElement).cells[6]).toHaveTextContent('Reise');
    const days = shown.map((row) => (row as HTMLTableRowElement).cells[2]?.textContent);
    expect(days[0]).toBe('27/10/2026');
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '2401');
  });

  test('have their whole length from the start, and a leap to the end reads up to there', async () => {
    await install('idle');
    const all = await ipc.records(queryOf(ANY), null, 2_400);
    const asked = vi
      .spyOn(ipc, 'records')
      .mockImplementation((_, after, limit) =>
        Promise.resolve(
          all.slice(...((from) => [from, from + limit])(all.findIndex((row) => row.recordId === after) + 1)),
        ),
      );
    const list = new RecordList();
    await list.show(queryOf(ANY));
    expect([list.rows.length, list.count]).toEqual([200, 2_400]);
    const first = list.see(120);
    await list.see(2_399);
    await first;
    expect(list.rows).toEqual(all);
    expect(asked.mock.calls.map(([, , limit]) => limit)).toEqual([200, 1_000, 1_000, 200]);
  });

  test('are searched while one types, without regard to case', async () => {
    await open();
    await rows();
    await userEvent.type(screen.getByTestId('records-text'), 'ØVERLAND');
    await waitFor(() => {
      for (const row of screen.getAllByTestId('record-row')) expect(row).toHaveTextContent('Astrid Øverland');
    });
    await userEvent.click(screen.getByTestId('records-clear'));
    await waitFor(() => expect(screen.getByTestId('records-count')).toHaveTextContent(/^2,400/));
  });

  test('are filtered by state, and say when none fits', async () => {
    await open();
    await rows();
    await userEvent.selectOptions(screen.getByTestId('records-state'), 'in_doubt');
    await waitFor(() => {
      for (const row of screen.getAllByTestId('record-row'))
        expect(row).toHaveAttribute('data-state', 'in_doubt');
    });
    await userEvent.type(screen.getByTestId('records-text'), 'nowhere');
    expect(await screen.findByTestId('records-none')).toHaveTextContent('Nothing found');
  });

  test('are not searched with an amount that cannot be read', async () => {
    await open();
    await rows();
    const asked = vi.spyOn(ipc, 'records');
    await userEvent.type(screen.getByTestId('records-least'), 'many');
    expect(screen.getByTestId('records-least')).toHaveAttribute('aria-invalid', 'true');
    expect(screen.getByText('That is no amount. Write it like 1,249.50.')).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
  });

  test('say why they cannot be read, and are read again', async () => {
    await install('idle');
    const asked = vi.spyOn(ipc, 'records');
    asked.mockRejectedValue(new ProblemError({ code: 'ledger_busy', params: {} }));
    await open();
    const again = await screen.findByRole('button', { name: 'Try again' });
    asked.mockRestore();
    await userEvent.click(again);
    expect((await rows()).length).toBeGreaterThan(0);
  });
});

describe('a record', () => {
  test('opens in place, has an address, and closes by the keyboard', async () => {
    await open();
    const [first] = await rows();
    const button = within(first as HTMLElement).getByTestId('record-toggle');
    const id = first?.getAttribute('data-record') ?? '';
    button.focus();
    await userEvent.keyboard('{Enter}');
    expect(router.route.record).toBe(id);
    expect(location.hash).toBe(`#/records/${id}`);
    const detail = await screen.findByTestId('record-detail');
    expect(await within(detail).findByTestId('timeline')).toHaveTextContent(
      'Acknowledged by the accounting system',
    );
    const story = within(detail);
    expect(story.getByRole('heading', { name: 'Voucher, as it was sent' })).toBeVisible();
    expect(story.getAllByTestId('voucher-line')).toHaveLength(3);
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('record-detail')).toBeNull());
    expect(router.route.record).toBeNull();
  });

  test('has its id to copy, and no dead link', async () => {
    await open('PM-1999-00001');
    const detail = within(await screen.findByTestId('record-detail'));
    expect(detail.getByRole('button', { name: 'Copy PM-1999-00001' })).toBeVisible();
    expect(detail.queryByRole('button', { name: /link/i })).toBeNull();
  });

  test('shows the voucher by the present rules while none counts', async () => {
    await install('idle');
    const sent = await ipc.record('PM-1999-00001');
    vi.spyOn(ipc, 'record').mockResolvedValue({ ...sent, state: 'refused', isClaimed: false, voucher: null });
    await open('PM-1999-00001');
    expect(await screen.findByRole('heading', { name: 'Voucher, by the present rules' })).toBeVisible();
    expect(await screen.findAllByTestId('voucher-line')).toHaveLength(3);
  });

  test('is shown above the list when it is not in it, with its re-export', async () => {
    await open('PM-1999-00001');
    expect(await screen.findByRole('heading', { name: 'PM-1999-00001' })).toBeVisible();
    await userEvent.click(await screen.findByTestId('story-re-export'));
    expect(await screen.findByTestId('re-export-dialog')).toBeVisible();
  });
});

const attempt: Attempt = {
  generation: 1,
  state: 'posted',
  reference: 'hlf:A',
  runId: 'run-1',
  trigger: 'manual',
  user: 'kari',
  host: 'pc',
  claimedAt: '2026-10-01T08:00:00.000Z',
  sentAt: '2026-10-01T08:00:00.000Z',
  settledAt: '2026-10-01T08:00:01.000Z',
  settledBy: 'run-1',
  settledUser: 'kari',
  made: null,
  found: false,
  voucherId: 'v-1',
  voucherNumber: '1',
  reason: null,
  evidence: [],
  receipts: [],
};
const story: RecordStory = {
  recordId: 'A',
  state: 'posted',
  payeeId: 'P',
  payee: 'Kari',
  date: '2026-09-30',
  amount: { currency: 'NOK', amount: '1.00' },
  category: '',
  text: '',
  place: { file: 'a.csv', line: 2 },
  firstSeenAt: '2026-10-01T07:00:00.000Z',
  changedAt: [],
  held: null,
  attempts: [attempt],
  isClaimed: true,
  voucher: null,
  changed: null,
  vanished: null,
  accepted: [],
  lookAlikes: { count: 0, first: [] },
  audit: [],
};

describe('a timeline', () => {
  const titles = (of: RecordStory) => timeline(of).map((event) => event.title);

  test('goes from the newest event to the first', () => {
    expect(titles(story)).toEqual([
      'Acknowledged by the accounting system',
      'Taken into a sync',
      'First seen in the source',
    ]);
    expect(timeline(story)[0]?.voucher).toEqual({ id: 'v-1', number: '1' });
    expect(timeline(story)[1]).toMatchObject({ by: 'by kari on pc', reference: 'hlf:A', runId: 'run-1' });
  });

  test('shows who booked a voucher that stood in the books already, and who found it', () => {
    const made = { at: '2026-09-30T05:49:00.000Z', by: 'Kari Nordmann' };
    const elsewhere = { ...story, attempts: [{ ...attempt, user: 'ola', found: true, made }] };
    expect(titles(elsewhere)).toEqual([
      'Found in the accounting system',
      'First seen in the source',
      'Booked in the accounting system',
    ]);
    expect(timeline(elsewhere)[0]).toMatchObject({ by: 'by ola on pc', runId: 'run-1' });
    expect(timeline(elsewhere)[2]).toMatchObject({
      by: 'by Kari Nordmann',
      voucher: { id: 'v-1', number: '1' },
    });
  });

  test('shows a lost answer, a second sending and the finder of the voucher', () => {
    const found = { ...attempt, sentAt: '2026-10-01T08:10:00.000Z', settledAt: '2026-10-02T08:00:00.000Z' };
    const settled = {
      ...story,
      attempts: [{ ...found, found: true, settledBy: 'run-2', settledUser: 'ola' }],
    };
    expect(titles(settled)).toEqual([
      'Found in the accounting system',
      'Sent once more, under the same reference',
      'Taken into a sync',
      'First seen in the source',
    ]);
    expect(timeline(settled)[0]).toMatchObject({ by: 'ola', runId: 'run-2' });
  });

  test.each([1, 9_000])(
    'never says that a voucher was sent once more which was found %i ms after its claim',
    (milliseconds) => {
      const sentAt = new Date(Date.parse(attempt.claimedAt) + milliseconds).toISOString();
      expect(titles({ ...story, attempts: [{ ...attempt, sentAt, found: true }] })).toEqual([
        'Found in the accounting system',
        'Taken into a sync',
        'First seen in the source',
      ]);
    },
  );

  test('shows each way in which a claim ends', () => {
    const ends = (state: Attempt['state']) =>
      titles({ ...story, attempts: [{ ...attempt, state, voucherId: null }] })[0];
    expect(ends('refused')).toBe('Refused by the accounting system');
    expect(ends('not_sent')).toBe('Not sent; the next sync takes it');
    expect(ends('unknown')).toBe('No answer: in doubt');
    expect(ends('claimed')).toBe('Taken into a sync');
  });

  test('shows a re-export once, with its reason from the audit trail', () => {
    const again = { ...attempt, generation: 2, claimedAt: '2026-10-03T08:00:00.000Z', settledAt: null };
    const entry = { user: 'kari', host: 'pc', runId: null, voucherId: null, earlierVoucherId: 'v-1' };
    const at = '2026-10-03T07:59:00.000Z';
    const events = timeline({
      ...story,
      attempts: [attempt, { ...again, state: 'claimed', sentAt: again.claimedAt, voucherId: null }],
      audit: [
        { ...entry, entry: 1, at, act: 're_export_requested', reason: 'Voided by mistake.' },
        { ...entry, entry: 2, at: again.claimedAt, act: 're_export_claimed', reason: 'Voided by mistake.' },
      ],
    });
    expect(events.map((event) => event.title).slice(0, 2)).toEqual([
      'Exported again, no. 2',
      're-export asked for',
    ]);
    expect(events[1]?.reason).toBe('Voided by mistake.');
  });

  test('names the counter-voucher, which the trail keeps without its record', async () => {
    await install('idle');
    const entry = { user: 'kari', host: 'pc', runId: 'run-2', reason: 'Voided by mistake.' };
    const claimed = { ...entry, entry: 7, at: '2026-10-03T08:00:00.000Z', act: 'reversal_claimed' } as const;
    const settled = { ...entry, entry: 8, at: '2026-10-03T08:00:01.000Z', act: 'reversal_settled' } as const;
    const rest = { accountingUser: null, recordId: null, generation: null, changes: [], facts: [] };
    const asked = vi.spyOn(ipc, 'audit').mockResolvedValue([
      { ...settled, ...rest, voucherId: 'V-103769', earlierVoucherId: 'v-1' },
      { ...settled, ...rest, entry: 9, voucherId: 'V-2', earlierVoucherId: 'v-11' },
    ]);
    const claim = { ...claimed, voucherId: null, earlierVoucherId: 'v-1' };
    const [newest, ...others] = timeline(await withReversals({ ...story, audit: [claim] }));
    expect(newest).toMatchObject({
      title: 'The earlier voucher was reversed with this counter-voucher',
      voucher: { id: 'V-103769' },
    });
    expect(JSON.stringify(others)).not.toContain('V-2');
    expect(asked.mock.calls[0]?.[0]).toMatchObject({ act: 'reversal_settled', text: 'v-1' });
    asked.mockClear();
    await withReversals(story);
    expect(asked).not.toHaveBeenCalled();
  });

  test('shows when the source changed after sending', () => {
    const changedAt = ['2026-11-01T08:00:00.000Z'];
    expect(titles({ ...story, changedAt })[0]).toBe('Changed in the source');
  });
});

test('words that look like an amount are searched for as words where no amount is found', async () => {
  await install('idle');
  const [row] = await ipc.records(queryOf(ANY), null, 1);
  const asked = vi
    .spyOn(ipc, 'records')
    .mockImplementation((query) => Promise.resolve(query.text === '12.01' && row ? [row] : []));
  const list = new RecordList();
  await list.show(...queriesOf({ ...ANY, text: '12.01' }));
  expect(list.rows).toEqual([row]);
  expect(asked).toHaveBeenCalledTimes(2);
  expect(queriesOf({ ...ANY, text: 'Reise' })[1]).toBeNull();
});

test('an amount among the words is searched for as an amount', () => {
  const asked = (text: string) => queryOf({ ...ANY, text });
  for (const text of ['5364,06', '5 364,06', 'kr 5364.06', '5,364.06'])
    expect(asked(text), text).toMatchObject({ text: null, amountFrom: '5364.06', amountTo: '5364.06' });
  for (const text of ['10417', '5364', 'Reise 12,50'])
    expect(asked(text), text).toMatchObject({ text, amountFrom: null });
  expect(queryOf({ ...ANY, text: '5364,06', least: '1' })).toMatchObject({ amountFrom: '1' });
});

test('the fields of the filter become a query, or a fault', () => {
  const wish = { ...ANY, text: '  PM-1 ', state: 'held' as const, least: '1 249,50', most: '2,000.00' };
  expect(queryOf(wish)).toEqual({
    text: 'PM-1',
    states: ['held'],
    payee: null,
    period: { from: null, to: null },
    amountFrom: '1249.50',
    amountTo: '2000.00',
  });
  expect(faults(wish)).toBeNull();
  expect(faults({ ...ANY, most: '12 apples' })?.most).toBe(true);
  expect(faults({ ...ANY, from: '2026-02-01', to: '2026-01-31' })?.period).toBe(true);
});
