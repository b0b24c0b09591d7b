/**
 * Turns the story of a record into one line of time: the claims of the ledger, and the acts of persons in the audit
 * trail.
 */
import * as m from '$messages';
import type { Act, Attempt, AuditEntry, ReceiptState, RecordStory, VoucherMade } from '$ipc';
import { acts } from '$shared/state/acts';
import { number } from '$shared/basics/format';
import type { Mark, Tone } from '$shared/basics/mark';
import { recordStates } from '$shared/record/states';
import { reversalsOf } from '$shared/record/reversals';
import { problemSentence, reasonSentence } from '$shared/notices/problem';

export type Event = {
  /** Unique among the events of a record. */
  key: string;
  at: string;
  title: string;
  mark: Mark;
  tone: Tone;
  /** The person and their machine. */
  by: string | null;
  /** The reason, in the words of a person or of the accounting system. */
  reason: string | null;
  voucher: { id: string; number: string | null } | null;
  reference: string | null;
  runId: string | null;
};

/** The claims already show these acts, or every record of a run has them. */
const SHOWN_ELSEWHERE: readonly Act[] = [
  're_export_claimed',
  're_export_settled',
  'sync_started',
  'sync_ended',
];

/** The newest event comes first. */
export function timeline(story: RecordStory): Event[] {
  const seen = event('seen', story.firstSeenAt, m.event_seen(), 'ring', 'quiet', {
    reason: m.place({ file: story.place.file, line: String(story.place.line) }),
  });
  const changes = story.changedAt.map((at, index) =>
    event(`changed-${index}`, at, m.event_changed(), 'triangle', 'warn', {}),
  );
  const audit = story.audit.filter((entry) => !SHOWN_ELSEWHERE.includes(entry.act)).map(ofEntry);
  const all = [seen, ...changes, ...story.attempts.flatMap(ofAttempt), ...audit];
  // Of two events at the same instant, the one written later comes first.
  return all
    .map((each, place) => ({ each, place }))
    .sort((a, b) => b.each.at.localeCompare(a.each.at) || b.place - a.place)
    .map(({ each }) => each);
}

/** Returns the story with the answers to its reversals, each once. Where they cannot be read, it says no more. */
export async function withReversals(story: RecordStory): Promise<RecordStory> {
  const vouchers = story.audit.flatMap(({ act, earlierVoucherId }) =>
    act === 'reversal_claimed' && earlierVoucherId ? [earlierVoucherId] : [],
  );
  const settled = await reversalsOf(vouchers).catch(() => []);
  const known = new Set(story.audit.map(({ entry }) => entry));
  const more = settled.filter(({ entry }) => !known.has(entry));
  return { ...story, audit: [...story.audit, ...more].sort((a, b) => a.entry - b.entry) };
}

function event(
  key: string,
  at: string,
  title: string,
  mark: Mark,
  tone: Tone,
  more: Partial<Omit<Event, 'key' | 'at' | 'title' | 'mark' | 'tone'>>,
): Event {
  const nothing = { by: null, reason: null, voucher: null, reference: null, runId: null };
  return { key, at, title, mark, tone, ...nothing, ...more };
}

const receiptStates: Record<ReceiptState, () => string> = {
  planned: m.receipt_state_planned,
  sent: m.receipt_state_sent,
  attached: m.receipt_state_attached,
  failed: m.receipt_state_failed,
  set_aside: m.receipt_state_set_aside,
};

/** Returns the receipts of a voucher, each with what became of it. */
export function receiptsOf(attempt: Attempt): string[] {
  return attempt.receipts.map(({ name, state, problem, reason }) => {
    const because = problem ? problemSentence(problem) : reason;
    return `${name || m.story_receipt()}: ${receiptStates[state]()}${because ? ` – ${because}` : ''}`;
  });
}

/** A request that follows its claim by less is the first one. */
const SENT_AGAIN_MS = 1_000;

