import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import LockCard from '../src/features/overview/LockCard.svelte';
import ResultCard from '../src/features/overview/ResultCard.svelte';
import WaitingCard from '../src/features/overview/WaitingCard.svelte';
import { ipc, ProblemError, type Lock, type SourceRemark } from '../src/ipc';
import { counts, run } from '../src/ipc/mock/data';
import { lockOf } from '../src/ipc/mock/holder';
import { preferences } from '$shared/state/preferences.svelte';
import { session } from '$shared/state/session.svelte';

const REASON = 'Her machine was taken away.';
const STARTED = new Date(2026, 10, 22, 14, 3).toISOString();
const kari = (some: Partial<Lock> = {}) => lockOf({ acquiredAt: STARTED, ...some });

function card(lock: Lock | null, waitedUntil: string | null = null) {
  const onsync = vi.fn();
  const onclose = vi.fn();
  const shown = render(LockCard, { lock, waitedUntil, onsync, onclose });
  return { onsync, onclose, shown };
}

/** Lets the card look at the lock once more. */
async function look(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) await vi.advanceTimersByTimeAsync(3_000);
}

function hide(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

let lock = vi.spyOn(ipc, 'lock');
beforeEach(() => {
  lock = vi.spyOn(ipc, 'lock').mockResolvedValue(kari());
  vi.spyOn(session, 'refresh').mockResolvedValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a person who is refused', () => {
  test('reads who syncs, where, how far, since when and the last sign of life', () => {
    card(kari());
    expect(screen.getByTestId('lock-held')).toHaveTextContent('Somebody else is syncing');
    expect(screen.getByTestId('lock-sentence')).toHaveTextContent(
      'Kari Nordmann is syncing on HLF-PC-12: 340 of 1,200 sent, about 4 minutes left. ' +
        'Started 14:03, last heard from 2 seconds ago.',
    );
    const bar = screen.getByRole('progressbar', { name: 'How far Kari Nordmann is' });
    expect(bar).toHaveAttribute('aria-valuenow', '340');
    expect(bar).toHaveAttribute('aria-valuemax', '1200');
    expect(screen.queryByTestId('lock-mine')).toBeNull();
    expect(screen.queryByTestId('lock-dead')).toBeNull();
  });

  test('reads the same in Norwegian', () => {
    preferences.locale = 'nb';
    card(kari());
    expect(screen.getByTestId('lock-sentence').textContent.replace(/\u00a0/g, ' ')).toBe(
      'Kari Nordmann synkroniserer på HLF-PC-12: 340 av 1 200 er sendt, om lag 4 minutter igjen. ' +
        'Startet kl. 14.03, sist hørt fra for 2 sekunder siden.',
    );
    expect(screen.getByTestId('lock-wait')).toHaveTextContent('Vent og synkroniser etterpå');
    expect(screen.getByTestId('lock-not-now')).toHaveTextContent('Ikke nå');
  });

  test.each([
    ['compare', 'is comparing with the accounting system on HLF-PC-12. Started'],
    ['re-export', 'is exporting a record again on HLF-PC-12. Started'],
    ['of a later version', 'is at work on HLF-PC-12. Started'],
  ])('reads what the holder does: %s', (operation, sentence) => {
    card(kari({ operation, processed: null, total: null, etaSeconds: null }));
    expect(screen.getByTestId('lock-held')).toHaveTextContent('Somebody else is at work');
    expect(screen.getByTestId('lock-sentence')).toHaveTextContent(sentence);
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  test('reads that they hold the lock themselves', () => {
    const { shown } = card(kari({ whose: 'mine_elsewhere' }));
    expect(screen.getByTestId('lock-mine')).toHaveTextContent('That is you, on another machine.');
    expect(screen.getByTestId('lock-held')).toHaveTextContent('Another sync is under way');
    shown.unmount();
    card(kari({ whose: 'mine_here' }));
    expect(screen.getByTestId('lock-mine')).toHaveTextContent('in another program on this machine');
  });

  test('can wait for a hidden program on this machine, and cannot break its lock', () => {
    card(null);
    expect(screen.getByTestId('lock-sentence')).toHaveTextContent('program on this machine is syncing');
    expect(screen.getByTestId('lock-wait')).toBeEnabled();
    expect(screen.queryByTestId('lock-break')).toBeNull();
  });

  test('reads that the holder looks dead, and when the lock ends by itself', () => {
    card(kari({ looksDead: true, silentSeconds: 46, freeInSeconds: 14 }));
    expect(screen.getByTestId('lock-dead')).toHaveTextContent('The lock frees itself in 14 seconds');
    expect(screen.getByTestId('lock-break')).toBeVisible();
    expect(screen.queryByTestId('lock-insist')).toBeNull();
  });

  test('finds the button to break a living lock behind a fold', () => {
    card(kari());
    expect(screen.getByTestId('lock-insist')).not.toHaveAttribute('open');
    expect(within(screen.getByTestId('lock-insist')).getByTestId('lock-break')).not.toBeVisible();
  });

  test('chooses how long to wait, and waits an hour without a choice', async () => {
    const { onsync, onclose } = card(kari());
    await userEvent.click(screen.getByTestId('lock-wait'));
    expect(onsync).toHaveBeenLastCalledWith(3_600);
    await userEvent.selectOptions(screen.getByTestId('lock-wait-limit'), '15 minutes');
    await userEvent.click(screen.getByTestId('lock-wait'));
    expect(onsync).toHaveBeenLastCalledWith(900);
    await userEvent.click(screen.getByTestId('lock-not-now'));
    expect(onclose).toHaveBeenCalledOnce();
  });

  test('reads how long a wait in vain lasted', () => {
    card(kari(), new Date(2026, 10, 22, 15, 12).toISOString());
    expect(screen.getByTestId('lock-gave-up')).toHaveTextContent('We waited until 15:12');
  });
});

describe('the lock on the screen', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  test('is looked at every few seconds, without a word to a screen reader each time', async () => {
    card(kari());
    await look();
    const announced = screen.getByTestId('announced').textContent;
    expect(announced).toBe('Kari Nordmann is syncing on HLF-PC-12.');
    lock.mockResolvedValue(kari({ processed: 800, etaSeconds: 110, silentSeconds: 1 }));
    await look();
    expect(lock).toHaveBeenCalledTimes(2);
    expect(screen.getByTestId('lock-sentence')).toHaveTextContent('800 of 1,200 sent, about 2 minutes left');
    expect(screen.getByTestId('announced').textContent).toBe(announced);
    expect(screen.getByTestId('lock-held')).toHaveAttribute('role', 'group');
  });

  test('is not read in a hidden window, and is read when it is shown again', async () => {
    card(kari());
    hide(true);
    await look(3);
    expect(lock).not.toHaveBeenCalled();
    hide(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(lock).toHaveBeenCalledOnce();
  });

  test('is not read any more when it is put away', async () => {
    card(kari()).shown.unmount();
    await look(3);
    expect(lock).not.toHaveBeenCalled();
  });

  test('is called free once it is, and not read again', async () => {
    const { onsync } = card(kari());
    lock.mockResolvedValue(null);
    await look(4);
    expect(lock).toHaveBeenCalledOnce();
    expect(screen.queryByTestId('lock-held')).toBeNull();
    expect(screen.getByTestId('lock-free')).toHaveTextContent('Kari Nordmann is no longer at work');
    expect(screen.getByTestId('announced')).toHaveTextContent('The lock is free now');
    screen.getByTestId('lock-sync').click();
    expect(onsync).toHaveBeenCalledWith(null);
  });

  test('of a hidden program on this machine is not called free', async () => {
    lock.mockResolvedValue(null);
    card(null);
    await look(2);
    expect(screen.getByTestId('lock-held')).toBeInTheDocument();
  });

  test('is called old while it cannot be read', async () => {
    card(kari());
    lock.mockRejectedValue(new ProblemError({ code: 'accounting_unreachable', params: {} }));
    await look();
    expect(screen.getByTestId('lock-stale')).toBeInTheDocument();
    lock.mockResolvedValue(kari());
    await look();
    expect(screen.queryByTestId('lock-stale')).toBeNull();
  });
});

describe('breaking a lock', () => {
  async function open(some: Partial<Lock> = { looksDead: true, silentSeconds: 46, freeInSeconds: 14 }) {
    lock.mockResolvedValue(kari(some));
    const user = userEvent.setup({ delay: null });
    const { onsync } = card(kari(some));
    if (!some.looksDead) await user.click(screen.getByText('Has the sync come to a halt?'));
    await user.click(screen.getByTestId('lock-break'));
    const shown = within(await screen.findByRole('dialog'));
    return { user, onsync, shown, confirm: shown.getByTestId('dialog-confirm') };
  }

  test('shows the holder, the start, the last sign of life and the consequence', async () => {
    const { shown } = await open();
    const facts = shown.getByTestId('break-facts');
    expect(facts).toHaveTextContent('Kari Nordmann on HLF-PC-12');
    expect(facts).toHaveTextContent(/at 14:03/);
    expect(facts).toHaveTextContent('46 seconds ago');
    expect(screen.getByRole('dialog')).toHaveTextContent('is looked up before anything is sent from here');
    expect(shown.getByTestId('break-warned')).toHaveTextContent('That program looks dead');
  });

  test('says that the holder is at work', async () => {
    const { shown } = await open({});
    expect(shown.getByTestId('break-warned')).toHaveTextContent('seems to be at work');
  });

  test('needs the reason and the name, and then says that the lock is free', async () => {
    const asked = vi.spyOn(ipc, 'breakLock').mockResolvedValue(kari());
    const { user, shown, confirm, onsync } = await open();
    expect(confirm).toBeDisabled();
    await user.type(shown.getByTestId('reason'), REASON);
    expect(confirm).toBeDisabled();
    await user.type(shown.getByTestId('confirm-id'), 'Kari Nordman');
    expect(confirm).toBeDisabled();
    await user.type(shown.getByTestId('confirm-id'), 'n');
    expect(confirm).toBeEnabled();
    await user.clear(shown.getByTestId('reason'));
    expect(confirm).toBeDisabled();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.click(confirm);
    expect(asked).toHaveBeenCalledExactlyOnceWith('Kari Nordmann', REASON);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByTestId('lock-free')).toHaveTextContent('It was taken from Kari Nordmann.');
    await waitFor(() => expect(screen.getByTestId('lock-sync')).toHaveFocus());
    await user.click(screen.getByTestId('lock-sync'));
    expect(onsync).toHaveBeenCalledWith(null);
  });

  test('does not happen on Escape or on Cancel', async () => {
    const asked = vi.spyOn(ipc, 'breakLock');
    const { user, shown } = await open();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'Kari Nordmann');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click(screen.getByTestId('lock-break'));
    await user.click(await screen.findByTestId('dialog-cancel'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked).not.toHaveBeenCalled();
    expect(screen.getByTestId('lock-held')).toBeInTheDocument();
  });

  test('says why it was refused, and leaves the dialog', async () => {
    vi.spyOn(ipc, 'breakLock').mockRejectedValue(new ProblemError({ code: 'lock_free', params: {} }));
    const { user, shown, confirm } = await open();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'Kari Nordmann');
    await user.click(confirm);
    expect(await shown.findByTestId('problem-sentence')).toHaveTextContent('Nobody holds the export lock');
    expect(screen.queryByTestId('lock-free')).toBeNull();
  });
});

describe('a run that waits', () => {
  const until = new Date(2026, 10, 22, 15, 12).toISOString();

  test('shows the holder, their progress and the limit, and can be stopped', async () => {
    const onstop = vi.fn();
    const shown = render(WaitingCard, { waiting: { lock: kari(), until }, stopping: false, onstop });
    expect(screen.getByTestId('waiting')).toHaveTextContent('Waiting for Kari Nordmann to finish');
    expect(screen.getByTestId('lock-sentence')).toHaveTextContent('340 of 1,200 sent, about 4 minutes left');
    expect(screen.getByTestId('waiting-until')).toHaveTextContent('We wait until 15:12 at most.');
    await userEvent.click(screen.getByTestId('waiting-stop'));
    expect(onstop).toHaveBeenCalledOnce();
    const announced = screen.getByTestId('announced').textContent;
    await shown.rerender({ waiting: { lock: kari({ processed: 700 }), until }, stopping: true });
    expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '700');
    expect(screen.getByTestId('announced').textContent).toBe(announced);
    expect(screen.getByTestId('waiting-stop')).toBeDisabled();
  });

  test.each([
    [null, 'Waiting for another program on this machine'],
    [kari({ whose: 'mine_here' }), 'Waiting for another program on this machine'],
    [kari({ whose: 'mine_elsewhere' }), 'Waiting for your other machine'],
  ])('names a program on this machine, or the other machine of the person', (holder, title) => {
    render(WaitingCard, { waiting: { lock: holder, until }, stopping: false, onstop: vi.fn() });
    expect(screen.getByTestId('waiting')).toHaveTextContent(title);
  });
});

