/** Checks the ways out of the window, and a workspace without its secret. */
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ipc, ProblemError } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import OpenVoucher from '$shared/record/OpenVoucher.svelte';
import { dialogs } from '$shared/dialogs/dialogs.svelte';
import { session } from '$shared/state/session.svelte';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('a voucher', () => {
  test('is opened in the accounting system from a run, by its id', async () => {
    const opened = vi.spyOn(ipc, 'openVoucher');
    await open('idle', 'history', (await runs())[0]);
    const voucher = (await screen.findAllByTestId('voucher-id'))[0];
    const id = voucher?.dataset['voucherId'] ?? '';
    const button = within(voucher?.closest('td') as HTMLElement).getByTestId('open-voucher');
    expect(button).toHaveAccessibleName(`Open voucher ${id} in the accounting system`);
    await userEvent.click(button);
    expect(opened).toHaveBeenCalledExactlyOnceWith(id);
    expect(within(voucher?.closest('td') as HTMLElement).getByTestId('copy')).toBeVisible();
  });

  test('is opened from the story of its record', async () => {
    const opened = vi.spyOn(ipc, 'openVoucher');
    await open('idle');
    dialogs.open({ kind: 'story', recordId: 'PM-2026-00417' });
    const timeline = await screen.findByTestId('timeline');
    await userEvent.click(within(timeline).getAllByTestId('open-voucher')[0] as HTMLElement);
    expect(opened).toHaveBeenCalledTimes(1);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('timeline')).toBeNull());
  });

  test('has no link when the accounting system has no pages', async () => {
    await open('practice', 'settings');
    expect(session.ready?.voucherPages).toBe(false);
    const { container } = render(OpenVoucher, { id: '107' });
    expect(within(container).queryByTestId('open-voucher')).toBeNull();
  });

  test('says why it cannot be opened', async () => {
    const problem = {
      code: 'desktop_refused',
      params: { what: 'http://books', detail: 'no browser' },
    } as const;
    vi.spyOn(ipc, 'openVoucher').mockRejectedValue(new ProblemError(problem));
    await open('idle', 'settings');
    const { container } = render(OpenVoucher, { id: '107', word: true });
    await userEvent.click(within(container).getByRole('button', { name: 'Open in the accounting system' }));
    const notice = await screen.findByTestId('open-voucher-problem');
    expect(notice).toHaveTextContent('The computer did not allow this');
    expect(within(notice).getByRole('button', { name: 'Copy details' })).toBeVisible();
  });
});

describe('a workspace whose secret is not on this machine', () => {
  test('says whose books the secret is for', async () => {
    await open('secret');
    expect(await screen.findByTestId('missing-secret-whose')).toHaveTextContent('the books of HLF');
  });

  test('opens after the secret was typed again', async () => {
    await open('secret');
    const field = await screen.findByLabelText('Access token, typed again');
    expect(field).toHaveAttribute('type', 'password');
    expect(screen.getByTestId('keep-secret')).toBeDisabled();
    await userEvent.type(field, 'abc{Enter}');
    await waitFor(() => expect(session.ready).not.toBeNull());
    expect(screen.queryByTestId('missing-secret')).toBeNull();
  });

  test('says what the keyring refused, and clears the field', async () => {
    const params = { name: 'accounting-token', variable: 'X', detail: 'locked' };
    vi.spyOn(ipc, 'keepSecrets').mockRejectedValue(new ProblemError({ code: 'keyring_unavailable', params }));
    await open('secret');
    await userEvent.type(await screen.findByTestId('secret-again'), 'abc{Enter}');
    expect(await screen.findByTestId('secret-problem')).toHaveTextContent('locked');
    expect(screen.getByTestId('secret-again')).toHaveValue('');
  });

  test('asks for the second secret when two are missing', async () => {
    await open('secret');
    const params = { name: 'platform-token', variable: 'X' };
    vi.spyOn(ipc, 'keepSecrets').mockRejectedValue(new ProblemError({ code: 'secret_missing', params }));
    const problem = { code: 'secret_missing', params } as const;
    const secret = { side: 'platform', secret: 'token' } as const;
    vi.spyOn(ipc, 'overview').mockResolvedValue({ kind: 'broken', problem, organisation: 'HLF', secret });
    const held = vi.spyOn(ipc, 'holdSecret');
    await userEvent.type(await screen.findByTestId('secret-again'), 'abc{Enter}');
    await waitFor(() => expect(screen.getByTestId('workspace-problem')).toHaveTextContent('platform-token'));
    await userEvent.type(screen.getByTestId('secret-again'), 'def{Enter}');
    expect(held.mock.calls).toEqual([
      ['accounting', 'abc'],
      ['platform', 'def'],
    ]);
  });
});

async function runs(): Promise<string[]> {
  const { RUNS } = await import('../src/ipc/mock/data');
  return RUNS.map((run) => run.runId);
}
