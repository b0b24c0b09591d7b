import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import Entry from '../src/features/attention/Entry.svelte';
import { ATTENTION, voucher } from '../src/ipc/mock/attention';
import { alarmSentence, alarmStep, mayExportAgain } from '$shared/record/alarms';
import { partNames } from '$shared/record/states';
import { preferences } from '$shared/state/preferences.svelte';
import type { Alarm, AttentionItem } from '$ipc';

const alarm = (some: Partial<Alarm> & Pick<Alarm, 'kind'>): Alarm => ({
  since: '2026-11-23T08:14:00Z',
  evidence: [],
  isOurs: false,
  isOtherVoucher: false,
  refusal: null,
  ...some,
});

/** Returns a record whose voucher is not as it was. */
function vanished(): AttentionItem {
  const found = ATTENTION.find((item) => item.state === 'vanished');
  if (!found) throw new Error('the mock has one');
  return found;
}

/** Each cell: what stands there, the sentence, the next step, and whether the record may be exported again. */
const CELLS: [Alarm, Record<'en' | 'nb', [sentence: RegExp, step: RegExp]>, boolean][] = [
  [
    alarm({ kind: 'gone' }),
    {
      en: [/in no book.*deleted/, /export it again/],
      nb: [/står ikke i regnskapet.*slettet/, /eksporter utlegget på nytt/],
    },
    true,
  ],
  [
    alarm({ kind: 'reversed' }),
    {
      en: [/reversed or voided in the accounting system/, /export it again/],
      nb: [/tilbakeført eller annullert i regnskapssystemet/, /eksporter utlegget på nytt/],
    },
    true,
  ],
  [
    alarm({
      kind: 'reversed',
      isOurs: true,
      refusal: { kind: 'refused', detail: 'The period is closed.', isPeriodClosed: true, nextOpen: null },
    }),
    {
      en: [/Postonce reversed the voucher.*The period is closed\./, /Put right what is named/],
      nb: [/Postonce tilbakeførte bilaget.*The period is closed\./, /Rett det som er nevnt/],
    },
    true,
  ],
  [
    alarm({ kind: 'several' }),
    {
      en: [/More than one voucher stands/, /Reverse the surplus voucher/],
      nb: [/Mer enn ett bilag står/, /Tilbakefør det overflødige bilaget/],
    },
    false,
  ],
  [
    alarm({ kind: 'other_content' }),
    {
      en: [/stands there with another content/, /right as it stands, accept it/],
      nb: [/står der med et annet innhold/, /riktig slik det står, godtar du det/],
    },
    true,
  ],
  [
    alarm({ kind: 'other_content', isOtherVoucher: true }),
    {
      en: [/no longer stands, and another one/, /reverse it in the accounting system/],
      nb: [/står ikke lenger, og et annet/, /tilbakefører du det i regnskapssystemet/],
    },
    false,
  ],
];

describe.each(CELLS)('the alarm %o', (seen, said, again) => {
  test.each(['en', 'nb'] as const)('has one sentence and one next step in %s', (language) => {
    preferences.locale = language;
    expect(alarmSentence(seen)).toMatch(said[language][0]);
    expect(alarmStep(seen)).toMatch(said[language][1]);
  });

  test('offers the act that works, and no other', () => {
    render(Entry, { item: { ...vanished(), vanished: seen }, approval: false });
    expect(screen.getByTestId('next-step')).toHaveTextContent(said.en[1]);
    expect(screen.getByTestId('accept')).toBeVisible();
    expect(screen.queryByTestId('re-export') !== null).toBe(again);
    expect(mayExportAgain(seen)).toBe(again);
  });
});

describe('a voucher that differs', () => {
  test('names the parts in which it does', async () => {
    const other = voucher({ voucherId: 'v-1', differs: ['sign', 'payee'] });
    render(Entry, {
      item: { ...vanished(), vanished: alarm({ kind: 'other_content', evidence: [other] }) },
      approval: false,
    });
    await userEvent.click(screen.getByTestId('sides'));
    expect(screen.getByTestId('differs')).toHaveTextContent('Differs: sign, payee');
  });

  test('is named in both languages', () => {
    expect(partNames(['date', 'currency', 'amount', 'sign', 'account', 'payee', 'text'])).toBe(
      'date, currency, amount, sign, accounts, payee, text',
    );
    preferences.locale = 'nb';
    expect(partNames(['account', 'payee'])).toBe('kontoer, mottaker');
  });
});
