import { bars, mainCurrency, total } from '../src/features/overview/months';
import { render, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { answer } from '../src/features/overview/answer';
import { estimate } from '../src/features/overview/estimate';
import { choiceOf, month } from '../src/features/overview/periods';
import ProgressCard from '../src/features/overview/ProgressCard.svelte';
import { counts, progress, run } from '../src/ipc/mock/data';
import { lockLeft } from '$shared/state/lock';
import { protectionCost } from '$shared/record/protection';
import StateMark from '$shared/record/StateMark.svelte';
import { itemResults, recordStates, shownOutcome } from '$shared/record/states';
import { preferences } from '$shared/state/preferences.svelte';
import type { RecordCounts } from '$ipc';

const now = new Date(2026, 10, 22, 18, 0);
const none: RecordCounts = {
  posted: 0,
  eligible: 0,
  sending: 0,
  inDoubt: 0,
  refused: 0,
  held: 0,
  changed: 0,
  vanished: 0,
  gone: 0,
  questions: 0,
  approvals: 0,
};
const last = run({
  runId: 'r1',
  startedAt: new Date(2026, 10, 22, 9, 13, 30).toISOString(),
  counts: counts({ read: 412, posted: 412 }),
  posted: [{ currency: 'NOK', amount: '318204.50' }],
});

describe('the answer', () => {
  test('says that everything is exported, with time and amount', () => {
    const said = answer({ ...none, posted: 412 }, last, now);
    expect(said.title).toBe('Everything is exported.');
    expect(said.text.replace(/\u00a0/g, ' ')).toBe(
      'The last sync, today at 09:14, sent 412 records for kr 318,204.50.',
    );
  });
  test('never says that all is done while a record waits or needs a person', () => {
    expect(answer({ ...none, posted: 412, eligible: 37, held: 3 }, last, now).title).toBe(
      'Waiting: 37. Needing attention: 3.',
    );
    expect(answer({ ...none, posted: 412, eligible: 1 }, last, now).title).toBe('1 record waits.');
    expect(answer({ ...none, posted: 412, changed: 1 }, last, now).title).toBe('1 record needs you.');
  });
  test('claims nothing in a fresh workspace', () => {
    expect(answer(none, undefined, now).title).toBe('Nothing has been exported yet.');
    expect(answer(none, { ...last, counts: counts({}), outcome: 'failed' }, now).title).toBe(
      'Nothing has been exported yet.',
    );
  });
});

describe('the estimate', () => {
  test('is not given without evidence', () => {
    expect(estimate(null, now)).toBe('Working out how long this takes…');
  });
  test('names minutes and the time of day', () => {
    expect(estimate(245, now)).toBe('About 4 minutes left, done at 18:04');
    expect(estimate(20, now)).toBe('Less than a minute left, done at 18:00');
    expect(estimate(60 * 135, now)).toBe('About 2 h 15 min left, done at 20:15');
  });
  test('of a holder of the lock is the estimate of the engine', () => {
    expect(lockLeft({ etaSeconds: 240, looksDead: false })).toBe('about 4 minutes left');
    expect(lockLeft({ etaSeconds: 20, looksDead: false })).toBe('less than a minute left');
    expect(lockLeft({ etaSeconds: 60 * 135, looksDead: false })).toBe('about 2 h 15 min left');
    expect(lockLeft({ etaSeconds: 240, looksDead: true })).toBeNull();
    expect(lockLeft({ etaSeconds: null, looksDead: false })).toBeNull();
  });
});

describe('the progress', () => {
  test('shows no estimate without evidence', () => {
    render(ProgressCard, { progress: progress({ phase: 'sending', total: 1200 }), onstop: () => undefined });
    expect(screen.getByTestId('progress-eta')).toHaveTextContent('Working out how long this takes…');
    expect(screen.queryByTestId('progress-rate')).toBeNull();
  });
  test('shows figures, rate and estimate with evidence', () => {
    const going = progress({
      phase: 'sending',
      processed: 340,
      total: 1200,
      ratePerSecond: 3.6,
      etaSeconds: 240,
    });
    render(ProgressCard, { progress: going, onstop: () => undefined });
    expect(screen.getByTestId('progress-processed')).toHaveTextContent('340 of 1,200');
    expect(screen.getByTestId('progress-rate')).toHaveTextContent('4 records a second');
    expect(screen.getByTestId('progress-eta')).toHaveTextContent(/^About 4 minutes left, done at \d\d:\d\d$/);
    expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '340');
  });
  test('says why it waits, and that it is stopping', () => {
    const asked = progress({
      phase: 'sending',
      total: 10,
      waitingUntil: '2026-11-22T17:00:00Z',
      stopping: true,
    });
    render(ProgressCard, { progress: asked, onstop: () => undefined });
    expect(screen.getByTestId('progress-waiting')).toHaveTextContent(
      'before sending more to the accounting system',
    );
    expect(screen.getByTestId('stop')).toBeDisabled();
  });
});

