/** Answers for a first start and the settings in the mock, over made-up files. */
import { emit } from '@tauri-apps/api/event';
import type {
  AccountingForm,
  AccountingKind,
  Base,
  CategoryFound,
  Plan,
  Problem,
  SampleRow,
  SecretSide,
  Settings,
  SettingsWish,
  SourceForm,
  SourceGuess,
  SourcePreview,
  Survey,
  Tested,
} from '../bindings';
import type { Answers } from '../calls';
import { computerZone } from '$shared/state/calendar';
import { item } from './data';
import { RULES } from './rules';

const fields = (required: string[], optional: string[] = []) => [
  ...required.map((key) => ({ key, required: true })),
  ...optional.map((key) => ({ key, required: false })),
];
const KINDS: AccountingKind[] = [
  { name: 'open', fields: fields(['url'], ['search_lag_seconds']), secret: 'token' },
  {
    name: 'tryton',
    fields: fields(['url', 'database', 'user', 'journal'], ['company', 'search_lag_seconds']),
    secret: 'password',
  },
  {
    name: 'odoo',
    fields: fields(['url', 'database', 'journal'], ['company', 'search_lag_seconds']),
    secret: 'api_key',
  },
];
const GUESS: SourceGuess = {
  source: {
    kind: 'files',
    workbook: false,
    path: '/home/kari/Nedlastinger/utlegg-november.csv',
    sheet: '',
    mergedCells: '',
    hiddenRows: '',
    encoding: 'windows-1252',
    delimiter: ';',
    decimalSeparator: ',',
    dateFormat: '%d/%m/%Y',
    head: null,
    sign: '',
    currency: '',
    idFromContent: false,
    gathersClaims: false,
    columns: [
      { field: 'id', title: 'Bilagsnr' },
      { field: 'date', title: 'Dato' },
      { field: 'amount', title: 'Beløp' },
      { field: 'payee', title: 'Likeperson' },
      { field: 'category', title: 'Kategori' },
      { field: 'text', title: 'Leverandør' },
    ],
    ignoredColumns: [],
    rules: [],
  },
  file: 'utlegg-november.csv',
  sheets: [],
  titles: (
    [
      ['Bilagsnr', '2141820'],
      ['Periode', '2026-11'],
      ['Likeperson', 'PM-0001'],
      ['Kategori', 'Porto'],
      ['Leverandør', 'L-00001'],
      ['Dato', '01/11/2026'],
      ['Beløp', '122,62'],
      ['Status', 'Godkjent', 'Godkjent', 'Avvist'],
    ] satisfies [string, string, ...string[]][]
  ).map(([name, example, ...values]) => ({ name, title: name, example, values })),
  columns: [
    { field: 'id', degree: 'proved' },
    { field: 'date', degree: 'proved' },
    { field: 'amount', degree: 'proved' },
    { field: 'payee', degree: 'likely' },
    { field: 'category', degree: 'proved' },
    { field: 'text', degree: 'unknown' },
  ],
  degrees: { encoding: 'likely', decimalSeparator: 'proved', dateFormat: 'likely', sign: 'proved' },
  questions: [
    { kind: 'order_unclear', params: { column: 'Dato', found: '01/11/2026', line: '2' } },
    { kind: 'not_all_approved', params: { column: 'Status', values: '“Godkjent” (400), “Avvist” (12)' } },
  ],
};
/** A workbook of two sheets. */
const WORKBOOK: SourceGuess = {
  ...GUESS,
  source: { ...GUESS.source, workbook: true, encoding: '', delimiter: '' } as SourceForm,
  sheets: ['Mars', 'April'],
  degrees: { ...GUESS.degrees, encoding: 'proved' },
  questions: [
    { kind: 'several_sheets', params: { sheet: 'Mars', others: 'April' } },
    { kind: 'rows_hidden', params: { sheet: 'Mars', rows: '3', line: '14' } },
  ],
};
const CATEGORIES = [
  'Reise, overnatting, bevertning og drivstoff',
  'Leie av kontorlokale',
  'Kurs og konferanser',
  'Rekvisita',
  'Porto',
];

