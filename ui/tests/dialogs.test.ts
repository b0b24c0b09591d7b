import { emit } from '@tauri-apps/api/event';
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { consequence } from '../src/features/record/consequence';
import {
  ipc,
  ProblemError,
  type AuditEntryFull,
  type End,
  type ReExportAsked,
  type ReExportPreview,
  type Run,
  type RunItem,
  type SyncStarted,
} from '../src/ipc';
import { install, uninstall, type Scenario } from '../src/ipc/mock';
import { item as runItem, RUNS } from '../src/ipc/mock/data';
import { lockOf, NO_END } from '../src/ipc/mock/holder';
import { dialogs } from '$shared/dialogs/dialogs.svelte';
import { isReason } from '$shared/forms/reason';
import { session } from '$shared/state/session.svelte';
import { open as openScreen } from './window-rig';

const REASON = 'Voucher lost when the books were restored.';

async function open(scenario: Scenario = 'idle') {
  await openScreen(scenario, 'attention');
  return userEvent.setup({ delay: null });
}

const item = async (record: string) => {
  const items = await screen.findAllByTestId('attention-item');
  return within(items.find((each) => each.dataset['record'] === record) as HTMLElement);
};
/** Opens both sides of a record, or what changed in it. */
const opened = async (user: UserEvent, record: string) => {
  const found = await item(record);
  await user.click(found.getByTestId('sides'));
  return found;
};
const dialog = async () => within(await screen.findByRole('dialog'));
const gone = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

/** Returns an answer that the test gives when it wants to. */
function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
/** Checks that a request on its way cannot be cancelled: not by Escape, not by the cross, not by Cancel. */
async function staysOpen(user: UserEvent): Promise<void> {
  const shown = await dialog();
  expect(shown.getByTestId('dialog-cancel')).toBeDisabled();
  await user.keyboard('{Escape}');
  await user.click(shown.getByRole('button', { name: 'Close' }));
  expect(screen.getByRole('dialog')).toBeVisible();
}

beforeEach(() => dialogs.close());
afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('the attention screen', () => {
  test('shows both sides of a record in doubt', async () => {
    const user = await open();
    const doubt = await opened(user, 'PM-2026-00981');
    expect(doubt.getByTestId('our-side')).toHaveTextContent('PO-hlf-PM-2026-00981-1');
    const vouchers = doubt.getAllByTestId('found-voucher');
    expect(vouchers.map((each) => each.dataset['voucher'])).toEqual(['v-10981', 'v-10984']);
    expect(vouchers[1]).toHaveTextContent('Reversed or voided');
    expect(vouchers[1]).toHaveTextContent('Reversed by voucher v-10990');
    const unknown = await opened(user, 'PM-2026-00982');
    expect(unknown.getByTestId('their-side')).toHaveTextContent(
      'No voucher has been found under this reference',
    );
  });

  test('marks a changed field with a word and a mark, not by colour alone', async () => {
    const user = await open();
    const rows = (await opened(user, 'PM-2026-00417')).getAllByTestId('changed-field');
    const differing = rows.filter((row) => row.dataset['differs'] === 'true');
    expect(differing).toHaveLength(2);
    for (const row of differing) {
      expect(row).toHaveTextContent('changed');
      expect(row.querySelector('[data-mark=triangle]')).not.toBeNull();
    }
    expect(differing[0]).toHaveTextContent(/412\.00.*512\.00/s);
  });

  test('shows a voucher as it was acknowledged and as it stands now', async () => {
    const user = await open();
    const vanished = await opened(user, 'PM-2026-00312');
    expect(vanished.getByTestId('our-side')).toHaveTextContent('10312');
    expect(vanished.getByTestId('their-side')).toHaveTextContent('Reversed by voucher v-10501');
  });
});