describe('a state', () => {
  test('is a word and a mark as well as a colour', () => {
    const { container } = render(StateMark, { state: recordStates.held });
    expect(screen.getByTestId('state')).toHaveTextContent('Held back');
    expect(container.querySelector('[data-mark=pause]')).not.toBeNull();
    expect(screen.getByTestId('state')).toHaveAttribute('data-tone', 'warn');
  });
  test('differs from every other without its colour', () => {
    for (const locale of ['en', 'nb'] as const) {
      preferences.locale = locale;
      const all = [...Object.values(recordStates), itemResults.skipped_already_exported];
      expect(new Set(all.map((state) => state.word())).size).toBe(all.length);
      expect(new Set(all.map((state) => state.mark)).size).toBe(all.length);
    }
  });
  test('of a complete run with a held record is not plain green', () => {
    expect(shownOutcome({ outcome: 'completed', counts: counts({ held: 1 }) }).tone).toBe('warn');
  });
});

test('a month goes from its first to its last day, also at a new year', () => {
  expect(month(-1, new Date(2026, 0, 31))).toEqual({ from: '2025-12-01', to: '2025-12-31' });
  expect(choiceOf(month(0, now), now)).toBe('this-month');
  expect(choiceOf({ from: '2026-02-01', to: null }, now)).toBe('own');
});

describe('exported by month', () => {
  const figure = (month: string, amount: string, records: number, currency = 'NOK') => ({
    month,
    records,
    sum: { currency, amount },
  });
  const now = new Date(2026, 10, 23);

  test('has every month in its place, and one currency', () => {
    const figures = [
      figure('2026-11-01', '50.25', 2),
      figure('2026-09-01', '100.50', 4),
      figure('2026-09-01', '900.00', 1, 'EUR'),
    ];
    expect(mainCurrency(figures)).toBe('NOK');
    const shown = bars(figures, 'NOK', now);
    expect(shown.map((bar) => bar.month).slice(-3)).toEqual(['2026-09-01', '2026-10-01', '2026-11-01']);
    expect(shown.map((bar) => bar.share).slice(-3)).toEqual([1, 0, 0.5]);
    expect(total(shown, 'NOK')).toEqual({ currency: 'NOK', amount: '150.75' });
    expect(mainCurrency([])).toBeNull();
  });

  test('adds digit by digit, also below zero', () => {
    const shown = bars([figure('2026-11-01', '-0.05', 1)], 'NOK', now);
    expect(total(shown, 'NOK').amount).toBe('-0.05');
    const large = bars(
      [figure('2026-11-01', '90071992547409.93', 1), figure('2026-10-01', '0.02', 1)],
      'NOK',
      now,
    );
    expect(total(large, 'NOK').amount).toBe('90071992547409.95');
  });
});

describe('the protection', () => {
  test('says what it costs, and nothing where it costs no time', () => {
    expect(protectionCost(125)).toContain('first waits 125 seconds or more');
    expect(protectionCost(0)).toBe('');
  });
});
