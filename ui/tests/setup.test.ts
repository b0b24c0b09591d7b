import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { choiceOf, inWords, scheduleOf } from '../src/features/settings/schedule';
import { idOf, Setup } from '../src/features/setup/setup.svelte';
import { ipc, ProblemError, type SourceGuess } from '../src/ipc';
import { uninstall } from '../src/ipc/mock';
import { drop } from '../src/ipc/mock/setup';
import { preferences } from '$shared/state/preferences.svelte';
import { open } from './window-rig';

const user = userEvent.setup();
// A whole first start is many clicks, which take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
const click = async (testid: string): Promise<void> => user.click(await screen.findByTestId(testid));
async function type(testid: string, text: string): Promise<void> {
  const field = await screen.findByTestId(testid);
  await user.clear(field);
  await user.type(field, text);
}
async function connect(): Promise<void> {
  await click('begin-setup');
  await type('accounting-url', 'https://regnskap.example.no');
  await type('accounting-secret', 's3cret');
  await click('test-connection');
  await screen.findByTestId('connection-found');
}
/** The window goes before the mock: it still removes its listeners. */
afterEach(async () => {
  vi.restoreAllMocks();
  cleanup();
  await tick();
  uninstall();
});

describe('a first start', () => {
  test('goes from an address to a workspace, and sends the form once', async () => {
    const mock = await open('missing');
    await connect();
    await click('setup-next');
    expect(await screen.findByTestId('setup-source')).toHaveFocus();
    expect(screen.getByTestId('setup-next')).toBeDisabled();
    await type('source-path', '/data/utlegg.csv');
    await click('read-file');
    expect(await screen.findAllByTestId('sample-row')).toHaveLength(8);
    await click('setup-next');
    const accounts = await screen.findAllByTestId('category-account');
    await user.type(accounts[0] as HTMLElement, '7140');
    expect(screen.getByTestId('accounts-left')).toHaveTextContent('4 categories have no account');
    await click('setup-next');
    expect(await screen.findByTestId('rehearsal-send')).toHaveTextContent('400');
    expect(screen.getByTestId('organisation-name')).toHaveValue('Øvingslaget i Bodø');
    expect(mock.made).toBe(false);
    await click('setup-done');
    await screen.findByTestId('connection');
    expect(mock.made).toBe(true);
  });

  test('goes on with Enter, and shows what came of it', async () => {
    const sought = vi.spyOn(Element.prototype, 'scrollIntoView');
    await open('missing');
    await click('begin-setup');
    await type('accounting-url', 'https://regnskap.example.no');
    await type('accounting-secret', 's3cret{Enter}');
    expect(await screen.findByTestId('connection-found')).toBeVisible();
    expect(sought).toHaveBeenCalled();
    expect(screen.getByTestId('accounting-secret')).toHaveFocus();
    await click('setup-next');
    await type('source-path', '/data/utlegg.csv{Enter}');
    expect(await screen.findAllByTestId('sample-row')).toHaveLength(8);
  });

  test('says at the field that a key was not accepted, and not that nothing answered', async () => {
    const params = { url: 'https://regnskap.example.no', status: '401' };
    vi.spyOn(ipc, 'testConnection').mockRejectedValue(
      new ProblemError({ code: 'accounting_unauthorized', params }),
    );
    await open('missing');
    await click('begin-setup');
    await type('accounting-url', 'https://regnskap.example.no');
    await type('accounting-secret', 'wrong{Enter}');
    const problem = await screen.findByTestId('form-problem');
    expect(problem).toHaveTextContent('The key or password was not accepted');
    expect(problem).not.toHaveTextContent('does not answer');
    expect(within(problem).getByTestId('problem-sentence')).not.toHaveTextContent('401');
    expect(screen.getByTestId('accounting-secret')).toHaveAttribute('aria-invalid', 'true');
  });

  test('of another workspace shows neither the band nor the name of the one in use', async () => {
    await open('practice', 'setup');
    expect(await screen.findByTestId('begin-setup')).toBeVisible();
    expect(screen.queryByTestId('practice-band')).toBeNull();
    expect(screen.queryByTestId('frame-facts')).toBeNull();
    await click('setup-leave');
    expect(await screen.findByTestId('practice-band')).toBeVisible();
  });

  test('keeps its fields on the way back, and forgets them on cancel', async () => {
    const mock = await open('missing');
    await connect();
    await click('setup-next');
    await click('choose-file');
    await screen.findAllByTestId('sample-row');
    await click('setup-back');
    expect(await screen.findByTestId('accounting-url')).toHaveValue('https://regnskap.example.no');
    expect(screen.getByTestId('connection-found')).toBeVisible();
    await click('setup-next');
    expect(await screen.findByTestId('column-id')).toHaveValue('Bilagsnr');
    expect(mock.held.has('accounting')).toBe(true);
    await click('setup-cancel');
    await screen.findByTestId('make-practice');
    expect(mock.held.size).toBe(0);
    await click('begin-setup');
    expect(await screen.findByTestId('accounting-url')).toHaveValue('');
  });

  test('says what is wrong with an address, and that a secret is missing', async () => {
    await open('missing');
    await click('begin-setup');
    await type('accounting-url', 'regnskap');
    await click('test-connection');
    expect(await screen.findByTestId('form-problem')).toHaveTextContent(/Address: “regnskap” cannot be used/);
    await type('accounting-url', 'https://regnskap.example.no');
    await click('test-connection');
    await waitFor(() =>
      expect(screen.getByTestId('form-problem')).toHaveTextContent('Type the secret first'),
    );
    expect(screen.getByTestId('setup-missing')).toHaveTextContent('Test the connection to go on.');
  });

  test('drops the connection when a field changes', async () => {
    await open('missing');
    await connect();
    await type('accounting-url', 'https://other.example.no');
    await user.tab();
    await waitFor(() => expect(screen.queryByTestId('connection-found')).toBeNull());
    expect(screen.getByTestId('setup-next')).toBeDisabled();
  });

  test('takes a dropped file, and refuses what is neither text nor a workbook', async () => {
    await open('missing');
    await connect();
    await click('setup-next');
    await screen.findByTestId('drop');
    await drop('/data/utlegg.pdf');
    expect(await screen.findByTestId('form-problem')).toHaveTextContent('it looks like PDF');
    await drop('/data/utlegg.csv');
    await screen.findAllByTestId('sample-row');
    expect(screen.getByTestId('source-path')).toHaveValue('/data/utlegg.csv');
    expect(screen.queryByTestId('form-problem')).toBeNull();
  });

  test('asks what the file does not prove, and hides no field that was guessed', async () => {
    await open('missing');
    await connect();
    await click('setup-next');
    await screen.findByTestId('drop');
    await drop('/data/utlegg.csv');
    const questions = await screen.findAllByTestId('source-question');
    expect(questions[0]).toHaveTextContent('“01/11/2026” in the column “Dato” (line 2)');
    expect(questions[1]).toHaveTextContent('the column “Status” has “Godkjent” (400), “Avvist” (12)');
    // A proved column has its example alone; the others are asked for.
    const described = (testid: string): string =>
      document.getElementById(screen.getByTestId(testid).getAttribute('aria-describedby') ?? '')
        ?.textContent ?? '';
    expect(described('column-amount')).toBe('For example “122,62”.');
    expect(described('column-payee')).toBe('Likely: please check. For example “PM-0001”.');
    expect(described('column-text')).toMatch(/^Suggested – please check\./);
    const more = (testid: string): boolean => screen.getByTestId(testid).closest('details') !== null;
    expect(['source-encoding', 'source-date-format', 'column-payee'].map(more)).toEqual([
      false,
      false,
      false,
    ]);
    expect(['source-decimal', 'source-sign', 'source-currency', 'column-project'].map(more)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const formats = within(screen.getByTestId('source-date-format')).getAllByRole('option');
    expect(formats.map((option) => (option as HTMLOptionElement).value)).toContain('spreadsheet-1904');
  });

  test('shows the file’s own text beside each value, and what stops a sync', async () => {
    await open('missing');
    await connect();
    await click('setup-next');
    await screen.findByTestId('drop');
    await drop('/data/utlegg.csv');
    const [first] = await screen.findAllByTestId('sample-row');
    expect(
      within(first as HTMLElement)
        .getAllByTestId('written')
        .map((it) => it.textContent),
    ).toEqual(['01/11/2026', '122,62']);
    expect(screen.getByTestId('source-counts')).toHaveTextContent('412 records, 1 rows held, 0 left out.');
    const findings = screen.getAllByTestId('source-finding');
    expect(findings.map((it) => it.dataset['kind'])).toEqual(['remark', 'held']);
    expect(findings[1]).toHaveTextContent('utlegg-november.csv, line 9');
    expect(screen.getByTestId('setup-next')).toBeEnabled();
    await user.selectOptions(screen.getByTestId('source-decimal'), '.');
    expect(await screen.findByTestId('form-problem')).toHaveTextContent('On line 2 of utlegg-november.csv');
    expect(screen.getByTestId('setup-next')).toBeDisabled();
    expect(screen.queryByTestId('sample')).toBeNull();
  });

  test('lets rows count by the values of a column, and makes ids of the content', async () => {
    const sampled = vi.spyOn(ipc, 'sampleSource');
    await open('missing');
    await connect();
    await click('setup-next');
    await screen.findByTestId('drop');
    await drop('/data/utlegg.csv');
    await screen.findAllByTestId('source-question');
    await user.selectOptions(screen.getByTestId('rule-column'), 'Status');
    await user.click(await screen.findByRole('checkbox', { name: 'Godkjent' }));
    await user.selectOptions(screen.getByTestId('column-id-with'), 'Periode');
    const last = () => sampled.mock.lastCall?.[1];
    await waitFor(() =>
      expect(last()).toMatchObject({
        rules: [{ column: 'Status', include: true, values: ['Godkjent'] }],
        columns: expect.arrayContaining([{ field: 'id', title: 'Bilagsnr\nPeriode' }]),
      }),
    );
    await user.selectOptions(screen.getByTestId('source-claims'), 'Lines of one claim');
    await waitFor(() => expect(last()).toMatchObject({ gathersClaims: true }));
    await user.selectOptions(screen.getByTestId('column-id'), 'None: make the id of the content');
    await waitFor(() => expect(last()).toMatchObject({ idFromContent: true, gathersClaims: false }));
    expect(last()).not.toMatchObject({
      columns: expect.arrayContaining([expect.objectContaining({ field: 'id' })]),
    });
  });

  test('reads a sheet of a workbook, and asks for its hidden rows', async () => {
    const guessed = vi.spyOn(ipc, 'guessSource');
    const sampled = vi.spyOn(ipc, 'sampleSource');
    await open('missing');
    await connect();
    await click('setup-next');
    await screen.findByTestId('drop');
    await drop('/data/utlegg.xlsx');
    const questions = await screen.findAllByTestId('source-question');
    expect(questions[1]).toHaveTextContent('The sheet “Mars” hides 3 rows');
    expect(screen.queryByTestId('source-encoding')).toBeNull();
    await user.selectOptions(screen.getByTestId('source-sheet'), 'April');
    await waitFor(() => expect(guessed).toHaveBeenLastCalledWith('fresh', '/data/utlegg.xlsx', 'April'));
    await user.selectOptions(await screen.findByTestId('source-hidden-rows'), 'Do not count');
    await waitFor(() =>
      expect(sampled.mock.lastCall?.[1]).toMatchObject({
        workbook: true,
        sheet: 'April',
        hiddenRows: 'leave out',
      }),
    );
  });

  test('takes a folder', async () => {
    await open('missing');
    await connect();
    await click('setup-next');
    await click('choose-source-folder');
    await screen.findAllByTestId('sample-row');
    expect(screen.getByTestId('source-path')).toHaveValue('/home/kari/hlf');
  });

  test('reads each file that was dropped once, and none that another one has replaced', async () => {
    await open('missing');
    await connect();
    await click('setup-next');
    await screen.findByTestId('drop');
    const slow = await ipc.guessSource('fresh', '/data/slow.csv', null);
    let answer: (guess: SourceGuess) => void = () => undefined;
    vi.spyOn(ipc, 'guessSource').mockReturnValueOnce(new Promise((done) => (answer = done)));
    const sampled = vi.spyOn(ipc, 'sampleSource');
    await drop('/data/slow.csv');
    await drop('/data/quick.csv');
    await screen.findAllByTestId('sample-row');
    answer(slow);
    await drop('/data/last.csv');
    await waitFor(() => expect(screen.getByTestId('source-path')).toHaveValue('/data/last.csv'));
    await waitFor(() => expect(screen.getByTestId('source-state')).toHaveAttribute('data-read', 'true'));
    const paths = sampled.mock.calls.map(([, source]) => source.kind === 'files' && source.path);
    expect(paths).toEqual(['/data/quick.csv', '/data/last.csv']);
  });

  test('asks for the fields and the secret of each kind', async () => {
    await open('missing');
    await click('begin-setup');
    await click('accounting-kind-odoo');
    expect(screen.getByLabelText('API key')).toBe(screen.getByTestId('accounting-secret'));
    expect(screen.getByLabelText('Company (optional)')).toBeVisible();
    expect(screen.getByLabelText('Search lag in seconds (optional)')).toBeVisible();
    await click('accounting-kind-tryton');
    expect(screen.getByLabelText('User')).toBeVisible();
    expect(screen.getByLabelText('Password')).toBe(screen.getByTestId('accounting-secret'));
    await type('accounting-user', 'kari');
    await click('accounting-kind-open');
    expect(screen.queryByTestId('accounting-user')).toBeNull();
    await click('accounting-kind-tryton');
    expect(screen.getByTestId('accounting-user')).toHaveValue('');
  });

  test('says what the accounting system lacks, and what to do', async () => {
    await open('much', 'setup');
    await connect();
    expect(screen.getByTestId('connection-missing')).toHaveTextContent(
      'Account 7777 is not in the chart of accounts',
    );
    await user.click(
      within(screen.getByTestId('connection-missing')).getByRole('button', { name: 'Copy details' }),
    );
    expect(await navigator.clipboard.readText()).toMatch(/^setup_account_missing\n.*account: 7777\n/s);
    expect(screen.getByTestId('setup-next')).toBeEnabled();
  });

  test('is offered when a workspace cannot be used', async () => {
    const mock = await open('broken');
    await click('broken-another');
    expect(screen.queryByTestId('make-practice')).toBeNull();
    await type('open-path', '/home/kari/hlf');
    await click('open-typed');
    await waitFor(() => expect(mock.made).toBe(true));
  });

  test('has three ways of one size, and the path of a folder only for those who want it', async () => {
    await open('missing');
    await screen.findByTestId('recent');
    expect(screen.getAllByRole('article')).toHaveLength(3);
    expect(screen.getByRole('heading', { name: 'A colleague uses Postonce already' })).toBeVisible();
    expect(screen.getByTestId('open-path').closest('details')).not.toHaveAttribute('open');
    expect(screen.queryByText(/There is no workspace/)).toBeNull();
    const heads = screen.getAllByRole('heading').map((head) => head.textContent);
    for (const button of screen.getAllByRole('button')) expect(heads).not.toContain(button.textContent);
  });

  test('asks which system it is, and says what to do where it is not there yet', async () => {
    await open('missing');
    await click('begin-setup');
    const choice = await screen.findByRole('group', { name: 'Which accounting system do you use?' });
    const words = within(choice)
      .getAllByRole('radio')
      .map((radio) => radio.getAttribute('value'));
    expect(words).toEqual(['tryton', 'odoo', 'open']);
    expect(screen.getByTestId('kinds-not-yet')).toHaveTextContent(
      /Tripletex.*bridge with the open interface/s,
    );
  });

  test('puts the workspace into a folder of its own in the one that was chosen', async () => {
    const form = new Setup();
    form.rename('Hørselshemmedes lag');
    const asked = vi.spyOn(ipc, 'chooseFolder');
    asked.mockResolvedValue('/home/kari/Dokumenter/');
    expect(await form.chooseFolder()).toBe(true);
    expect(form.folder).toBe('/home/kari/Dokumenter/postonce-horselshemmedes');
    asked.mockResolvedValue('C:\\Users\\kari');
    await form.chooseFolder();
    expect(form.folder).toBe('C:\\Users\\kari\\postonce-horselshemmedes');
    asked.mockResolvedValue(null);
    expect(await form.chooseFolder()).toBe(false);
  });

  test('opens a recent workspace, and practice with one click', async () => {
    const mock = await open('missing');
    await user.click(await within(await screen.findByTestId('recent')).findByRole('button', { name: 'HLF' }));
    await screen.findByTestId('connection');
    expect(mock.made).toBe(true);
  });
});

describe('settings', () => {
  test('show what each posting rule catches', async () => {
    await open('idle', 'settings');
    await click('rules-open');
    const dialog = within(await screen.findByTestId('rules-dialog'));
    const rules = await dialog.findAllByTestId('rule');
    expect(rules.map((rule) => rule.getAttribute('data-by'))).toEqual([
      'rule',
      'rule',
      'category',
      'category',
      'default',
      'nobody',
    ]);
    expect(rules[0]).toHaveTextContent('category Reise and grant Helse, Ungdom');
    expect(within(rules[5] as HTMLElement).getByRole('link', { name: 'PM-2026-00417' })).toHaveAttribute(
      'href',
      '#/records/PM-2026-00417',
    );
    expect(dialog.getByTestId('rules-beyond')).toHaveTextContent(
      'VAT half: 25 % on account 2710, deductible 50 %.',
    );
  });

  test('save a part, say so and undo it', async () => {
    const mock = await open('idle', 'settings');
    await click('change-approval');
    await click('approval-two');
    await click('save-approval');
    expect(await screen.findByTestId('settings-saved')).toHaveTextContent('in the audit trail');
    expect(screen.getByTestId('approval-words')).toHaveTextContent('A second administrator approves');
    const head = document.getElementById('settings-approval');
    await waitFor(() => expect(head).toHaveFocus());
    await click('settings-undo');
    await waitFor(() => expect(screen.getByTestId('approval-words')).toHaveTextContent('One administrator'));
    await waitFor(() => expect(head).toHaveFocus());
    expect(mock.saved).toEqual([
      { part: 'approval', second: true },
      { part: 'approval', second: false },
    ]);
  });

  test('forget a secret that was typed and not saved', async () => {
    const mock = await open('idle', 'settings');
    await click('change-accounting');
    await type('accounting-secret', 'n3w');
    await user.tab();
    await waitFor(() => expect(mock.held.has('accounting')).toBe(true));
    await click('change-waiting');
    await waitFor(() => expect(mock.held.size).toBe(0));
  });

  test('change the name and time zone of the organisation, not its id', async () => {
    const mock = await open('idle', 'settings');
    await click('change-organisation');
    expect(screen.getByTestId('section-organisation')).toHaveTextContent('cannot be changed');
    await user.clear(screen.getByTestId('organisation-name'));
    expect(screen.getByTestId('save-organisation')).toBeDisabled();
    await type('organisation-name', 'HLF Oslo');
    await user.clear(screen.getByTestId('organisation-time-zone'));
    await type('organisation-time-zone', 'Europe/Berlin');
    await click('save-organisation');
    await screen.findByTestId('settings-saved');
    expect(screen.getByTestId('section-organisation')).toHaveTextContent('HLF Oslo');
    expect(mock.saved).toEqual([
      { part: 'organisation', name: 'HLF Oslo', currency: 'NOK', timeZone: 'Europe/Berlin' },
    ]);
  });

  test('do not save a file other than the named one', async () => {
    const mock = await open('idle', 'settings');
    await click('change-source');
    await screen.findAllByTestId('sample-row');
    expect(screen.getByRole('region', { name: /first rows/ })).toHaveAttribute('tabindex', '0');
    await type('source-path', '/data/other.csv');
    await user.tab();
    expect(screen.getByTestId('save-source')).toBeDisabled();
    expect(screen.queryByTestId('sample')).toBeNull();
    await click('read-file');
    await screen.findAllByTestId('sample-row');
    await click('save-source');
    await screen.findByTestId('settings-saved');
    expect(mock.saved).toMatchObject([{ part: 'source', source: { path: '/data/other.csv' } }]);
    expect(screen.getByTestId('settings-undo')).toBeEnabled();
  });

  test('cannot undo a source whose token was replaced', async () => {
    await open('idle', 'settings');
    await click('change-source');
    await click('source-kind-platform');
    await type('platform-url', 'https://utlegg.example.no');
    await type('platform-secret', 'n3w');
    await click('read-platform');
    await screen.findAllByTestId('sample-row');
    await click('save-source');
    await screen.findByTestId('settings-saved');
    expect(screen.queryByTestId('settings-undo')).toBeNull();
  });

  test('cannot undo a secret, and give back the focus', async () => {
    await open('idle', 'settings');
    await click('change-accounting');
    await type('accounting-secret', 'n3w');
    await click('save-accounting');
    await screen.findByTestId('settings-saved');
    expect(screen.queryByTestId('settings-undo')).toBeNull();
    await click('change-waiting');
    await click('cancel-waiting');
    expect(document.activeElement).toHaveTextContent('Waiting for others');
  });

  test('are refused in a sentence during a sync', async () => {
    await open('running', 'settings');
    await click('change-waiting');
    await user.selectOptions(await screen.findByTestId('waiting'), '300');
    await click('save-waiting');
    expect(await screen.findByTestId('settings-problem')).toHaveTextContent(
      'A sync is running on this machine',
    );
    expect(screen.getByTestId('waiting')).toHaveValue('300');
  });

  test('offer a month first, which is how books are kept', async () => {
    const mock = await open('idle', 'settings');
    await click('change-schedule');
    const first = (await screen.findAllByRole('radio', { name: /Every|Off|Monday|own/i }))[0];
    await user.click(first as HTMLElement);
    await user.selectOptions(await screen.findByTestId('schedule-day'), '5');
    await click('save-schedule');
    await screen.findByTestId('settings-saved');
    expect(mock.saved).toEqual([{ part: 'schedule', schedule: { cron: '0 2 5 * *', catchUp: true } }]);
  });

  test('show the next times of a schedule before it is saved, or its fault', async () => {
    const mock = await open('idle', 'settings');
    expect(await screen.findByTestId('schedule-words')).toHaveTextContent('Every day at 02:00.');
    await click('change-schedule');
    await click('rhythm-own');
    await type('schedule-cron', '02:00');
    await user.tab();
    await waitFor(() =>
      expect(screen.getByTestId('section-schedule')).toHaveTextContent('minute hour day month weekday'),
    );
    expect(screen.getByTestId('save-schedule')).toBeDisabled();
    await type('schedule-cron', '0 2 1 * *');
    await user.tab();
    await screen.findByTestId('next-runs');
    await click('save-schedule');
    await screen.findByTestId('settings-saved');
    expect(mock.saved).toEqual([{ part: 'schedule', schedule: { cron: '0 2 1 * *', catchUp: true } }]);
  });
});

describe('a schedule in words', () => {
  test.each([
    [null, 'Off. A sync starts only when you ask for one.'],
    ['0 6 5 * *', 'Every month on day 5, at 06:00.'],
    ['0 2 * * *', 'Every day at 02:00.'],
    ['30 7 * * 1-5', 'Monday to Friday at 07:30.'],
    ['15 * * * *', 'Every hour, at xx:15.'],
    ['0 2 1 * *', 'Every month on day 1, at 02:00.'],
    ['0 2 31 * *', 'By your own schedule: 0 2 31 * *'],
  ])('%s', (cron, words) => {
    const schedule = cron === null ? null : { cron, catchUp: false };
    expect(inWords(schedule, ':')).toBe(words);
    expect(scheduleOf(choiceOf(schedule))).toEqual(schedule);
  });

  test('is written as its language does', () => {
    preferences.locale = 'nb';
    expect(inWords({ cron: '0 2 * * *', catchUp: true }, '.')).toBe('Hver dag kl. 02.00.');
  });
});

test('an id is made of whole words of a name', () => {
  expect(idOf('HLF')).toBe('hlf');
  expect(idOf('Hørselshemmedes Landsforbund')).toBe('horselshemmedes');
  expect(idOf(' Ås & Omegn, lag ')).toBe('as-omegn-lag');
  expect(idOf('Donaudampfschifffahrtsgesellschaft')).toBe('donaudampfschiff');
});