const sum = (amount: string) => [{ currency: 'NOK', amount }];
const SURVEY: Survey = {
  records: 412,
  flaws: 1,
  sums: sum('318204.50'),
  from: '2026-11-01',
  to: '2026-11-20',
  categories: CATEGORIES.map((category, at): CategoryFound => ({
    category,
    records: 180 - 40 * at,
    sums: sum(`${120_400 - 9_000 * at}.50`),
  })),
  hasMoreCategories: false,
};
const PLAN: Plan = {
  read: 412,
  send: 400,
  sendSums: sum('311004.50'),
  skipped: 0,
  inDoubt: 0,
  held: 12,
  leftOut: 0,
  lookAlikes: 0,
  receipts: 0,
  heldItems: [97, 194, 291].map(item),
  accounts: [],
};

function rows(): SampleRow[] {
  const all: SampleRow[] = Array.from({ length: 7 }, (_, at) => ({
    kind: 'record',
    file: 'utlegg-november.csv',
    line: at + 2,
    id: String(2_141_820 + at),
    date: `2026-11-0${at + 1}`,
    payee: `PM-000${at + 1}`,
    category: CATEGORIES[at % CATEGORIES.length] ?? '',
    text: `L-0000${at + 1}`,
    amount: { currency: 'NOK', amount: `${122 * (at + 1)}.62` },
    written: {
      id: String(2_141_820 + at),
      date: `0${at + 1}/11/2026`,
      amount: `${122 * (at + 1)},62`,
      currency: '',
    },
  }));
  const reason = {
    kind: 'held',
    code: 'date_invalid',
    params: { found: '31/11/2026', expected: '%d/%m/%Y' },
  } as const;
  return [
    ...all,
    {
      kind: 'flaw',
      file: 'utlegg-november.csv',
      line: 9,
      glimpse: '2141827;2026-11;PM-0003;Porto;L-00004;31/11/2026;80,00',
      reason,
    },
  ];
}

/** A decimal point contradicts the made-up file. */
function preview(source: SourceForm): SourcePreview {
  const shown = rows();
  const flaws = shown.filter((row) => row.kind === 'flaw');
  const stop = problem('source_amounts_contradict', {
    path: 'utlegg-november.csv',
    line: '2',
    found: '122,62',
    mark: '.',
    agrees: '–',
  });
  const contradicts = source.kind === 'files' && source.decimalSeparator === '.';
  return {
    rows: shown,
    stops: contradicts ? [stop] : [],
    findings: [
      ...flaws.map(({ file, line, glimpse, reason }) => ({
        kind: 'held' as const,
        file,
        line,
        glimpse,
        reason,
      })),
      {
        kind: 'remark',
        file: 'utlegg-november.csv',
        line: 2,
        remark: 'order_unproven',
        column: 'Dato',
        text: '01/11/2026',
      },
    ],
    findingsLeftOut: 0,
    records: 412,
    held: 1,
    leftOut: 0,
  };
}

const SETTINGS: Settings = {
  path: '/home/kari/.local/share/postonce',
  practice: false,
  organisation: { id: 'ovingslaget', name: 'Øvingslaget', currency: 'NOK', timeZone: computerZone() },
  accounting: { kind: 'open', fields: { url: 'https://regnskap.example.no/v1' } },
  source: GUESS.source,
  posting: {
    payableAccount: '2930',
    defaultAccount: '',
    categories: CATEGORIES.slice(0, 3).map((category, at) => ({
      category,
      account: String(7140 - 120 * at),
    })),
  },
  schedule: { cron: '0 2 * * *', catchUp: true },
  waitForLockSeconds: 0,
  secondApproval: false,
  nextRuns: nights(),
  kinds: KINDS,
};

function nights(): string[] {
  return [1, 2, 3].map((days) => {
    const night = new Date();
    night.setDate(night.getDate() + days);
    night.setHours(2, 0, 0, 0);
    return night.toISOString();
  });
}

const problem = (code: Problem['code'], params: Record<string, string>): Problem => ({ code, params });

/** A first start and the settings, with what they keep. */
export class MockSetup {
  #settings = structuredClone(SETTINGS);
  /** The sides of which a secret was typed; the secrets themselves stop here. */
  readonly held = new Set<SecretSide>();
  /** The wishes that were saved. */
  readonly saved: SettingsWish[] = [];
  /** `true` once a workspace was made or opened. */
  made = false;
  /** The workspace in use. */
  path = SETTINGS.path;

  constructor(
    readonly scenario: string,
    readonly runs: () => boolean,
  ) {}

