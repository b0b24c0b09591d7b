/**
 * Answers for the trail, the ledger and the desktop in the mock: enough to fill each screen, and to fail where it
 * should.
 */
import { emit } from '@tauri-apps/api/event';
import type {
  Act,
  AuditEntryFull,
  AuditFilter,
  AuditVerdict,
  Comparison,
  Difference,
  LedgerFacts,
  Preferences,
  Problem,
  Rebuilt,
} from '../bindings';
import type { Answers } from '../calls';
import { ago } from './data';

const ENTRIES = 137;
const STEP_MS = 120;
const STEPS = 8;
const DIFFERENCES = 3;
const RUN_ID = '0199a3c2-7b41-7c10-9f02-5d1be2c07a11';
const ACTS: Act[] = [
  'sync_ended',
  'sync_started',
  'compared',
  'settings_changed',
  'accepted',
  'alarm_raised',
  're_export_settled',
  're_export_claimed',
  're_export_approved',
  're_export_requested',
  'resolved',
  'lock_broken',
  'verified',
  'backup_made',
  'backup_restored',
  'forgotten',
];

/** The acts about a record, and below the acts that have a reason. */
const OF_RECORD: Act[] = [
  'accepted',
  'alarm_raised',
  're_export_settled',
  're_export_claimed',
  're_export_approved',
  're_export_requested',
  'resolved',
];
const WITH_REASON: Act[] = ['accepted', 're_export_requested', 'resolved', 'lock_broken'];

function entry(number: number): AuditEntryFull {
  const act = ACTS[(ENTRIES - number) % ACTS.length] ?? 'verified';
  const ofRecord = OF_RECORD.includes(act);
  const ofRun = act.startsWith('sync') || act === 'settings_changed' || act.startsWith('re_export_s');
  const facts: Partial<Record<Act, [string, string][]>> = {
    sync_started: [
      ['trigger', number % 3 === 0 ? 'scheduled' : 'manual'],
      ['protection', 'enforced'],
      ['fence', '12'],
    ],
    sync_ended: [
      ['outcome', number % 5 === 0 ? 'stopped' : 'completed'],
      ['counts.posted', '412'],
      ['counts.skipped', '13388'],
    ],
    backup_made: [['file', 'ledger-asked-20261102T081403Z.sqlite']],
    verified: [['entries', String(number - 1)]],
  };
  return {
    entry: number,
    at: ago((ENTRIES - number) * 53),
    user: number % 5 === 0 ? 'ola' : 'kari',
    host: number % 4 === 0 ? 'HLF-PC-07' : 'HLF-PC-12',
    accountingUser: number % 4 === 0 ? 'u-ola' : 'u-kari',
    act,
    recordId: ofRecord ? `PM-2026-00${400 + (number % 90)}` : null,
    generation: ofRecord ? 2 : null,
    runId: ofRun ? RUN_ID : null,
    voucherId: ofRecord && act !== 're_export_requested' ? `v-${10400 + number}` : null,
    earlierVoucherId: act.startsWith('re_export') ? `v-${10300 + number}` : null,
    reason: WITH_REASON.includes(act) ? 'The voucher was deleted in the accounting system by mistake.' : null,
    changes:
      act === 'settings_changed'
        ? [
            { name: 'posting.categories.Reise', before: '7140', after: '7150' },
            { name: 'schedule.cron', before: null, after: '0 2 * * *' },
          ]
        : [],
    facts: (facts[act] ?? []).map(([name, value]) => ({ name, value })),
  };
}

const VERDICT: AuditVerdict = {
  trail: 'whole',
  entries: ENTRIES,
  head: 'f63d6fbb752d29e089d8f4473c87c4ef03389bc48f8af0857f4f04ed4671d153',
  findings: [],
  findingsLeftOut: 0,
  seals: 21,
  signedSeals: 21,
  vouchedUpTo: 137,
  rowsChecked: 41_287,
  rowsOpen: 0,
  rowsCoveredFrom: 1,
  hasKey: true,
  witness: 'matches',
  witnessHistory: 'kept',
  machineMemory: 'kept',
  otherLedgers: 0,
};

