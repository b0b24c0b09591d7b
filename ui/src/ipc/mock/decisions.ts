/** Answers the decisions of a person in the mock. It refuses what the engine refuses. */
import { emit } from '@tauri-apps/api/event';
import type {
  Certificate,
  End,
  MissingReceipt,
  Problem,
  ReExport,
  ReExportAsked,
  ReExportPreview,
  ReExportWish,
  RecordStory,
  Run,
  RunItem,
  Verdict,
  Voucher,
} from '../bindings';
import type { Answers } from '../calls';
import { ATTENTION, voucher } from './attention';
import { ago, counts, item, progress, run } from './data';
import { NO_END } from './holder';

const RUN_ID = '0199a3c2-7b41-7c10-9f02-5d1be2c07b01';
const SENDING_MS = 400;
const REASON_LENGTH_MIN = 10;

/** Decisions of a person about records. */
export class MockDecisions {
  readonly runId = RUN_ID;
  /** The records that no longer wait for a person. */
  readonly settled = new Set<string>();
  /** The receipts that are missing on vouchers. */
  missing: MissingReceipt[] = [];
  #waiting: ReExport[];
  #sent = '';

  constructor(
    readonly scenario: string,
    readonly onrun: (ended: Run) => void,
  ) {
    this.#waiting = scenario === 'approval' || scenario === 'mine' ? [waiting(scenario === 'mine')] : [];
  }

  readonly answers = {
    certificate: () => certificate(),
    record: (recordId) => story(recordId),
    voucherPreview: (recordId) => ({ voucher: voucherOf(recordId), held: null }),
    waitingReExports: () => this.#waiting,
    reExportPreview: (recordId) => this.#preview(recordId),
    accept: (recordId, reason) => {
      this.#requireReason(reason);
      this.settled.add(recordId);
      return null;
    },
    confirm: (topic, reason) => {
      this.#requireReason(reason);
      this.settled.add(topic);
      return null;
    },
    confirmRecord: (recordId, reason) => {
      this.#requireReason(reason);
      this.settled.add(recordId);
      return null;
    },
    setAside: (recordIds, reason) => {
      this.#requireReason(reason);
      recordIds.forEach((recordId) => this.settled.add(recordId));
      return null;
    },
    missingReceipts: () => this.missing.filter(({ recordId }) => !this.settled.has(recordId)),
    setReceiptsAside: (recordId, reason) => {
      this.#requireReason(reason);
      this.settled.add(recordId);
      return this.missing.filter((receipt) => receipt.recordId === recordId).map(({ name }) => name);
    },
    chooseOtherDay: (recordIds, _day, reason) => {
      this.#requireReason(reason);
      recordIds.forEach((recordId) => this.settled.add(recordId));
      return recordIds;
    },
    declineReExport: (_recordId, reason) => {
      this.#requireReason(reason);
      this.#waiting = [];
      return null;
    },
    resolve: (recordId, verdict, reason) => this.#resolve(recordId, verdict, reason),
    reExport: (wish) => this.#reExport(wish),
    approveReExport: (recordId) => {
      this.#waiting = [];
      this.#send(recordId);
      return { joined: false };
    },
  } satisfies Partial<Answers>;

  /** Returns the one row of the run of the re-export. */
  rows(): RunItem[] {
    const voucherId = 'v-11001';
    const reference = `PO-hlf-${this.#sent}-2`;
    const more = { generation: 2, reference, voucherId, voucherNumber: '11001', reason: null };
    return [{ ...item(3), ...more, recordId: this.#sent, result: 'posted', amount: amountOf(this.#sent) }];
  }

  #requireReason(reason: string): void {
    if (reason.trim().length >= REASON_LENGTH_MIN) return;
    throw { code: 'reason_too_short', params: { minimum: '10' } } satisfies Problem;
  }

  #resolve(id: string, verdict: Verdict, reason: string): End {
    this.#requireReason(reason);
    const evidence = ATTENTION.find((each) => each.recordId === id)?.evidence ?? [];
    const named = verdict.kind === 'posted' ? verdict.voucherId : null;
    const holds = named ? evidence.some((each) => each.voucherId === named) : evidence.length === 0;
    if (!holds) {
      const vouchers = evidence.map((each) => each.voucherId).join(', ');
      const params = { id, reference: evidence[0]?.reference ?? '–', vouchers };
      throw { code: 'resolution_contradicted', params } satisfies Problem;
    }
    this.settled.add(id);
    return NO_END;
  }