describe('a forced re-export', () => {
  async function openForm(record = 'PM-2026-00417') {
    const user = await open();
    await user.click((await item(record)).getByTestId('re-export'));
    const shown = await dialog();
    await shown.findByTestId('confirm-id');
    return { user, shown, confirm: shown.getByTestId('dialog-confirm') };
  }

  test('cannot be requested before the reason and the id are typed', async () => {
    const { user, shown, confirm } = await openForm();
    expect(confirm).toBeDisabled();
    await user.type(shown.getByTestId('reason'), 'too short');
    expect(shown.getByTestId('reason-count')).toHaveTextContent('9 of at least 10 characters');
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    expect(confirm).toBeDisabled();
    await user.type(shown.getByTestId('reason'), ', no more');
    expect(confirm).toBeEnabled();
    await user.type(shown.getByTestId('confirm-id'), ' ');
    expect(confirm).toBeDisabled();
  });

  test('shows the earlier voucher, the present one and the consequence', async () => {
    const { user, shown } = await openForm();
    expect(shown.getByTestId('earlier-voucher')).toHaveTextContent(
      /10417.*kr.412\.00.*by kari on HLF-PC-12/s,
    );
    expect(shown.getByTestId('present')).toHaveTextContent('In the books');
    expect(shown.getByTestId('new-voucher')).toHaveTextContent(/kr.512\.00.*PO-hlf-PM-2026-00417-2/s);
    expect(shown.getByTestId('consequence')).toHaveTextContent('will stand in the books unless');
    await user.click(shown.getByTestId('reverse'));
    expect(shown.getByTestId('consequence')).toHaveTextContent('Voucher 10417 is reversed first');
  });

  test.each(['{Escape}', 'cancel'])('does nothing on %s after everything was typed', async (way) => {
    const asked = vi.spyOn(ipc, 'reExport');
    const { user, shown } = await openForm();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    if (way === 'cancel') await user.click(shown.getByTestId('dialog-cancel'));
    else await user.keyboard(way);
    await gone();
    expect(asked).not.toHaveBeenCalled();
    expect(session.running).toBe(false);
  });

  test('is sent once, and ends with the new voucher', async () => {
    const asked = vi.spyOn(ipc, 'reExport');
    const { user, shown, confirm } = await openForm();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    await user.dblClick(confirm);
    expect(await screen.findByTestId('re-export-done')).toHaveTextContent(
      'PM-2026-00417 is exported again, as voucher 11001.',
    );
    expect(asked).toHaveBeenCalledTimes(1);
    expect(asked).toHaveBeenCalledWith({
      recordId: 'PM-2026-00417',
      confirm: 'PM-2026-00417',
      reference: 'PO-hlf-PM-2026-00417-2',
      reason: REASON,
      reverse: false,
    });
  });

  async function send() {
    const { user, shown, confirm } = await openForm();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    await user.click(confirm);
    return shown;
  }

  test('does not report a failure before its result is known', async () => {
    const answer = later<RunItem[]>();
    const asked = vi.spyOn(ipc, 'runItems').mockReturnValue(answer.promise);
    const shown = await send();
    await waitFor(() => expect(asked).toHaveBeenCalled());
    expect(shown.getByTestId('re-export-sending')).toBeVisible();
    expect(shown.queryByRole('alert')).toBeNull();
    answer.resolve([{ ...runItem(3), recordId: 'PM-2026-00417', result: 'posted' }]);
    expect(await shown.findByTestId('re-export-done')).toBeVisible();
  });

  test('finds its row in a run that carried on older work first', async () => {
    const others = Array.from({ length: 200 }, (_, place) => runItem(place + 1));
    const mine = { ...runItem(3), recordId: 'PM-2026-00417', result: 'posted' as const };
    vi.spyOn(ipc, 'runItems').mockImplementation((...[, , text]) =>
      Promise.resolve(text === 'PM-2026-00417' ? [{ ...mine, recordId: 'PM-2026-004170' }, mine] : others),
    );
    const shown = await send();
    expect(await shown.findByTestId('re-export-done')).toHaveTextContent('as voucher 10003');
  });

  test.each([
    ['cannot be read', () => Promise.reject(new ProblemError({ code: 'ledger_busy', params: {} }))],
    ['is not there', () => Promise.resolve([])],
  ])('does not report a failure when its row %s', async (_, answer) => {
    vi.spyOn(ipc, 'runItems').mockImplementation(answer);
    const shown = await send();
    const unread = await shown.findByTestId('re-export-unread');
    expect(unread).toHaveTextContent('What happened to PM-2026-00417 could not be read');
    expect(unread).toHaveTextContent('Look at the sync before you ask for it once more');
    expect(shown.getByTestId('re-export-run')).toBeVisible();
    expect(screen.getByRole('dialog')).not.toHaveTextContent('was not exported again');
  });

  test('names the counter-voucher of the voucher that was reversed', async () => {
    const settled = { act: 'reversal_settled', entry: 9, voucherId: 'V-103769', earlierVoucherId: 'v-10417' };
    vi.spyOn(ipc, 'audit').mockResolvedValue([settled as AuditEntryFull]);
    const shown = await send();
    expect(await shown.findByTestId('re-export-reversed')).toHaveTextContent(
      'Voucher 10417 was reversed with the counter-voucher V-103769.',
    );
  });

  test('says that its run failed before it reached the record', async () => {
    const error = { code: 'reversal_failed', params: { id: 'PM-2026-00417' } } as const;
    vi.spyOn(ipc, 'reExport').mockResolvedValue({ kind: 'runs', joined: false });
    vi.spyOn(ipc, 'runItems').mockResolvedValue([]);
    const shown = await send();
    await emit('run-ended', { ...NO_END, run: { ...(RUNS[3] as Run), error } });
    expect(await shown.findByText('PM-2026-00417 was not exported again')).toBeVisible();
  });

  test('cannot be cancelled after it was requested', async () => {
    const asked = vi.spyOn(ipc, 'reExport');
    const answer = later<ReExportAsked>();
    asked.mockReturnValue(answer.promise);
    const { user, shown, confirm } = await openForm();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    await user.click(confirm);
    await staysOpen(user);
    answer.resolve({ kind: 'runs', joined: true });
    expect(await shown.findByTestId('re-export-joined')).toBeVisible();
    await user.keyboard('{Escape}');
    await gone();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test('says why the engine refused it, and keeps the fields', async () => {
    vi.spyOn(ipc, 'reExport').mockRejectedValue(
      new ProblemError({ code: 'record_in_doubt', params: { id: 'PM-2026-00417' } }),
    );
    const { user, shown, confirm } = await openForm();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    await user.click(confirm);
    expect(await shown.findByTestId('problem-sentence')).toHaveTextContent('PM-2026-00417 is in doubt');
    expect(shown.getByTestId('reason')).toHaveValue(REASON);
    expect(session.running).toBe(false);
  });

  test('says that nothing was sent when it joined another run', async () => {
    vi.spyOn(ipc, 'reExport').mockResolvedValue({ kind: 'runs', joined: true });
    const { user, shown, confirm } = await openForm();
    await user.type(shown.getByTestId('reason'), REASON);
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    await user.click(confirm);
    expect(await shown.findByTestId('re-export-joined')).toHaveTextContent('nothing was sent again');
  });

  test('offers no reversal of a voucher that no longer counts', async () => {
    const { shown } = await openForm('PM-2026-00312');
    expect(shown.queryByTestId('reverse')).toBeNull();
    expect(shown.getByTestId('consequence')).toHaveTextContent('does not count in the books any more');
  });
});

describe('a re-export that waits for an approval', () => {
  test('is approved by another person who types the id again', async () => {
    const user = await open('approval');
    const waiting = within(await screen.findByTestId('attention-approvals'));
    expect(waiting.getByTestId('approval')).toHaveTextContent('ola on HLF-PC-07 asked for it');
    await user.click(waiting.getByTestId('approve'));
    const shown = await dialog();
    expect(await shown.findByTestId('re-export-waits')).toHaveTextContent('corrected after a phone call');
    expect(shown.getByTestId('dialog-confirm')).toBeDisabled();
    await user.type(shown.getByTestId('confirm-id'), 'PM-2026-00417');
    await user.click(shown.getByTestId('dialog-confirm'));
    expect(await screen.findByTestId('re-export-done')).toBeVisible();
  });

  test('cannot be left or declined while it is being approved', async () => {
    const answer = later<SyncStarted>();
    vi.spyOn(ipc, 'approveReExport').mockReturnValue(answer.promise);
    const user = await open('approval');
    await user.click(await screen.findByTestId('approve'));
    const shown = await dialog();
    await user.type(await shown.findByTestId('confirm-id'), 'PM-2026-00417');
    await user.click(shown.getByTestId('dialog-confirm'));
    expect(shown.getByTestId('decline')).toBeDisabled();
    await staysOpen(user);
    answer.resolve({ joined: true });
    expect(await shown.findByTestId('re-export-joined')).toBeVisible();
  });

  test('cannot be approved by the person who requested it', async () => {
    const user = await open('mine');
    await waitFor(() => expect(session.reach.kind).toBe('reached'));
    await user.click(await screen.findByTestId('approve'));
    const shown = await dialog();
    expect(await shown.findByTestId('approval-mine')).toHaveTextContent('somebody else has to approve');
    expect(shown.queryByTestId('dialog-confirm')).toBeNull();
  });

  test('is declined with a reason', async () => {
    const user = await open('approval');
    await user.click(within(await screen.findByTestId('approval')).getByTestId('decline'));
    const shown = await dialog();
    expect(shown.getByTestId('dialog-confirm')).toBeDisabled();
    await user.type(shown.getByTestId('reason'), 'The first one is right.');
    await user.click(shown.getByTestId('dialog-confirm'));
    expect(await screen.findByTestId('decision-done')).toHaveTextContent(
      'PM-2026-00417 is not exported again',
    );
  });
});

describe('a record in doubt', () => {
  async function openDecision(record: string) {
    const user = await open();
    await user.click((await item(record)).getByTestId('decide'));
    const shown = await dialog();
    return { user, shown, confirm: shown.getByTestId('dialog-confirm') };
  }

  test('is decided with a choice, a voucher and a reason, and not before', async () => {
    const { user, shown, confirm } = await openDecision('PM-2026-00981');
    await user.type(shown.getByTestId('reason'), REASON);
    expect(confirm).toBeDisabled();
    await user.click(shown.getByTestId('decide-posted'));
    expect(confirm).toBeDisabled();
    await user.click(shown.getAllByTestId('decide-voucher')[0] as HTMLElement);
    expect(confirm).toBeEnabled();
    expect(shown.getByTestId('consequence')).toHaveTextContent('counts as exported with voucher v-10981');
    await user.click(confirm);
    expect(await screen.findByTestId('decision-done')).toHaveTextContent('exported, as voucher v-10981');
  });

  test('is not decided against the accounting system, and says why', async () => {
    const params = { id: 'PM-2026-00982', reference: 'hlf:PM-2026-00982', vouchers: 'v-10981' };
    const problem = { code: 'resolution_contradicted' as const, params };
    vi.spyOn(ipc, 'resolve').mockResolvedValue({ ...NO_END, problem });
    const { user, shown, confirm } = await openDecision('PM-2026-00982');
    await user.click(shown.getByTestId('decide-not-posted'));
    await user.type(shown.getByTestId('reason'), REASON);
    await user.click(confirm);
    const sentence = await shown.findByTestId('problem-sentence');
    expect(sentence).toHaveTextContent('says otherwise at this moment');
    expect(sentence).toHaveTextContent('v-10981');
    expect(screen.queryByTestId('decision-done')).toBeNull();
  });

  test('offers no word that what stands there would contradict', async () => {
    const { shown } = await openDecision('PM-2026-00981');
    expect(shown.queryByTestId('decide-not-posted')).toBeNull();
    expect(shown.getByTestId('decide-stands')).toHaveTextContent(
      'cannot be said that it is not in the books',
    );
  });

  test('is not decided during a sync of another person, who is named', async () => {
    const lock = lockOf({ user: 'Ola Hansen', host: 'HLF-PC-07' });
    const problem = { code: 'lock_held' as const, params: {} };
    vi.spyOn(ipc, 'resolve').mockResolvedValue({ ...NO_END, problem, lock });
    const { user, shown, confirm } = await openDecision('PM-2026-00982');
    await user.click(shown.getByTestId('decide-posted'));
    await user.type(shown.getByTestId('decide-typed'), 'v-77');
    await user.type(shown.getByTestId('reason'), REASON);
    await user.click(confirm);
    expect(await shown.findByTestId('decide-lock')).toHaveTextContent(
      'Ola Hansen is syncing on HLF-PC-07. Nothing was changed.',
    );
  });

  test('cannot be left while the decision is on its way', async () => {
    const answer = later<End>();
    vi.spyOn(ipc, 'resolve').mockReturnValue(answer.promise);
    const { user, shown, confirm } = await openDecision('PM-2026-00982');
    await user.click(shown.getByTestId('decide-not-posted'));
    await user.type(shown.getByTestId('reason'), REASON);
    await user.click(confirm);
    await staysOpen(user);
    answer.resolve(NO_END);
    expect(await shown.findByTestId('decision-done')).toBeVisible();
  });

  test('stays in doubt on Escape, and the keyboard stays inside', async () => {
    const asked = vi.spyOn(ipc, 'resolve');
    const { user, shown } = await openDecision('PM-2026-00982');
    await user.click(shown.getByTestId('decide-not-posted'));
    await user.type(shown.getByTestId('reason'), REASON);
    const box = screen.getByRole('dialog');
    for (let press = 0; press < 8; press += 1) {
      await user.tab();
      expect(box).toContainElement(document.activeElement as HTMLElement);
    }
    await user.keyboard('{Escape}');
    await gone();
    expect(asked).not.toHaveBeenCalled();
  });
});

test('a change cannot be left while the decision to keep it is on its way', async () => {
  const answer = later<null>();
  vi.spyOn(ipc, 'accept').mockReturnValue(answer.promise);
  const user = await open();
  await user.click((await item('PM-2026-00417')).getByTestId('accept'));
  const shown = await dialog();
  await user.type(shown.getByTestId('reason'), REASON);
  await user.click(shown.getByTestId('dialog-confirm'));
  await staysOpen(user);
  answer.resolve(null);
  expect(await shown.findByTestId('decision-done')).toBeVisible();
});

test('a change that is kept with a reason no longer waits', async () => {
  const user = await open();
  await user.click((await item('PM-2026-00417')).getByTestId('accept'));
  const shown = await dialog();
  await user.type(shown.getByTestId('reason'), '   too short    ');
  expect(shown.getByTestId('dialog-confirm')).toBeDisabled();
  await user.type(shown.getByTestId('reason'), REASON);
  await user.click(shown.getByTestId('dialog-confirm'));
  expect(await screen.findByTestId('decision-done')).toHaveTextContent('PM-2026-00417 no longer needs you');
  await user.click(screen.getByTestId('dialog-close'));
  await waitFor(() => expect(screen.queryByTestId('attention-changed')).toBeNull());
});

test('the story of a record names its vouchers, look-alikes and audit entries', async () => {
  const user = await open();
  await user.click((await item('PM-2026-00417')).getByRole('button', { name: 'PM-2026-00417' }));
  const shown = await dialog();
  expect(await shown.findByTestId('timeline')).toHaveTextContent('10417');
  expect(shown.getByTestId('look-alikes')).toHaveTextContent('this alone is no mistake');
  expect(shown.getByTestId('timeline')).toHaveTextContent('accepted as it is');
  await user.click(shown.getByTestId('story-re-export'));
  expect(await screen.findByTestId('re-export-dialog')).toBeVisible();
});

test('the length of a reason counts letters and no spaces around them', () => {
  expect(isReason('   ni tegn!    ')).toBe(false);
  expect(isReason('ærlig talt')).toBe(true);
  expect(isReason('😀😀😀😀😀')).toBe(false);
});

test('the consequence warns of other vouchers under the reference', async () => {
  await install('idle');
  const seen: ReExportPreview = await ipc.reExportPreview('PM-2026-00417');
  const other = seen.present.map((voucher) => ({ ...voucher, voucherId: 'v-1' }));
  expect(consequence({ ...seen, present: other }, false)).toContain('Something else stands');
  expect(consequence({ ...seen, amount: seen.earlier.amount }, false)).toContain('will stand twice');
});
