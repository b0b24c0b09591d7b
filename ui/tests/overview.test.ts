import { bars, mainCurrency } from '../src/features/overview/months';
import { total } from '$shared/basics/total';
import { render, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { age, answer, lookOf, type Look } from '../src/features/overview/answer';
import { estimate } from '../src/features/overview/estimate';
import { choiceOf, month } from '$shared/forms/period';
import { outcomes } from '../src/features/overview/outcome';
import ProgressCard from '../src/features/overview/ProgressCard.svelte';
import ResultCard from '../src/features/overview/ResultCard.svelte';
import { counts, progress, run } from '../src/ipc/mock/data';
import { lockLeft } from '$shared/state/lock';
import { protectionCost } from '$shared/record/protection';
import StateMark from '$shared/record/StateMark.svelte';
import { itemResults, recordStates, shownOutcome } from '$shared/record/states';
import { preferences } from '$shared/state/preferences.svelte';
import type { RecordCounts, Run } from '$ipc';

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
  handedOver: 0,
  filesOverdue: 0,
  receipts: 0,
};
const last = run({
  runId: 'r1',
  startedAt: new Date(2026, 10, 22, 9, 13, 30).toISOString(),
  counts: counts({ read: 412, posted: 412 }),
  posted: [{ currency: 'NOK', amount: '318204.50' }],
});

const fresh: Look = { kind: 'fresh', at: now, problem: null };
const plain = (text: string) => text.replace(/\u00a0/g, ' ');

describe('the answer', () => {
  test('says that everything is exported, with time and amount', () => {
    const said = answer({ ...none, posted: 412 }, last, fresh, now);
    expect(said.title).toBe('Everything is exported.');
    expect(plain(said.text)).toBe('The last sync, today at 09:14, sent 412 records for kr 318,204.50.');
  });
  test('never says that all is done while a record waits or needs a person', () => {
    expect(answer({ ...none, posted: 412, eligible: 37, held: 3 }, last, fresh, now).title).toBe(
      '37 records wait, and 3 need you.',
    );
    expect(answer({ ...none, posted: 412, eligible: 1 }, last, fresh, now).title).toBe('1 record waits.');
    expect(answer({ ...none, posted: 412, changed: 1 }, last, fresh, now).title).toBe('1 record needs you.');
  });
  test('claims nothing in a fresh workspace', () => {
    expect(answer(none, undefined, fresh, now).title).toBe('This machine has not synced yet.');
    expect(answer(none, { ...last, counts: counts({}), outcome: 'failed' }, fresh, now).title).toBe(
      'Nothing has been exported yet.',
    );
  });
  test('says that all is done only where the source was read just now', () => {
    const old: Look = { kind: 'old', at: new Date(2026, 9, 31, 9, 14), problem: null };
    const looking: Look = { ...old, kind: 'looking' };
    const all = { ...none, posted: 412 };
    expect(answer(all, last, old, now).title).toBe('Everything read 31 October at 09:14 is exported.');
    expect(answer(all, last, looking, now).title).toBe('Looking for new records …');
    for (const [look, says] of [
      [fresh, true],
      [looking, false],
      [old, false],
    ] as const)
      expect(answer({ ...all, held: 2 }, last, look, now).text.includes('Everything else'), look.kind).toBe(
        says,
      );
  });
  test('says how old the figures are, and what keeps them from being newer', () => {
    const window = { looking: false, lookedAt: null, unlooked: null };
    expect(age(lookOf(window, [last]), now)).toBe('The source was read today at 09:13.');
    expect(age(lookOf(window, []), now)).toBe('The source has not been read yet.');
    const missing = { code: 'source_file_missing' as const, params: { path: '/srv/records.csv' } };
    const unread = lookOf({ ...window, lookedAt: now, unlooked: missing }, [last]);
    expect(unread.kind).toBe('old');
    expect(age(unread, now)).toContain('It cannot be read now.');
    const busy = { code: 'lock_held_here' as const, params: {} };
    expect(age(lookOf({ ...window, unlooked: busy }, [last]), now)).toBe(
      'The source was read today at 09:13.',
    );
  });
  test('of a run that exported nothing says why, and never that nothing was new', () => {
    const bad = { ...last, counts: counts({ read: 32, inDoubt: 32 }), posted: [] };
    const said = answer({ ...none, posted: 1, inDoubt: 32 }, bad, fresh, now).text;
    expect(said).toContain('The last sync, today at 09:14, exported nothing. 32 records were sent');
    const fine = { ...last, counts: counts({ read: 32, skipped: 32 }), posted: [] };
    expect(answer({ ...none, posted: 32 }, fine, fresh, now).text).toContain('found nothing new');
  });
});