export class MockDesktop {
  #preferences: Preferences = { autostart: false, keepInTray: false, notifications: true, hasTray: true };
  #ledger: LedgerFacts = {
    path: '/home/kari/.local/share/postonce/ledger.sqlite',
    kib: 48_312,
    lastBackupAt: ago(60 * 26),
  };
  #stop: (() => void) | null = null;

  constructor(readonly scenario: string) {}

  readonly answers = {
    audit: (filter, before, limit) => this.#audit(filter, before, limit),
    auditActors: () => (this.scenario === 'first' ? [] : ['kari', 'ola']),
    verifyAudit: () => this.#verify(),
    exportAudit: () => ({ id: 2, name: 'revisjonsspor-2026-11-23.csv', folder: '/home/kari/Dokumenter' }),
    ledger: () => this.#ledger,
    backUp: () => (this.#ledger = { ...this.#ledger, lastBackupAt: ago(0) }),
    dueToBeForgotten: () => 412,
    forget: () => ({ records: 412, copies: 3, left: [] }),
    testNotices: () =>
      this.scenario === 'first' ? null : [{ outlet: 'notify.email', detail: 'connection refused' }],
    compare: () => this.#compare(),
    stopCompare: () => {
      this.#stop?.();
      return this.#stop !== null;
    },
    differences: (_comparisonId, after) => (after > 0 ? [] : differences()),
    exportComparison: () => ({ id: 3, name: 'avstemming-2026-11-23.pdf', folder: '/home/kari/Dokumenter' }),
    rebuild: (confirm, reason) => rebuild(confirm, reason),
    setZoom: () => null,
    sourceRemarks: () => [],
    witnessHistory: () => 'kept',
    preferences: () => this.#preferences,
    setPreferences: (wanted) => this.#choose(wanted),
    setLanguage: () => null,
    setAppearance: () => null,
    askToQuit: () => undefined,
    stopAndQuit: () => undefined,
    about: () => ({
      version: '0.1.0',
      system: 'linux x86_64',
      logFolder: '/home/kari/.local/share/org.postonce.desktop/logs',
    }),
    openLogFolder: () => null,
  } satisfies Partial<Answers>;

  #audit(filter: AuditFilter, before: number | null, limit: number): AuditEntryFull[] {
    if (this.scenario === 'first') return [];
    const found: AuditEntryFull[] = [];
    for (let number = (before ?? ENTRIES + 1) - 1; number > 0 && found.length < limit; number -= 1) {
      const each = entry(number);
      const text = filter.text?.toLowerCase();
      const fits =
        (!filter.act || each.act === filter.act) &&
        (!filter.actor || each.user === filter.actor) &&
        (!filter.from || each.at.slice(0, 10) >= filter.from) &&
        (!filter.to || each.at.slice(0, 10) <= filter.to) &&
        (!text || JSON.stringify(each).toLowerCase().includes(text));
      if (fits) found.push(each);
    }
    return found;
  }

  async #verify(): Promise<AuditVerdict> {
    await pause(STEP_MS);
    if (this.scenario === 'running') throw heldHere();
    if (this.scenario === 'first')
      return {
        ...VERDICT,
        entries: 0,
        seals: 0,
        signedSeals: 0,
        vouchedUpTo: 0,
        rowsChecked: 0,
        rowsCoveredFrom: null,
      };
    if (this.scenario === 'down') return { ...VERDICT, witness: 'unreachable' };
    if (this.scenario !== 'tampered') return VERDICT;
    const by = { user: 'ola', host: 'HLF-PC-07', act: 'resolved' };
    return {
      ...VERDICT,
      trail: 'changed',
      vouchedUpTo: 40,
      witness: 'ahead',
      findings: [
        { kind: 'content_changed', entry: 41, at: ago(900), detail: by },
        { kind: 'entries_missing', entry: 58, at: ago(800), detail: { last: '61' } },
        {
          kind: 'witness_ahead',
          entry: 138,
          at: null,
          detail: { last: '144', user: 'kari', host: 'HLF-PC-12' },
        },
      ],
    };
  }

  async #compare(): Promise<Comparison | null> {
    if (this.scenario === 'down') throw unreachable();
    let stopped = false;
    this.#stop = () => (stopped = true);
    for (let step = 0; step < STEPS && !stopped; step += 1) {
      const phase = step < STEPS / 2 ? 'ledger' : 'accounting';
      const processed = (step % (STEPS / 2)) * 3_450;
      await emit('compare-progress', { phase, processed, total: phase === 'ledger' ? 13_800 : null });
      await pause(STEP_MS);
    }
    this.#stop = null;
    if (stopped) return null;
    const found = this.scenario === 'differs' ? DIFFERENCES : 0;
    return {
      comparisonId: 7,
      period: { from: null, to: null },
      finishedAt: ago(0),
      ledgerVouchers: 13_800,
      accountingVouchers: 13_800 - found,
      matched: 13_800 - found,
      waiting: 0,
      reversed: 4,
      differences: found,
      sums: [
        { currency: 'NOK', ledger: '19406724.57', accounting: found ? '19405488.57' : '19406724.57' },
        { currency: 'EUR', ledger: '1204.00', accounting: '1204.00' },
      ],
      unseen: found ? ['account', 'payee'] : [],
      equal: found === 0,
    };
  }

  #choose(wanted: Preferences): Preferences {
    if (this.scenario === 'down' && wanted.autostart) {
      const params = { what: 'autostart', detail: 'Permission denied (os error 13)' };
      throw { code: 'desktop_refused', params } satisfies Problem;
    }
    return (this.#preferences = wanted);
  }
}

