import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ipc } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { dayOf, month, year } from '$shared/forms/period';
import DayField from '$shared/forms/DayField.svelte';
import { router } from '$shared/state/router.svelte';
import { preferences } from '$shared/state/preferences.svelte';
import { open } from './window-rig';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('a day', () => {
  test('is read as people type it', () => {
    for (const typed of [
      '3.11.2026',
      '03/11/2026',
      '03.11.26',
      '031126',
      '03112026',
      '2026-11-03',
      ' 3-11-2026 ',
    ])
      expect(dayOf(typed), typed).toBe('2026-11-03');
    for (const typed of ['', '31.11.2026', '29.02.2026', '3.13.2026', '3.11', 'i dag', '11/03', '0.1.2026'])
      expect(dayOf(typed), typed).toBeNull();
    expect(dayOf('29.02.2028')).toBe('2028-02-29');
  });

  test('that is not there shows how one is written, and never today', () => {
    preferences.locale = 'nb';
    render(DayField, { label: 'Fra', value: '', testid: 'day' });
    expect(screen.getByTestId('day')).toHaveValue('');
    expect(screen.getByTestId('day')).toHaveAttribute('placeholder', 'dd.mm.åååå');
    expect(screen.getByTestId('day')).toHaveAttribute('type', 'text');
  });

  test('that cannot be read is said, and asks for nothing', async () => {
    await open('idle', 'history');
    const runs = vi.spyOn(ipc, 'runs');
    const user = userEvent.setup();
    await user.selectOptions(screen.getByTestId('history-period'), 'own');
    await user.type(screen.getByTestId('history-from'), '31.11.2026');
    expect(screen.getByTestId('history-filter')).toHaveTextContent('That is no day.');
    expect(screen.getByTestId('history-from')).toHaveAttribute('aria-invalid', 'true');
    expect(runs).not.toHaveBeenCalled();
    await user.clear(screen.getByTestId('history-from'));
    await user.type(screen.getByTestId('history-from'), '1.11.2026');
    await waitFor(() => expect(runs).toHaveBeenCalled());
    await user.tab();
    expect(screen.getByTestId('history-from')).toHaveValue('01/11/2026');
  });
});

describe('a period', () => {
  test('is one of the usual ones with a click, and of no limit at first', async () => {
    await open('idle', 'records');
    const records = vi.spyOn(ipc, 'records');
    const user = userEvent.setup();
    expect(screen.getByTestId('records-period')).toHaveDisplayValue('Everything');
    expect(screen.queryByTestId('records-from')).toBeNull();
    await user.selectOptions(screen.getByTestId('records-period'), 'last-month');
    await waitFor(() => expect(records.mock.lastCall?.[0].period).toEqual(month(-1)));
    await user.selectOptions(screen.getByTestId('records-period'), 'this-year');
    await waitFor(() => expect(records.mock.lastCall?.[0].period).toEqual(year()));
    await user.selectOptions(screen.getByTestId('records-period'), 'own');
    expect(screen.getByTestId('records-from')).toBeVisible();
    await user.click(screen.getByTestId('records-clear'));
    expect(screen.getByTestId('records-period')).toHaveDisplayValue('Everything');
    expect(screen.queryByTestId('records-from')).toBeNull();
  });
});

describe('a dialog', () => {
  test('begins in the first field, and a key pressed at once does not close it', async () => {
    await open('idle', 'settings');
    const user = userEvent.setup();
    await user.click(await screen.findByTestId('ledger-rebuild'));
    const dialog = await screen.findByTestId('rebuild-dialog');
    await waitFor(() => expect(within(dialog).getByTestId('reason')).toHaveFocus());
    await user.keyboard('Norges Likepersonforbund ');
    expect(within(dialog).getByTestId('reason')).toHaveValue('Norges Likepersonforbund ');
    expect(dialog).toBeVisible();
  });

  test('without a field begins at the button that changes nothing, and its cross comes last', async () => {
    await open('idle');
    const user = userEvent.setup();
    await user.click(screen.getByTestId('sync-menu'));
    await user.click(await screen.findByTestId('dry-run'));
    const dialog = await screen.findByTestId('dry-run-dialog');
    await waitFor(() => expect(within(dialog).getByTestId('plan-close')).toHaveFocus());
    const buttons = within(dialog).getAllByRole('button', { name: 'Close' });
    expect(buttons[0]).toBe(within(dialog).getByTestId('plan-close'));
  });

  test('scrolls its body alone', async () => {
    await open('idle');
    const user = userEvent.setup();
    await user.click(screen.getByTestId('sync-menu'));
    await user.click(await screen.findByTestId('dry-run'));
    const dialog = await screen.findByTestId('dry-run-dialog');
    const body = dialog.querySelector('.dialog-body') as HTMLElement;
    expect(body).toContainElement(await within(dialog).findByTestId('plan-answer'));
    expect(body).not.toContainElement(within(dialog).getByTestId('plan-close'));
    expect(body).not.toContainElement(within(dialog).getByRole('heading', { level: 2 }));
  });
});

describe('a row that opens', () => {
  test('opens wherever it is clicked, and closes again', async () => {
    await open('idle', 'records');
    const user = userEvent.setup();
    const row = (await screen.findAllByTestId('record-row'))[0] as HTMLElement;
    const cells = within(row).getAllByRole('cell');
    await user.click(cells[3] as HTMLElement);
    expect(router.route.record).toBe(row.dataset['record']);
    await user.click(cells[1] as HTMLElement);
    expect(router.route.record).toBeNull();
    await user.click(within(row).getByTestId('record-toggle'));
    expect(router.route.record, 'the button does it once').toBe(row.dataset['record']);
  });
});
