import { describe, expect, test } from 'vitest';
import {
  amount,
  counted,
  day,
  duration,
  number,
  period,
  sums,
  time,
  when,
  decimalOf,
  upcoming,
} from '$shared/basics/format';
import { preferences } from '$shared/state/preferences.svelte';

/** Replaces no-break spaces of every kind by plain ones, so that a test can be read. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('amounts', () => {
  test('are written as in each language, with every decimal of the currency', () => {
    expect(plain(amount({ currency: 'NOK', amount: '318204.50' }))).toBe('kr 318,204.50');
    expect(plain(amount({ currency: 'JPY', amount: '512' }))).toBe('JPY 512');
    preferences.locale = 'nb';
    expect(plain(amount({ currency: 'NOK', amount: '318204.50' }))).toBe('kr 318 204,50');
    expect(plain(amount({ currency: 'KWD', amount: '1.234' }))).toBe('KWD 1,234');
  });

  test('never pass through a float', () => {
    expect(plain(amount({ currency: 'NOK', amount: '90071992547409930.07' }))).toBe(
      'kr 90,071,992,547,409,930.07',
    );
  });

  test('of several currencies are named one by one, and none is a dash', () => {
    const all = [
      { currency: 'NOK', amount: '100.00' },
      { currency: 'EUR', amount: '5.00' },
    ];
    expect(plain(sums(all))).toBe('kr 100.00 and EUR 5.00');
    expect(sums([])).toBe('–');
  });
});

test('numbers are grouped as in each language', () => {
  expect(number(13800)).toBe('13,800');
  expect(counted(1)).toEqual({ count: 1, n: '1' });
  preferences.locale = 'nb';
  expect(plain(number(13800))).toBe('13 800');
});

test('a day of the year 202 is shown as it was typed', () => {
  expect(day('0202-05-12')).toBe('0202-05-12');
  expect(day('2026-05-12')).toBe('12 May 2026');
});

describe('moments', () => {
  const now = new Date(2026, 10, 22, 18, 0);
  test('of today, of yesterday and of earlier days have their words', () => {
    expect(when(new Date(2026, 10, 22, 9, 14), now)).toBe('today at 09:14');
    expect(when(new Date(2026, 10, 21, 23, 59), now)).toBe('yesterday at 23:59');
    expect(when(new Date(2026, 10, 3, 9, 14), now)).toBe('3 November at 09:14');
    expect(when(new Date(2025, 10, 3, 9, 14), now)).toBe('3 November 2025 at 09:14');
  });
  test('in Norwegian have a point between hour and minute', () => {
    preferences.locale = 'nb';
    expect(when(new Date(2026, 10, 22, 9, 14), now)).toBe('i dag kl. 09.14');
    expect(time(new Date(2026, 10, 22, 9, 4))).toBe('09.04');
  });
  test('a calendar day is the same in every time zone, and other text stays', () => {
    expect(day('2026-11-03', 'long')).toBe('3 November 2026');
    expect(day('0202-13-40')).toBe('0202-13-40');
  });
});

test('a period names its open ends', () => {
  expect(period({ from: null, to: null })).toBe('Everything');
  expect(period({ from: '2026-11-01', to: '2026-11-30' })).toBe('1 Nov 2026 – 30 Nov 2026');
  expect(period({ from: '2026-11-01', to: null })).toBe('from 1 Nov 2026');
});

test('a duration counts minutes and seconds', () => {
  expect(duration('2026-11-22T10:00:00Z', '2026-11-22T10:00:41Z')).toBe('41 s');
  expect(duration('2026-11-22T10:00:00Z', '2026-11-22T10:02:05Z')).toBe('2 min 5 s');
});

describe('an amount as it is typed', () => {
  test('is read as it is written in either language', () => {
    for (const [typed, decimal] of [
      ['1249.50', '1249.50'],
      ['1 249,50', '1249.50'],
      ['1,249.50', '1249.50'],
      ['1.249,50', '1249.50'],
      ['kr 412', '412'],
      ['-12,5', '-12.5'],
      ['1,249', '1249'],
    ] as const)
      expect([typed, decimalOf(typed)]).toEqual([typed, decimal]);
  });

  test('is nothing when it is no amount', () => {
    for (const typed of ['', ' ', 'twelve', '.5', '1,2,3', '12.345,678', '1e3'])
      expect(decimalOf(typed)).toBeNull();
  });
});

test('a moment to come is written as people say it', () => {
  const now = new Date(2026, 10, 3, 9, 14);
  const at = (date: number, hour: number) => upcoming(new Date(2026, 10, date, hour), now);
  expect(at(4, 2)).toBe('tonight at 02:00');
  expect(at(3, 20)).toBe('this evening at 20:00');
  expect(at(3, 14)).toBe('today at 14:00');
  expect(at(4, 10)).toBe('tomorrow at 10:00');
  expect(at(9, 2)).toBe('9 November at 02:00');
});
