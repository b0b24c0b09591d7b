/** Holds the scenarios for the pictures: a lot of everything, the ends of runs, failures, requests from outside. */
import type { Problem, RecordCounts, Run, RunEnded, Wanted } from '../bindings';
import type { CommandName } from '../calls';
import { ago, counts, run, RUNS } from './data';
import { NO_END } from './holder';

export type StageScenario =
  'practice' | 'clear' | 'much' | 'done' | 'stopped' | 'failed' | 'unread' | 'quit' | 'other';

const MANY_RUNS = 60;
const LONG_NAME = 'Hørselshemmedes Landsforbund, Trøndelag fylkeslag med Nord-Trøndelag og Sør-Trøndelag';

/** The commands that fail while the ledger is busy; the overview is read before that. */
const LISTS: readonly CommandName[] = [
  'runs',
  'records',
  'attention',
  'audit',
  'settings',
  'ledger',
  'record',
];

export function refusalOf(scenario: string, command: CommandName): Problem | null {
  if (scenario !== 'unread' || !LISTS.includes(command)) return null;
  return {
    code: 'ledger_unreadable',
    params: { path: '/home/kari/hlf/ledger.sqlite', detail: 'Permission denied (os error 13)' },
  };
}

export function organisationOf(scenario: string): string {
  return scenario === 'much' ? LONG_NAME : 'Øvingslaget';
}

export function runsOf(scenario: string): Run[] {
  if (scenario === 'first') return [];
  if (scenario === 'much') return many();
  if (scenario === 'clear') return RUNS.slice(1);
  return RUNS;
}

/** Returns more runs than fit on a page, with two currencies, and a hundred thousand records in the newest. */
function many(): Run[] {
  const [newest] = RUNS;
  const posted = [
    { currency: 'NOK', amount: '112318204.50' },
    { currency: 'EUR', amount: '48204.00' },
  ];
  return Array.from({ length: MANY_RUNS }, (_, place) =>
    run({
      runId: place === 0 && newest ? newest.runId : `0199a3c2-7b41-7c10-9f02-5d1be2c1${1000 + place}`,
      startedAt: ago(95 + place * 60 * 24),
      trigger: place % 3 === 1 ? 'scheduled' : place % 7 === 2 ? 're-export' : 'manual',
      user: place % 4 === 3 ? 'ingrid-johanne.solberg-nilsen' : 'kari',
      counts:
        place === 0
          ? counts({ read: 100_000, posted: 33_000, skipped: 65_900, held: 1_030, refused: 61, inDoubt: 9 })
          : counts({ read: 1_204, posted: (place * 37) % 412, skipped: 780, held: place % 4 }),
      posted: place === 0 ? posted : posted.slice(0, 1),
      finishedAt: place === 0 ? ago(36) : ago(94 + place * 60 * 24),
    }),
  );
}

export function countsOf(scenario: string): RecordCounts | null {
  const none = {
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
  if (scenario === 'first') return none;
  if (scenario === 'clear') return { ...none, posted: 13_800 };
  if (scenario === 'much')
    return {
      ...none,
      posted: 1_213_800,
      eligible: 12_037,
      inDoubt: 9,
      refused: 61,
      held: 1_030,
      changed: 12,
      vanished: 3,
    };
  return null;
}

/** Returns the end of the last run of this window; `null` where there was none. */
export function endOf(scenario: string): RunEnded | null {
  const [newest, , stopped, failed] = RUNS;
  switch (scenario) {
    case 'done':
      return newest ? { ...NO_END, run: newest } : null;
    case 'stopped':
      return stopped ? { ...NO_END, run: stopped } : null;
    case 'failed':
      return failed ? { ...NO_END, run: failed } : null;
    default:
      return null;
  }
}

/** Returns what a second start or the menu asks for. */
export function wantedOf(scenario: string): Wanted | null {
  if (scenario === 'quit') return { kind: 'quit', on: 'sync' };
  if (scenario === 'other') return { kind: 'workspace', path: '/home/kari/Dokumenter/hlf-tromso' };
  return null;
}
