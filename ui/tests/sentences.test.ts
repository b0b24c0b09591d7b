import { describe, expect, test } from 'vitest';
import type { ErrorCode, HoldCode } from '../src/ipc';
import { errorSentences, problemSentence, reasonSentences } from '$shared/notices/problem';
import { preferences } from '$shared/state/preferences.svelte';
import { formSentence } from '$shared/workspace/words';

/** Words of files, commands and machines, which help nobody in a window. */
const MACHINE =
  /\w+\.toml|postonce [a-z]|\bstatus \{|--\w|\{variable\}|os error|\[(source|posting|accounting)|\w+_\w+ =|default_account|ignored_columns|standard (in|inn)\b/;
/** The own words of the accounting system and of the platform say what to correct. */
const WITH_DETAIL: readonly string[] = [
  'accounting_refused',
  'lock_refused',
  'receipt_refused',
  'row_unreadable',
];
/** A parameter that shows its own name. */
const named = new Proxy({}, { get: (_, name) => `{${String(name)}}` }) as never;

describe.each(['en', 'nb'] as const)('the sentences in %s', (locale) => {
  const sentences = { ...errorSentences, ...reasonSentences };
  const codes = Object.keys(sentences) as (ErrorCode | HoldCode)[];

  test('name no file of ours, no command and no code', () => {
    preferences.locale = locale;
    for (const code of codes) {
      const sentence = sentences[code](named);
      expect(sentence, code).not.toMatch(MACHINE);
      if (!WITH_DETAIL.includes(code)) expect(sentence, code).not.toContain('{detail}');
    }
  });

  test('are as many in the window as before, with what they are about', () => {
    preferences.locale = locale;
    const params = { path: '/srv/utlegg.csv', column: 'Beløp', nearest: 'Bilagsnr' };
    const sentence = problemSentence({ code: 'source_column_missing', params });
    expect(sentence).toContain('/srv/utlegg.csv');
    expect(sentence, 'a column that is alike by its letters alone misleads').not.toContain('Bilagsnr');
  });
});

/** Words that mean something else in this trade: a till receipt, mileage, what the approver gave. A receipt is one. */
test('the Bokmål of the window says confirmation, sync and proof of reconciliation', async () => {
  const catalogues = [await import('../messages/nb.json'), await import('../messages/engine.nb.json')];
  const foreign =
    /kvittert|kvittering(?!en\b)|(?<!prøve)kjøring(?!en av)|\battest|\bvitne|eksportjournalen husker/i;
  for (const catalogue of catalogues)
    for (const [key, text] of Object.entries(catalogue.default))
      if (!/receipt/.test(key)) expect(JSON.stringify(text), key).not.toMatch(foreign);
});

test('an address that cannot be used says how one begins', () => {
  preferences.locale = 'nb';
  const params = { key: 'accounting.url', found: 'regnskap', allowed: 'https://…, http://127.0.0.1:…' };
  const sentence = formSentence({ code: 'workspace_value_invalid', params });
  expect(sentence).toMatch(/«regnskap».*Adressen må begynne med https:\/\//);
  expect(sentence).not.toContain('127.0.0.1');
});