function ofAttempt(attempt: Attempt, place: number): Event[] {
  if (attempt.made && attempt.state === 'posted') return madeElsewhere(attempt, attempt.made, place);
  const { reference, runId } = attempt;
  const by = m.event_by({ user: attempt.user, host: attempt.host });
  const claimed =
    attempt.generation === 1 ? m.event_claimed() : m.event_claimed_again({ n: number(attempt.generation) });
  const events = [
    event(`claimed-${place}`, attempt.claimedAt, claimed, 'half', 'accent', { by, reference, runId }),
  ];
  const later = Date.parse(attempt.sentAt) - Date.parse(attempt.claimedAt);
  // A voucher that the same run found had been looked up, however long that took.
  const isFoundFirst = attempt.found && attempt.settledBy === attempt.runId;
  if (later >= SENT_AGAIN_MS && !isFoundFirst)
    events.push(event(`sent-${place}`, attempt.sentAt, m.event_sent_again(), 'half', 'accent', { runId }));
  const settled = settledBy(attempt, place);
  return settled ? [...events, settled] : events;
}

/** Returns the booking of a voucher that stood in the books already, and the run that found it there. */
function madeElsewhere(attempt: Attempt, made: VoucherMade, place: number): Event[] {
  const { reference, runId } = attempt;
  const voucher = attempt.voucherId ? { id: attempt.voucherId, number: attempt.voucherNumber } : null;
  const { mark, tone } = recordStates.posted;
  const by = made.by === null ? null : m.event_by_person({ name: made.by });
  const finder = m.event_by({ user: attempt.user, host: attempt.host });
  const foundAt = attempt.settledAt ?? attempt.claimedAt;
  return [
    event(`made-${place}`, made.at, m.event_booked_elsewhere(), mark, tone, { voucher, by }),
    event(`found-${place}`, foundAt, m.event_found(), mark, tone, { by: finder, reference, runId }),
  ];
}

/** Returns how a claim was answered; `null` while it is on its way. */
function settledBy(attempt: Attempt, place: number): Event | null {
  const key = `settled-${place}`;
  const at = attempt.settledAt ?? attempt.sentAt;
  const reason = attempt.reason && reasonSentence(attempt.reason);
  const runId = attempt.settledBy ?? attempt.runId;
  const by = attempt.settledBy && attempt.settledBy !== attempt.runId ? attempt.settledUser : null;
  const of = (title: string, state: keyof typeof recordStates, more: object = {}) =>
    event(key, at, title, recordStates[state].mark, recordStates[state].tone, { reason, runId, by, ...more });
  switch (attempt.state) {
    case 'posted': {
      const voucher = attempt.voucherId ? { id: attempt.voucherId, number: attempt.voucherNumber } : null;
      return of(attempt.found ? m.event_found() : m.event_acknowledged(), 'posted', { voucher });
    }
    case 'handed_over':
      return of(m.state_handed_over(), 'handed_over');
    case 'withdrawn':
      return of(m.act_file_withdrawn(), 'eligible');
    case 'refused':
      return of(m.event_refused(), 'refused');
    case 'not_sent':
      return of(m.event_not_sent(), 'eligible');
    case 'unknown':
      return of(m.event_unknown(), 'in_doubt');
    case 'claimed':
    case 'staged':
      return null;
  }
}

const actMarks: Partial<Record<Act, [Mark, Tone]>> = {
  alarm_raised: ['alert', 'bad'],
  reversal_settled: ['skip', 'warn'],
  resolved: ['check', 'good'],
  accepted: ['check', 'good'],
  re_export_withdrawn: ['cross', 'quiet'],
};

/** Says what the answer to a reversal was: a counter-voucher, or none. */
function titleOf({ act, voucherId }: AuditEntry): string {
  if (act !== 'reversal_settled') return acts[act]();
  return voucherId ? m.event_reversed() : m.event_not_reversed();
}

function ofEntry(entry: AuditEntry): Event {
  const [mark, tone] = actMarks[entry.act] ?? ['dot', 'quiet'];
  const voucher = entry.voucherId ? { id: entry.voucherId, number: null } : null;
  return event(`audit-${entry.entry}`, entry.at, titleOf(entry), mark, tone, {
    by: m.event_by({ user: entry.user, host: entry.host }),
    reason: entry.reason,
    voucher,
    runId: entry.runId,
  });
}
