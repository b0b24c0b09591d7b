/**
 * Checks what a person answers before anything is sent, and what left the source: each is shown with its sentence, is
 * answered with a reason alone, and then leaves the list.
 */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ipc } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { Setup } from '../src/features/setup/setup.svelte';
import { dialogs } from '$shared/dialogs/dialogs.svelte';
import { open as openScreen } from './window-rig';

const REASON = 'Agreed with the auditor on Monday.';

async function open() {
  await openScreen('asked', 'attention');
  return userEvent.setup({ delay: null });
}

const dialog = async () => within(await screen.findByRole('dialog'));

async function answer(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  const shown = await dialog();
  expect(shown.getByTestId('dialog-confirm')).toBeDisabled();
  await user.type(shown.getByRole('textbox'), REASON);
  await user.click(shown.getByTestId('dialog-confirm'));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
}

beforeEach(() => dialogs.close());
afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

test('a question is shown with its way on, and answered with a reason', async () => {
  const user = await open();
  const questions = within(await screen.findByTestId('attention-questions'));
  expect(questions.getByTestId('question')).toHaveTextContent('ovingslaget:');
  expect(questions.getByTestId('question')).toHaveTextContent('short name “hlf”');
  const confirm = vi.spyOn(ipc, 'confirm');
  await user.click(questions.getByTestId('confirm'));
  expect(await (await dialog()).findByTestId('problem-code')).toHaveTextContent('prefix_differs');
  await answer(user);
  expect(confirm).toHaveBeenCalledExactlyOnceWith('prefix', REASON);
  await waitFor(() => expect(screen.queryByTestId('attention-questions')).toBeNull());
});

test('set-up takes the short name that the books have already', () => {
  const setup = new Setup();
  setup.step = 'connection';
  const connection = {
    address: 'https://books.example.org',
    organisationId: 'org-7',
    organisationName: 'Øvingslaget',
    userId: 'u',
    userName: 'Kari',
    protection: 'enforced' as const,
    waitsAfterOthersSeconds: 0,
    keepsReferences: true,
  };
  setup.reached = { connection, missing: [], prefixInUse: 'hlf' };
  setup.next();
  expect(setup.organisation).toMatchObject({ name: 'Øvingslaget', id: 'hlf' });
  setup.rename('Another name');
  expect(setup.organisation.id).toBe('hlf');
  setup.source = { kind: 'platform', url: 'https://platform.example.org' };
  expect(setup.form?.books).toEqual({
    organisation: 'org-7',
    name: 'Øvingslaget',
    address: 'https://books.example.org',
  });
});

test('what left the source is listed until it is set aside', async () => {
  const user = await open();
  const gone = within(await screen.findByTestId('attention-gone'));
  expect(gone.getAllByTestId('attention-item')).toHaveLength(2);
  const setAside = vi.spyOn(ipc, 'setAside');
  await user.click(gone.getByTestId('set-aside-all'));
  expect((await dialog()).getByText(/PM-2026-00377, PM-2026-00378/)).toBeVisible();
  await answer(user);
  expect(setAside).toHaveBeenCalledExactlyOnceWith(['PM-2026-00377', 'PM-2026-00378'], REASON);
  await waitFor(() => expect(screen.queryByTestId('attention-gone')).toBeNull());
});

test('a look-alike id names both ids, and is let go with a reason', async () => {
  const user = await open();
  const held = within(await screen.findByTestId('attention-held'));
  expect(held.getByTestId('attention-item')).toHaveTextContent('000612');
  expect(held.getByTestId('attention-item')).toHaveTextContent('10388');
  const confirmRecord = vi.spyOn(ipc, 'confirmRecord');
  await user.click(held.getByTestId('confirm-record'));
  await answer(user);
  expect(confirmRecord).toHaveBeenCalledExactlyOnceWith('612', REASON);
  await waitFor(() => expect(screen.queryByTestId('attention-held')).toBeNull());
});

test.each([
  ['kept', false],
  ['unreachable', false],
  ['not_offered', true],
] as const)(
  'the connection says whether the books keep a history of witnesses: %s',
  async (kept, isShown) => {
    const history = vi.spyOn(ipc, 'witnessHistory').mockResolvedValue(kept);
    await openScreen('asked', 'overview');
    await waitFor(() => expect(history).toHaveBeenCalled());
    await screen.findByTestId('protection');
    if (isShown) expect(await screen.findByTestId('witnesses-not-kept')).toHaveTextContent('would pass');
    else expect(screen.queryByTestId('witnesses-not-kept')).toBeNull();
  },
);