  readonly answers = {
    beginSetup: () => ({
      folder: '/home/kari/.local/share/postonce',
      organisation: { id: '', name: '', currency: 'NOK', timeZone: 'Europe/Oslo' },
      kinds: KINDS,
      recent: [{ path: '/home/kari/hlf', name: 'HLF', practice: false }],
    }),
    holdSecret: (side, value) => {
      if (value === '') this.held.delete(side);
      else this.held.add(side);
      return null;
    },
    testConnection: (base, accounting) => this.#connection(base, accounting),
    checkSetup: (form) => this.#connection('current', form.accounting),
    guessSource: (_base, path, sheet) => this.#guess(path, sheet),
    sampleSource: (_base, source) => preview(source),
    surveySource: () => SURVEY,
    rehearse: () => PLAN,
    openWorkspace: (path) => {
      this.#open();
      this.path = path;
      return null;
    },
    finishSetup: () => this.#open(),
    makePracticeWorkspace: () => this.#open(),
    chooseFile: () => '/home/kari/Nedlastinger/utlegg-november.csv',
    chooseFolder: () => '/home/kari/hlf',
    postingRules: () => RULES,
    settings: () => ({ ...this.#settings, path: this.path, practice: this.scenario === 'practice' }),
    saveSettings: (wish) => this.#save(wish),
    nextTimes: (schedule) => this.#next(schedule.cron),
  } satisfies Partial<Answers>;

  #connection(base: Base, { fields }: AccountingForm): Tested {
    const url = fields['url'] ?? '';
    if (!/^https?:/.test(url))
      throw problem('workspace_value_invalid', {
        key: 'accounting.url',
        found: url,
        allowed: 'https://…, http://127.0.0.1:…',
        line: '41',
        path: '',
      });
    if (this.scenario === 'down')
      throw problem('accounting_unreachable', { url, detail: 'connection refused' });
    if (base === 'fresh' && !this.held.has('accounting'))
      throw problem('secret_missing', {
        name: 'accounting-token',
        variable: 'POSTONCE_SECRET_ACCOUNTING_TOKEN',
      });
    const account = problem('setup_account_missing', { url, account: '7777' });
    return {
      connection: {
        address: url,
        organisationId: 'bodo',
        organisationName: 'Øvingslaget i Bodø',
        userId: 'u-kari',
        userName: 'Kari Nordmann',
        protection: 'enforced',
        waitsAfterOthersSeconds: 0,
        keepsReferences: true,
      },
      missing: this.scenario === 'much' ? [account] : [],
      prefixInUse: this.scenario === 'asked' ? 'hlf' : null,
    };
  }

  #guess(path: string, sheet: string | null): SourceGuess {
    if (path.endsWith('.pdf')) throw problem('source_not_csv', { path, found: 'PDF' });
    if (path.endsWith('.xlsx')) {
      const source = { ...WORKBOOK.source, path, sheet: sheet ?? 'Mars' } as SourceForm;
      return { ...WORKBOOK, source };
    }
    if (path.includes('nothing')) throw problem('source_file_missing', { path });
    return { ...GUESS, source: { ...GUESS.source, path } as SourceGuess['source'] };
  }

  #open(): null {
    if (this.runs()) throw problem('run_is_on', {});
    this.made = true;
    return null;
  }

  #next(cron: string): string[] {
    if (cron.split(/\s+/).length === 5) return nights();
    throw problem('workspace_value_invalid', {
      key: 'schedule.cron',
      found: cron,
      allowed: 'minute hour day month weekday ("0 2 * * *")',
    });
  }

  #save(wish: SettingsWish): Settings {
    if (this.runs()) throw problem('run_is_on', {});
    this.saved.push(wish);
    const now = this.#settings;
    switch (wish.part) {
      case 'organisation': {
        const { name, currency, timeZone } = wish;
        const organisation = { ...now.organisation, name, currency, timeZone };
        return (this.#settings = { ...now, organisation });
      }
      case 'accounting':
        return (this.#settings = { ...now, accounting: wish.accounting });
      case 'source':
        return (this.#settings = { ...now, source: wish.source });
      case 'posting':
        return (this.#settings = { ...now, posting: wish.posting });
      case 'schedule':
        return (this.#settings = {
          ...now,
          schedule: wish.schedule,
          nextRuns: wish.schedule ? nights() : [],
        });
      case 'waiting':
        return (this.#settings = { ...now, waitForLockSeconds: wish.seconds });
      case 'approval':
        return (this.#settings = { ...now, secondApproval: wish.second });
    }
  }
}

/** Emits the event of a file that was dropped on the window. */
export const drop = (path: string): Promise<void> => emit('file-dropped', path);