describe('the title of a result', () => {
  const titleOf = (found: Partial<Run['counts']>, more: Partial<Run> = {}, lost = 0) =>
    plain(outcomes({ ...last, posted: [], counts: counts(found), ...more }, lost, false)[0].sentence);

  test('is the worst that happened', () => {
    const sums = [{ currency: 'NOK', amount: '10.00' }];
    expect(titleOf({ posted: 2, inDoubt: 1, refused: 3 }, { posted: sums })).toMatch(
      /^1 record was sent, and we got no/,
    );
    expect(titleOf({ posted: 2, refused: 818 }, { posted: sums })).toMatch(/^818 records were refused/);
    expect(titleOf({ read: 9, skipped: 9 }, {}, 1)).toMatch(/^1 earlier voucher is gone/);
    expect(titleOf({ posted: 2, held: 1 }, { posted: sums })).toBe('2 records for kr 10.00 were exported.');
    expect(titleOf({ read: 9, held: 9 })).toBe('Nothing was exported. 9 records are held back.');
    expect(titleOf({ posted: 1, inDoubt: 1 }, { outcome: 'failed' })).toMatch(/^The sync could not go on/);
    expect(titleOf({ posted: 1, inDoubt: 1 }, { outcome: 'stopped' })).toMatch(/^1 record was sent, and/);
  });
  test('says that nothing was new only where nothing was', () => {
    expect(titleOf({ read: 9, skipped: 9 })).toBe('Nothing new to export.');
    const all = [{ inDoubt: 1 }, { refused: 1 }, { held: 1 }, { posted: 1 }];
    for (const found of all) expect(titleOf(found)).not.toContain('Nothing new');
  });
  test('stands on the card, and the rest below it', () => {
    const mixed = { ...last, counts: counts({ posted: 412, inDoubt: 32 }) };
    render(ResultCard, { run: mixed, onclose: () => undefined });
    expect(screen.getByRole('heading')).toHaveTextContent('32 records were sent, and we got no answer.');
    expect(screen.getByTestId('result-also')).toHaveTextContent(
      '412 records for kr 318,204.50 were exported.',
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
  test('says that it looks up what is booked while it only finds vouchers', () => {
    const found = counts({ read: 1200, skipped: 300, found: 300 });
    const going = progress({ phase: 'sending', total: 1200, processed: 300, counts: found });
    const shown = render(ProgressCard, { progress: going, onstop: () => undefined });
    expect(screen.getByTestId('progress-phase')).toHaveTextContent('Checking what is booked already');
    shown.unmount();
    render(ProgressCard, {
      progress: { ...going, counts: { ...found, posted: 1 } },
      onstop: () => undefined,
    });
    expect(screen.getByTestId('progress-phase')).toHaveTextContent('Sending to the accounting system');
  });

  test('repeats no sentence in a tooltip', () => {
    render(ProgressCard, { progress: progress({ phase: 'sending', total: 1200 }), onstop: () => undefined });
    expect(screen.getByTestId('stop')).not.toHaveAttribute('title');
  });

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
    expect(screen.getByTestId('progress-waiting')).toHaveTextContent('The accounting system asks us to wait');
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
