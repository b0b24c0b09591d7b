/**
 * Checks the table of severities: every code of the engine has one, shows it, and says what happened and what to do.
 */
import { render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, test } from 'vitest';
import ProblemNotice from '$shared/notices/ProblemNotice.svelte';
import { preferences } from '$shared/state/preferences.svelte';
import { severities, type Severity } from '$shared/notices/severity';
import { problemSentence } from '$shared/notices/problem';
import type { ErrorCode } from '$ipc';

const codes = Object.keys(severities) as ErrorCode[];
const ofSeverity = (severity: Severity) => codes.filter((code) => severities[code] === severity);

afterEach(() => {
  preferences.locale = 'en';
});

test('a problem that passes is no alarm', () => {
  expect(ofSeverity('passes').sort()).toEqual(
    [
      'accounting_unreachable',
      'accounting_busy',
      'accounting_unreliable',
      'platform_unreachable',
      'platform_busy',
      'lock_held',
      'lock_held_here',
      'run_is_on',
      'lease_lost',
      'interrupted',
      'result_missing',
      'draft_gone',
      'draft_contested',
      'may_still_arrive',
      'resolution_too_early',
      'ledger_busy',
      // A file that is being written is whole at the next sync.
      'source_unfinished',
      'source_line_end_missing',
      // A share that is connected again, and a file that the next sync delivers.
      'file_folder_missing',
      'file_folder_failed',
      'file_unfinished',
      // The next sync looks at the voucher.
      'receipt_in_doubt',
    ].sort(),
  );
});

test('a problem that must be seen is an alarm', () => {
  const grave: ErrorCode[] = codes.filter((code) =>
    /^(ledger_(?!busy|is_sound)|audit_|organisation_|evidence_|setup_|source_(?!unfinished|line_end)|secret_missing|keyring_)/.test(
      code,
    ),
  );
  expect(grave.length).toBeGreaterThan(25);
  for (const code of grave) expect([code, severities[code]]).toEqual([code, 'stop']);
  for (const code of ['not_found_in_time', 'resolution_contradicted', 'reversal_failed', 'internal'] as const)
    expect([code, severities[code]]).toEqual([code, 'stop']);
});

describe.each(['en', 'nb'] as const)('in %s', (locale) => {
  test.each(codes)('%s is shown by its severity, with what happened and what to do', (code) => {
    preferences.locale = locale;
    const { container } = render(ProblemNotice, { problem: { code, params: {} } });
    const notice = screen.getByRole('alert');
    const grave = severities[code] === 'stop';
    expect(notice).toHaveClass(grave ? 'bad' : 'warn');
    expect(container.querySelector('[data-mark]')).toHaveAttribute('data-mark', grave ? 'cross' : 'alert');
    expect(screen.getByTestId('problem-sentence')).toHaveTextContent(/\S/);
    expect(screen.getByTestId('problem-code')).toHaveTextContent(code);
    // One sentence says what happened, another what it means or what to do.
    const sentences = problemSentence({ code, params: {} }).split(/(?<=[.:?)»”])\s+/);
    expect(sentences.length, sentences.join('|')).toBeGreaterThan(1);
  });
});
