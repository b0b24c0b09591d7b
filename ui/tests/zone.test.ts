/** Tests that days and times are those of the organisation, whatever the clock of the computer shows. */
import { screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { queryOf, ANY } from '../src/features/history/wish';
import { firstChoice } from '$shared/ledger/months';
import { monthsOf } from '../src/features/overview/months';
import { ipc, type Settings } from '../src/ipc';
import { install, uninstall } from '../src/ipc/mock';
import { day, month, time, upcoming, when } from '$shared/basics/format';
import { month as monthOf } from '$shared/forms/period';
import { calendarOf, startOf, zone } from '$shared/state/zone.svelte';
import { open } from './window-rig';

/** A zone that is half a day and more from that of any machine these tests run on. */
const FAR = new Date().getTimezoneOffset() < 0 ? 'Pacific/Honolulu' : 'Pacific/Auckland';

afterEach(() => {
  vi.restoreAllMocks();
  uninstall();
});

describe('the time zone of the organisation', () => {
  test('gives the hour and the day of each moment', () => {
    zone.use('Europe/Oslo');
    const at = '2026-11-30T23:30:00Z';
    const now = new Date('2026-12-01T05:00:00Z');
    expect(time(at)).toBe('00:30');
    expect(day(at)).toBe('1 Dec 2026');
    expect(when(at, now)).toBe('today at 00:30');
    expect(when('2026-11-30T22:59:00Z', now)).toBe('yesterday at 23:59');
    expect(upcoming('2026-12-01T23:00:00Z', now)).toBe('tonight at 00:00');
    zone.use('America/New_York');
    expect(when(at, now)).toBe('yesterday at 18:30');
    expect(when('2025-12-31T23:00:00Z', now)).toBe('31 December 2025 at 18:00');
  });

  test('leaves a day of the calendar as it is', () => {
    for (const name of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Oslo']) {
      zone.use(name);
      expect(day('2026-11-03')).toBe('3 Nov 2026');
      expect(month('2026-11-01', 'long')).toBe('November 2026');
    }
  });

  test('begins a day where its clocks do, also when they are changed', () => {
    zone.use('Europe/Oslo');
    const at = (year: number, month: number, date: number) => startOf({ year, month, date }).toISOString();
    expect(at(2026, 7, 1)).toBe('2026-06-30T22:00:00.000Z');
    expect(at(2026, 3, 30)).toBe('2026-03-29T22:00:00.000Z');
    expect(at(2026, 10, 26)).toBe('2026-10-25T23:00:00.000Z');
    expect(at(2026, 12, 32)).toBe('2026-12-31T23:00:00.000Z');
    expect(calendarOf(new Date('2026-10-25T00:30:00Z'))).toMatchObject({ date: 25, hour: 2, minute: 30 });
    const query = queryOf({ ...ANY, from: '2026-11-01', to: '2026-11-01' });
    expect([query.startedFrom, query.startedBefore]).toEqual([
      '2026-10-31T23:00:00.000Z',
      '2026-11-01T23:00:00.000Z',
    ]);
  });

  test('says which month it is', () => {
    zone.use('Europe/Oslo');
    const now = new Date('2026-10-31T23:30:00Z');
    expect(monthOf(0, now)).toEqual({ from: '2026-11-01', to: '2026-11-30' });
    expect(monthsOf(0, now).at(-1)).toBe('2026-11-01');
    const of = (first: string) => ({ month: first, records: 1 });
    expect(firstChoice([of('2026-11-01'), of('2026-10-01')], now)).toBe('2026-10-01');
  });

  test('is not one that nobody knows', () => {
    zone.use('Atlantis/Capital');
    expect(zone.name).toBeNull();
    expect(zone.differs).toBe(false);
  });

  test('is told beside the facts where the computer has another one', async () => {
    await install('idle');
    const settings = await ipc.settings();
    const organisation = { ...settings.organisation, timeZone: FAR };
    const asked = vi.spyOn(ipc, 'settings').mockResolvedValue({ ...settings, organisation } as Settings);
    await open('idle', 'overview');
    await waitFor(() => expect(screen.getByTestId('frame-zone')).toHaveTextContent(FAR));
    asked.mockResolvedValue(settings);
    await open('idle', 'overview');
    await waitFor(() => expect(zone.differs).toBe(false));
  });
});