function differences(): Difference[] {
  const ours = (number: string) => ({
    voucherId: `v-${number}`,
    voucherNumber: number,
    date: '2026-10-12',
    currency: 'NOK',
    amount: '412.00',
    runId: RUN_ID,
  });
  const theirs = (number: string, amount: string) => ({
    reference: `PO-hlf-PM-2026-00417-1`,
    voucherId: `v-${number}`,
    number,
    date: '2026-10-12',
    amount: { currency: 'NOK', amount },
    createdAt: ago(4_000),
    state: 'posted' as const,
    reversedBy: null,
    reverses: null,
    differs: amount === '412.00' ? [] : (['amount'] as const).slice(),
  });
  const about = (recordId: string) => ({ recordId, reference: `PO-hlf-${recordId}-1`, drafts: [] });
  return [
    {
      ...about('PM-2026-00312'),
      position: 1,
      kind: 'missing_in_accounting',
      ours: ours('10312'),
      theirs: [],
    },
    {
      ...about('PM-2026-00417'),
      position: 2,
      kind: 'other_content',
      ours: ours('10417'),
      theirs: [theirs('10417', '421.00')],
    },
    {
      ...about('PM-2026-00418'),
      position: 3,
      kind: 'several',
      ours: ours('10418'),
      theirs: [theirs('10418', '412.00'), theirs('10733', '412.00')],
    },
  ];
}

async function rebuild(confirm: string, reason: string | null): Promise<Rebuilt> {
  await pause(STEP_MS * 3);
  if (confirm !== 'Øvingslaget') {
    const params = { expected: 'Øvingslaget', found: confirm };
    throw { code: 'confirmation_differs', params } satisfies Problem;
  }
  if (reason !== null && reason.trim().length < 10)
    throw { code: 'reason_too_short', params: { minimum: '10' } } satisfies Problem;
  return { records: 13_802, exported: 13_798, inDoubt: 2, withoutRecord: 1 };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

function heldHere(): Problem {
  return { code: 'lock_held_here', params: { path: '/home/kari/.local/share/postonce/export.lock' } };
}

function unreachable(): Problem {
  const params = { url: 'http://127.0.0.1:4010/v1', detail: 'connection refused' };
  return { code: 'accounting_unreachable', params };
}