  #preview(recordId: string): ReExportPreview {
    const found = ATTENTION.find((each) => each.recordId === recordId);
    const sent = found?.changed?.exported?.amount ?? found?.sent?.amount ?? amountOf(recordId);
    const number = (found?.voucherId ?? 'v-10417').slice(2);
    const mine = voucher({
      voucherId: `v-${number}`,
      number,
      amount: sent,
      date: '2026-10-12',
      reference: `PO-hlf-${recordId}-1`,
    });
    return {
      recordId,
      earlier: {
        reference: `PO-hlf-${recordId}-1`,
        voucherId: `v-${number}`,
        voucherNumber: number,
        amount: sent,
        date: '2026-10-12',
        runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a11',
        user: 'kari',
        host: 'HLF-PC-12',
        settledAt: '2026-11-03T08:14:00Z',
        reversedBy: null,
      },
      present: found?.vanished?.evidence ?? [mine],
      reference: `PO-hlf-${recordId}-2`,
      amount: amountOf(recordId),
      date: '2026-10-12',
      needsApproval: this.scenario === 'approval' || this.scenario === 'mine',
      waiting: this.#waiting.find((each) => each.recordId === recordId) ?? null,
    };
  }

  #reExport(wish: ReExportWish): ReExportAsked {
    this.#requireReason(wish.reason);
    if (wish.confirm !== wish.recordId) {
      const params = { expected: wish.recordId, found: wish.confirm };
      throw { code: 'confirmation_differs', params } satisfies Problem;
    }
    if (this.scenario === 'approval' || this.scenario === 'mine') {
      const asked = { ...waiting(true), recordId: wish.recordId, reason: wish.reason, reverse: wish.reverse };
      this.#waiting = [...this.#waiting, asked];
      return { kind: 'waits', reExport: asked };
    }
    this.#send(wish.recordId);
    return { kind: 'runs', joined: false };
  }

  #send(recordId: string): void {
    this.#sent = recordId;
    void emit('run-progress', progress({ runId: RUN_ID, phase: 'sending', total: 1 }));
    setTimeout(() => {
      this.settled.add(recordId);
      const ended = run({
        runId: RUN_ID,
        startedAt: ago(0.1),
        trigger: 're-export',
        counts: counts({ read: 1, posted: 1 }),
        posted: [amountOf(recordId)],
      });
      this.onrun(ended);
      void emit('run-ended', { ...NO_END, run: ended });
    }, SENDING_MS);
  }
}

function amountOf(recordId: string) {
  const found = ATTENTION.find((each) => each.recordId === recordId);
  return found?.amount ?? { currency: 'NOK', amount: '412.00' };
}

function waiting(mine: boolean): ReExport {
  return {
    recordId: 'PM-2026-00417',
    reason: 'The amount was corrected after a phone call with the payee.',
    reverse: true,
    user: mine ? 'kari' : 'ola',
    host: mine ? 'HLF-PC-12' : 'HLF-PC-07',
    accountingUser: mine ? 'u-kari' : 'u-ola',
    sameUser: mine,
    requestedAt: ago(30),
    needsApproval: true,
    approvedBy: null,
  };
}

function certificate(): Certificate {
  return {
    finishedAt: ago(94),
    vouchers: 412,
    matched: 412,
    waiting: 0,
    differences: 0,
    sums: [{ currency: 'NOK', ledger: '318204.50', accounting: '318204.50' }],
    unseen: [],
    equal: true,
  };
}

/** Returns a claim of two expenses, one of them with VAT and a grant. */
function voucherOf(recordId: string): Voucher {
  const { currency, amount } = amountOf(recordId);
  const half = (Number(amount) / 2).toFixed(2);
  const rest = (Number(amount) - Number(half)).toFixed(2);
  const line = { debit: null, credit: null, text: null, party: null, vatCode: null, ownAmount: null };
  const department = { name: 'department', value: 'Tromsø' };
  return {
    date: '2026-10-12',
    text: 'Samtale, Tromsø sykehus',
    currency,
    ownCurrency: null,
    rate: null,
    lines: [
      { ...line, account: '7140', debit: half, vatCode: '13', dimensions: [department] },
      {
        ...line,
        account: '7150',
        debit: rest,
        text: 'Diett',
        dimensions: [department, { name: 'grant', value: 'Helse' }],
      },
      { ...line, account: '2910', credit: amount, party: 'PM-0007', dimensions: [] },
    ],
  };
}

function story(recordId: string): RecordStory {
  const runId = '0199a3c2-7b41-7c10-9f02-5d1be2c07a11';
  return {
    recordId,
    state: 'posted',
    payeeId: 'PM-0007',
    payee: 'Ingrid Solberg',
    date: '2026-10-12',
    amount: amountOf(recordId),
    category: 'Reise',
    text: 'Samtale, Tromsø sykehus',
    place: { file: 'reimbursements-2026.csv', line: 417 },
    firstSeenAt: ago(60 * 24 * 9),
    changedAt: [],
    held: null,
    attempts: [
      {
        generation: 1,
        state: 'posted',
        reference: `PO-hlf-${recordId}-1`,
        runId,
        trigger: 'manual',
        user: 'kari',
        host: 'HLF-PC-12',
        claimedAt: ago(95),
        sentAt: ago(95),
        settledAt: ago(95),
        settledBy: runId,
        settledUser: 'kari',
        made: null,
        found: false,
        voucherId: 'v-10417',
        voucherNumber: '10417',
        reason: null,
        evidence: [],
        receipts: [],
      },
    ],
    isClaimed: true,
    voucher: voucherOf(recordId),
    changed: null,
    vanished: null,
    accepted: [],
    lookAlikes: { count: 1, first: [{ recordId: 'PM-2026-00416', state: 'posted' }] },
    audit: [
      {
        entry: 41,
        at: ago(60),
        user: 'kari',
        host: 'HLF-PC-12',
        act: 'alarm_raised',
        runId,
        voucherId: 'v-10417',
        earlierVoucherId: null,
        reason: null,
      },
      {
        entry: 42,
        at: ago(30),
        user: 'kari',
        host: 'HLF-PC-12',
        act: 'accepted',
        runId: null,
        voucherId: 'v-10417',
        earlierVoucherId: null,
        reason: 'Corrected by hand in the accounting system.',
      },
    ],
  };
}
