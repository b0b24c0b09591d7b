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
  SourceGuess,
  Survey,
  Tested,
} from '../bindings';
import type { Answers } from '../calls';
import { item } from './data';

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
    kind: 'csv',
    path: '/home/kari/Nedlastinger/utlegg-november.csv',
    encoding: 'windows-1252',
    delimiter: ';',
    decimalSeparator: ',',
    dateFormat: '%d/%m/%Y',
    columns: [
      { field: 'id', title: 'Bilagsnr' },
      { field: 'date', title: 'Dato' },
      { field: 'amount', title: 'Beløp' },
      { field: 'payee', title: 'Likeperson' },
      { field: 'category', title: 'Kategori' },
      { field: 'text', title: 'Leverandør' },
    ],
  },
  titles: ['Bilagsnr', 'Periode', 'Likeperson', 'Kategori', 'Leverandør', 'Dato', 'Beløp'],
  columns: [
    { field: 'id', confidence: 'sure' },
    { field: 'date', confidence: 'sure' },
    { field: 'amount', confidence: 'sure' },
    { field: 'payee', confidence: 'likely' },
    { field: 'category', confidence: 'sure' },
    { field: 'text', confidence: 'unsure' },
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
  heldItems: [97, 194, 291].map(item),
};

function rows(): SampleRow[] {
  const all: SampleRow[] = Array.from({ length: 7 }, (_, at) => ({
    kind: 'record',
    line: at + 2,
    id: String(2_141_820 + at),
    date: `2026-11-0${at + 1}`,
    payee: `PM-000${at + 1}`,
    category: CATEGORIES[at % CATEGORIES.length] ?? '',
    text: `L-0000${at + 1}`,
    amount: { currency: 'NOK', amount: `${122 * (at + 1)}.62` },
  }));
  const reason = {
    kind: 'held',
    code: 'date_invalid',
    params: { found: '31/11/2026', expected: '%d/%m/%Y' },
  } as const;
  return [
    ...all,
    { kind: 'flaw', line: 9, glimpse: '2141827;2026-11;PM-0003;Porto;L-00004;31/11/2026;80,00', reason },
  ];
}

const SETTINGS: Settings = {
  path: '/home/kari/.local/share/postonce',
  practice: false,
  organisation: { id: 'ovingslaget', name: 'Øvingslaget', currency: 'NOK', timeZone: 'Europe/Oslo' },
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
    guessSource: (_base, path) => this.#guess(path),
    sampleSource: () => rows(),
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
        organisationName: 'Øvingslaget i Bodø',
        userId: 'u-kari',
        userName: 'Kari Nordmann',
        protection: 'enforced',
        waitsAfterOthersSeconds: 0,
      },
      missing: this.scenario === 'much' ? [account] : [],
    };
  }

  #guess(path: string): SourceGuess {
    if (path.endsWith('.xlsx')) throw problem('source_not_csv', { path, found: 'Excel, ZIP' });
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
