/** Tests what waits for a person: grouped by its cause, mended in place, with the evidence folded. */
import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { causesOf, mended } from '../src/features/attention/causes';
import { ipc, type AttentionItem, type MissingReceipt, type PostingForm, type Reason } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { ATTENTION } from '../src/ipc/mock/attention';
import { dialogs } from '$shared/dialogs/dialogs.svelte';
import { router } from '$shared/state/router.svelte';
import { open } from './window-rig';

afterEach(async () => {
  vi.restoreAllMocks();
  dialogs.close();
  cleanup();
  // After it has closed, a dialog blocks clicks on the page for a moment.
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe('none'));
  uninstall();
});

const POSTING: PostingForm = {
  payableAccount: '2930',
  defaultAccount: '',
  categories: [
    { category: 'Reise', account: '7130' },
    { category: 'Porto', account: '6940' },
  ],
};
const refused = (detail: string): Reason => ({
  kind: 'refused',
  detail,
  isPeriodClosed: false,
  nextOpen: null,
});
const missing = (category: string): Reason => ({
  kind: 'held',
  code: 'account_missing',
  params: { category },
});

function many(count: number, reason: Reason, prefix: string): AttentionItem[] {
  const one = ATTENTION[4] as AttentionItem;
  const state = reason.kind === 'held' ? 'held' : 'refused';
  return Array.from({ length: count }, (_, at) => ({ ...one, state, reason, recordId: `${prefix}-${at}` }));
}

async function openOver(items: AttentionItem[]) {
  await install('idle');
  await open('idle', 'attention');
  vi.spyOn(ipc, 'attention').mockImplementation((offset, limit) =>
    Promise.resolve(items.slice(offset, offset + limit)),
  );
  const now = await ipc.settings();
  vi.spyOn(ipc, 'settings').mockResolvedValue({ ...now, posting: POSTING });
  document.dispatchEvent(new Event('visibilitychange'));
  await waitFor(() => expect(screen.queryAllByTestId('attention-in_doubt')).toHaveLength(0));
  return userEvent.setup({ delay: null });
}

test('records that wait for one account are one line, with their number and sum', async () => {
  const user = await openOver([
    ...many(818, refused("There is no account '7130'."), 'R'),
    ...many(32, missing('Vakthold'), 'H'),
  ]);
  const [account] = within(screen.getByTestId('attention-refused')).getAllByTestId('cause');
  expect(account).toHaveTextContent('The accounting system does not accept account 7130.');
  expect(account).toHaveTextContent(/818 records · kr\s1,022,091\.00/);
  expect(account).toHaveTextContent('Used for Reise.');
  expect(screen.getByTestId('attention-held')).toHaveTextContent('The category “Vakthold” has no account.');
  expect(screen.queryByTestId('attention-item')).toBeNull();
  await user.click(within(account as HTMLElement).getByTestId('cause-toggle'));
  expect(screen.getAllByTestId('attention-item')).toHaveLength(50);
});

test('an account is mended in place, and what waited is sent', async () => {
  const user = await openOver(many(3, refused("There is no account '7130'."), 'R'));
  const saved = vi.spyOn(ipc, 'saveSettings');
  const started = vi.spyOn(ipc, 'startSync');
  expect(await screen.findByTestId('mend-save')).toBeDisabled();
  await user.type(screen.getByTestId('mend-account'), '7140{Enter}');
  await waitFor(() => expect(started).toHaveBeenCalledExactlyOnceWith({ from: null, to: null }, null));
  const categories = [{ category: 'Reise', account: '7140' }, POSTING.categories[1]];
  expect(saved).toHaveBeenCalledExactlyOnceWith({ part: 'posting', posting: { ...POSTING, categories } });
  await waitFor(() => expect(router.route.screen).toBe('overview'));
});

test('one record that waits for an account has the field as well', async () => {
  await openOver(many(1, missing('Vakthold'), 'H'));
  expect(await screen.findByTestId('attention-item')).toHaveTextContent('Account for “Vakthold”');
});

test('a number in a refusal is an account only where it is one of ours', () => {
  const mend = (detail: string) => causesOf(many(2, refused(detail), 'R'), POSTING)[0]?.mend;
  expect(mend("There is no account '7130'.")).toEqual({ kind: 'account', account: '7130' });
  expect(mend("There is no account '71301'.")).toBeNull();
  expect(mend('The period 7130 is closed for posting.')).toBeNull();
  expect(mend('Accounts 7130 and 6940 are closed.')).toBeNull();
  expect(causesOf(many(2, refused("There is no account '7130'."), 'R'), null)[0]?.mend).toBeNull();
});

test('a mended category keeps every other account', () => {
  const mend = { kind: 'category', category: 'Vakthold' } as const;
  expect(mended(POSTING, mend, '6330').categories).toEqual([
    ...POSTING.categories,
    { category: 'Vakthold', account: '6330' },
  ]);
  const other = { kind: 'account', account: '2930' } as const;
  expect(mended(POSTING, other, '2940')).toEqual({ ...POSTING, payableAccount: '2940' });
});