describe('after a wait, the result', () => {
  const nothing = run({ runId: 'r2', startedAt: STARTED, counts: counts({ read: 1204, skipped: 1204 }) });

  test('says that the other run has ended, and that nothing was left', () => {
    render(ResultCard, { run: nothing, waitedFor: kari(), onclose: vi.fn() });
    expect(screen.getByTestId('result')).toHaveTextContent('Nothing was left to export.');
    expect(screen.getByTestId('result-waited')).toHaveTextContent(
      'Kari Nordmann has finished; it was our turn.',
    );
    expect(screen.getByTestId('result')).toHaveTextContent('1,204 rows were read.');
    expect(screen.getByTestId('result')).toHaveTextContent('1,204 rows were left out as already exported');
  });

  test('says how many exports the platform has not heard of, and why', async () => {
    const unreportedBecause = {
      code: 'platform_busy',
      params: { url: 'https://p.example', status: '503' },
    } as const;
    const { rerender } = render(ResultCard, {
      run: nothing,
      unreported: 2,
      unreportedBecause,
      onclose: vi.fn(),
    });
    const said = screen.getByTestId('result-unreported');
    expect(said).toHaveTextContent('The platform has not heard of 2 exports yet.');
    expect(said).toHaveTextContent('https://p.example');
    await rerender({ unreported: 0, unreportedBecause: null });
    expect(screen.queryByTestId('result-unreported')).toBeNull();
  });

  test('does not say that a dead holder has finished', () => {
    render(ResultCard, { run: nothing, waitedFor: kari({ looksDead: true }), onclose: vi.fn() });
    expect(screen.getByTestId('result-waited')).toHaveTextContent(
      'Nothing more was heard from Kari Nordmann',
    );
  });

  test('names the other machine when the person is the same', () => {
    render(ResultCard, { run: nothing, waitedFor: kari({ whose: 'mine_elsewhere' }), onclose: vi.fn() });
    expect(screen.getByTestId('result-waited')).toHaveTextContent('Your sync on HLF-PC-12 has finished');
  });

  test('is not good when a voucher is gone or could not be looked up again', () => {
    const { rerender } = render(ResultCard, { run: nothing, onclose: vi.fn() });
    expect(screen.getByTestId('result')).toHaveClass('good');
    void rerender({ run: nothing, waiting: 1, onclose: vi.fn() });
    return waitFor(() => {
      expect(screen.getByTestId('result')).toHaveClass('warn');
      expect(screen.getByTestId('result-attention')).toHaveTextContent('1 record');
    });
  });

  test('says why its vouchers could not be looked up again', () => {
    const noCertificate = { code: 'accounting_unreachable' as const, params: { url: 'https://books' } };
    const { unmount } = render(ResultCard, { run: nothing, noCertificate, onclose: vi.fn() });
    expect(screen.getByTestId('result')).toHaveClass('warn');
    expect(screen.getByTestId('result-uncertified')).not.toHaveTextContent('What is confirmed');
    unmount();
    render(ResultCard, {
      run: { ...nothing, counts: counts({ posted: 1 }) },
      noCertificate,
      onclose: vi.fn(),
    });
    expect(screen.getByTestId('result-uncertified')).toHaveTextContent('could not be looked up again');
  });

  test('says what of the source is worth a look, with file and line', () => {
    const remark = {
      file: 'utlegg.csv',
      line: 7,
      remark: 'mostly_negative',
      column: 'Beløp',
      text: '-100,00',
    };
    render(ResultCard, { run: nothing, remarks: [remark as SourceRemark], onclose: vi.fn() });
    expect(screen.getByTestId('source-remarks')).toHaveTextContent('utlegg.csv');
    expect(screen.getByTestId('source-remarks')).toHaveTextContent('-100,00');
  });

  test('says how many records look like others, and how many left the source', () => {
    const { rerender } = render(ResultCard, { run: nothing, onclose: vi.fn() });
    expect(screen.queryByTestId('result-look-alikes')).toBeNull();
    expect(screen.queryByTestId('result-left-source')).toBeNull();
    void rerender({ run: nothing, lookAlikes: 3, leftSource: 1, onclose: vi.fn() });
    return waitFor(() => {
      expect(screen.getByTestId('result-look-alikes')).toHaveTextContent(
        '3 records of this sync look like others',
      );
      expect(screen.getByTestId('result-left-source')).toHaveTextContent('1 record was read once');
      expect(screen.getByTestId('result')).toHaveClass('good');
    });
  });

  test('says nothing of a wait when there was none', () => {
    render(ResultCard, { run: nothing, onclose: vi.fn() });
    expect(screen.getByTestId('result')).toHaveTextContent('Nothing new to export.');
    expect(screen.queryByTestId('result-waited')).toBeNull();
  });
});
