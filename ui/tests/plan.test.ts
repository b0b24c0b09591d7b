/** Tests the records of a dry run, one by one. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { ipc, type RecordRow } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

/** Opens the dry run, which would send 37 records, while the ledger counts so many that are to be sent. */
async function dryRun(records: number) {
  await open('idle');
  const [row] = (await ipc.records({ ...ANY, states: [] }, null, 1)) as [RecordRow];
  const rows = Array.from({ length: 37 }, (_, at) => ({ ...row, recordId: `PM-${at}` }));
  const counted = vi.spyOn(ipc, 'recordsFound').mockResolvedValue({ records, sums: [] });
  vi.spyOn(ipc, 'records').mockImplementation((_, after) => {
    const from = rows.findIndex(({ recordId }) => recordId === after) + 1;
    return Promise.resolve(rows.slice(from, from + 30));
  });
  await userEvent.click(screen.getByTestId('sync-menu'));
  await userEvent.click(await screen.findByTestId('dry-run'));
  const dialog = within(await screen.findByTestId('dry-run-dialog'));
  expect(await dialog.findByTestId('plan-answer')).toHaveTextContent(/^37 records/);
  return { dialog, counted };
}
const ANY = {
  text: null,
  payee: null,
  period: { from: null, to: null },
  amountFrom: null,
  amountTo: null,
};

test('a dry run opens to the records that it would send', async () => {
  const { dialog, counted } = await dryRun(37);
  const list = await dialog.findByTestId('plan-records');
  expect(counted).toHaveBeenCalledWith({ ...ANY, states: ['eligible', 'refused'] });
  expect(dialog.queryAllByTestId('plan-record')).toHaveLength(0);
  list.setAttribute('open', '');
  await waitFor(() => expect(dialog.getAllByTestId('plan-record')).toHaveLength(30));
  expect(dialog.getAllByTestId('plan-record')[0]).toHaveTextContent(/PM-0.*kr/);
  await userEvent.click(dialog.getAllByTestId('plan-voucher')[0] as HTMLElement);
  const lines = await dialog.findAllByTestId('voucher-line');
  expect(lines.map((line) => line.querySelector('th')?.textContent)).toEqual(['7140', '7150', '2910']);
  expect(lines[0]).toHaveTextContent(/13.*department Tromsø/);
  expect(lines[2]).toHaveTextContent(/PM-0007/);
  await userEvent.click(dialog.getByTestId('plan-records-more'));
  await waitFor(() => expect(dialog.getAllByTestId('plan-record')).toHaveLength(37));
  expect(dialog.queryByTestId('plan-records-more')).toBeNull();
});

test('a dry run shows no list where the ledger counts other records', async () => {
  const { dialog, counted } = await dryRun(36);
  await waitFor(() => expect(counted).toHaveBeenCalled());
  expect(dialog.queryByTestId('plan-records')).toBeNull();
});

test('a record that is held shows why it has no voucher', async () => {
  const { dialog } = await dryRun(37);
  const held = { kind: 'held', code: 'account_missing', params: { category: 'Kake' } } as const;
  vi.spyOn(ipc, 'voucherPreview').mockResolvedValue({ voucher: null, held });
  (await dialog.findByTestId('plan-records')).setAttribute('open', '');
  await userEvent.click((await dialog.findAllByTestId('plan-voucher'))[0] as HTMLElement);
  expect(await dialog.findByTestId('voucher-held')).toHaveTextContent(/Kake/);
});