test('a record without an answer says so in a line, and its evidence is folded', async () => {
  await open('idle', 'attention');
  const items = await screen.findAllByTestId('attention-item');
  const doubt = within(items.find((each) => each.dataset['record'] === 'PM-2026-00982') as HTMLElement);
  expect(doubt.getByText(/^We sent this and got no answer\./)).toBeVisible();
  expect(doubt.queryByText(/127\.0\.0\.1/)).toBeNull();
  expect(doubt.queryByTestId('their-side')).toBeNull();
  expect(doubt.queryAllByRole('link')).toHaveLength(0);
  await userEvent.click(doubt.getByTestId('sides'));
  expect(doubt.getByTestId('their-side')).toBeVisible();
  expect(doubt.getAllByRole('link')).toHaveLength(1);
  expect(doubt.getByTestId('sides')).toHaveAttribute('aria-expanded', 'true');
});

test('rows without an id on one line stay apart', () => {
  const one = { ...(ATTENTION[0] as AttentionItem), state: 'gone' as const, recordId: null, reason: null };
  expect(causesOf([one, one], null).map(({ items }) => items.length)).toEqual([1, 1]);
});

test('records in a closed period are booked on another day, all at once, with a reason', async () => {
  const closed = (nextOpen: string | null): Reason => ({
    kind: 'refused',
    detail: 'The period October 2026 is closed for posting.',
    isPeriodClosed: true,
    nextOpen,
  });
  const user = await openOver([...many(2, closed('2026-11-01'), 'C'), ...many(1, closed('2026-12-01'), 'D')]);
  const chosen = vi.spyOn(ipc, 'chooseOtherDay');
  const group = within(screen.getByTestId('attention-refused'));
  expect(group.getByTestId('cause')).toHaveTextContent('The period is closed');
  // The first day that is open for all of them.
  await user.click(group.getByRole('button', { name: 'Book on 1 Dec 2026 instead…' }));
  const dialog = within(await screen.findByTestId('other-day-dialog'));
  const day = dialog.getByTestId('other-day');
  const confirm = dialog.getByRole('button', { name: 'Book on this day' });
  await user.type(dialog.getByLabelText('Why is it booked on another day?'), 'October is closed already');
  expect(confirm).toBeEnabled();
  await user.clear(day);
  await user.type(day, 'soon');
  expect(confirm).toBeDisabled();
  await user.clear(day);
  await user.type(day, '2.12.2026');
  await user.click(confirm);
  await waitFor(() => expect(screen.queryByTestId('other-day-dialog')).toBeNull());
  const ids = ['C-0', 'C-1', 'D-0'];
  expect(chosen).toHaveBeenCalledExactlyOnceWith(ids, '2026-12-02', 'October is closed already');
});

test('a closed period whose next open day nobody names still has a way on', async () => {
  const reason: Reason = { kind: 'refused', detail: 'Closed.', isPeriodClosed: true, nextOpen: null };
  const user = await openOver(many(1, reason, 'C'));
  await user.click(await screen.findByRole('button', { name: 'Book on another day…' }));
  const dialog = within(await screen.findByTestId('other-day-dialog'));
  expect(dialog.getByTestId('other-day')).toHaveValue('');
  await user.type(dialog.getByLabelText('Why is it booked on another day?'), 'October is closed already');
  expect(dialog.getByRole('button', { name: 'Book on this day' })).toBeDisabled();
});

test('a missing receipt is listed with its cause, and set aside with a reason', async () => {
  const lost: MissingReceipt = {
    recordId: 'PM-2026-00400',
    payee: 'Ingrid Solberg',
    name: 'hotell.pdf',
    voucherId: 'v-10417',
    voucherNumber: '10417',
    problem: { code: 'receipt_missing', params: { receipt: 'bilag/hotell.pdf' } },
    since: '2026-11-23T08:14:00Z',
  };
  // Two of one record may have one name: they come from different folders.
  let listed = [lost, { ...lost, problem: { ...lost.problem, params: { receipt: 'retur/hotell.pdf' } } }];
  vi.spyOn(ipc, 'missingReceipts').mockImplementation(() => Promise.resolve(listed));
  const aside = vi.spyOn(ipc, 'setReceiptsAside').mockImplementation(() => {
    listed = [];
    return Promise.resolve(['hotell.pdf']);
  });
  const user = await openOver([]);
  const group = within(await screen.findByTestId('attention-receipts'));
  const [first, second] = group.getAllByTestId('receipt');
  expect(first).toHaveTextContent('Voucher 10417');
  expect(first).toHaveTextContent('bilag/hotell.pdf is not where the record says');
  expect(second).toHaveTextContent('retur/hotell.pdf is not where the record says');
  await user.click(within(first as HTMLElement).getByRole('button', { name: 'Set aside' }));
  const dialog = within(await screen.findByTestId('receipts-aside-dialog'));
  const confirm = dialog.getByRole('button', { name: 'Set aside' });
  expect(confirm).toBeDisabled();
  await user.type(dialog.getByLabelText('Why does the voucher stay without it?'), 'The hotel has no copy');
  await user.click(confirm);
  expect(aside).toHaveBeenCalledExactlyOnceWith('PM-2026-00400', 'The hotel has no copy');
  await waitFor(() => expect(screen.queryByTestId('receipts-aside-dialog')).toBeNull());
});
