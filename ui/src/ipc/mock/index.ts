/**
 * Plays the engine with made-up data behind the real bindings, for `npm run dev` in a browser and for the tests.
 * `?scenario=` chooses the data, any of {@link Scenario}; the hash chooses the screen as always.
 */
import { emit } from '@tauri-apps/api/event';
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import type { Connection, End, Lock, Overview, Plan, Problem, Progress, Run, Saved } from '../bindings';
import type { Answers, CommandName } from '../calls';
import { ATTENTION, LEFT, MANY, QUESTIONS } from './attention';
import { ago, counts, item, progress, run } from './data';
import { MockDecisions } from './decisions';
import { MockDesktop } from './desktop';
import { countItems, months, nextRun, records, recordsFound, runItems, runs } from './lists';
import { Holder, NO_END, type HolderScenario } from './holder';
import { MockMonths, PLAN_ACCOUNTS } from './months';
import { MockSetup } from './setup';
import { countsOf, endOf, organisationOf, refusalOf, runsOf, wantedOf, type StageScenario } from './stage';

export type Scenario =
  | HolderScenario
  | StageScenario
  | 'idle'
  | 'running'
  | 'down'
  | 'first'
  | 'missing'
  | 'broken'
  | 'approval'
  | 'asked'
  | 'mine'
  | 'tampered'
  | 'differs'
  | 'damaged'
  | 'secret';

const RUN_ID = '0199a3c2-7b41-7c10-9f02-5d1be2c07a12';
const TICK_MS = 150;
const TO_SEND = 1200;
const WAIT_TICKS = 20;
const DOWN: Problem = {
  code: 'accounting_unreachable',
  params: { url: 'http://127.0.0.1:4010/v1', detail: 'connection refused' },
};

let engine: MockEngine | null = null;

export async function install(scenario: Scenario = fromAddress()): Promise<MockSetup> {
  const made = (engine = new MockEngine(scenario));
  mockIPC((command, args) => made.answer(command, (args ?? {}) as Record<string, unknown>), {
    shouldMockEvents: true,
  });
  if (scenario === 'running') made.begin(430);
  if (scenario === 'waiting') made.wait(3_600);
  return made.setup;
}

/** Ends the run that is on, and removes the mock. */
export function uninstall(): void {
  engine?.close();
  engine = null;
  clearMocks();
}

function fromAddress(): Scenario {
  return (new URLSearchParams(location.search).get('scenario') as Scenario | null) ?? 'idle';
}

class MockEngine {
  #now: Progress | null = null;
  #runs: Run[];
  #waiting = 37;
  #closed = false;
  #kept = false;
  #ticking: ReturnType<typeof setInterval> | undefined;

  #decisions: MockDecisions;
  #holder: Holder;
  readonly setup: MockSetup;
  /** Every command of the bindings: one without an answer does not compile. */
  readonly #answers: Answers;

  constructor(readonly scenario: Scenario) {
    this.#holder = new Holder(scenario);
    this.setup = new MockSetup(scenario, () => this.#now !== null);
    this.#decisions = new MockDecisions(scenario, (ended) => {
      this.#runs = [ended, ...this.#runs];
    });
    this.#runs = runsOf(scenario);
    this.#answers = {
      ...this.setup.answers,
      ...this.#decisions.answers,
      ...new MockDesktop(scenario).answers,
      ...new MockMonths(scenario).answers,
      ...this.#ofRuns(),
      ...this.#ofRecords(),
    };
  }

  /**
   * Answers a call as it comes over the bridge: `run_items`, with its arguments by name in the order of the command.
   */
  answer(command: string, args: Record<string, unknown>): unknown {
    const name = command.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as CommandName;
    const answer = this.#answers[name] as ((...values: unknown[]) => unknown) | undefined;
    if (!answer) throw new Error(`the mock knows no ${command}`);
    const refusal = refusalOf(this.scenario, name);
    if (refusal) throw refusal;
    return answer(...Object.values(args));
  }

  #ofRuns() {
    return {
      overview: () => this.#overview(),
      connection: () => this.#connection(),
      plan: () => this.#plan(),
      startSync: (_period, waitSeconds) => {
        setTimeout(() => this.#start(waitSeconds), TICK_MS);
        return { joined: false };
      },
      stopSync: () => {
        if (this.#now) this.#now = { ...this.#now, stopping: true };
        return true;
      },
      currentProgress: () => this.#current(),
      lock: () => this.#holder.lock(),
      breakLock: (confirm, reason) => this.#holder.break(confirm, reason),
      keepSecrets: () => this.#keepSecrets(),
      wantedAtStart: () => wantedOf(this.scenario),
      systemLanguage: () => (navigator.language.startsWith('en') ? 'en' : 'nb'),
      nextRun: () => (this.scenario === 'first' ? null : nextRun()),
      exportedByMonth: (count) => (this.scenario === 'first' ? [] : months(count)),
    } satisfies Partial<Answers>;
  }

  #ofRecords() {
    return {
      runs: (query, limit, before) => runs(this.#runs, query, limit, before),
      run: (runId) => this.#run(runId),
      runItems: (runId, filter, text, skip, limit) =>
        runId === this.#decisions.runId ? this.#decisions.rows() : runItems(filter, text, skip, limit),
      countItems: (runId, filter, text) => (runId === this.#decisions.runId ? 1 : countItems(filter, text)),
      records: (query, after, limit) => (this.scenario === 'first' ? [] : records(query, after, limit)),
      recordsFound: (query) => (this.scenario === 'first' ? { records: 0, sums: [] } : recordsFound(query)),
      exportRun: (_runId, format) => savedAs(format),
      exportCertificate: (_runId, format) => savedAs(format),
      openSaved: () => null,
      showSaved: () => null,
      sendSaved: () => null,
      printPage: () => null,
      attention: (offset) => this.#attention().slice(offset),
      questions: () => this.#questions(),
      openVoucher: () => null,
    } satisfies Partial<Answers>;
  }

  #connection(): Connection {
    if (this.scenario === 'down') throw DOWN;
    return {
      address: 'http://127.0.0.1:4010/v1',
      organisationId: 'ovingslaget',
      organisationName: 'Øvingslaget',
      userId: 'u-kari',
      userName: 'Kari Nordmann',
      protection: 'enforced',
      waitsAfterOthersSeconds: 0,
      keepsReferences: true,
    };
  }

  #plan(): Plan {
    if (this.scenario === 'down') throw DOWN;
    return {
      read: 1204,
      send: this.#waiting,
      sendSums: [{ currency: 'NOK', amount: '28411.75' }],
      skipped: 1155,
      inDoubt: 1,
      held: 11,
      leftOut: 0,
      lookAlikes: 0,
      heldItems: [97, 194, 291].map(item),
      accounts: PLAN_ACCOUNTS,
      receipts: 0,
    };
  }

  #keepSecrets(): null {
    if (!this.setup.held.has('accounting')) {
      const params = { name: 'accounting-token', variable: 'POSTONCE_SECRET_ACCOUNTING_TOKEN' };
      throw { code: 'secret_empty', params } satisfies Problem;
    }
    this.#kept = true;
    return null;
  }

  #run(id: string): Run {
    const found = this.#runs.find((each) => each.runId === id);
    if (!found) throw { code: 'run_not_found', params: { id } } satisfies Problem;
    return found;
  }

  /**
   * Returns the progress. A run that ended before the window was opened is reported once, as soon as somebody
   * listens.
   */
  #current(): Progress | null {
    const end = endOf(this.scenario);
    if (end) setTimeout(() => void emit('run-ended', end));
    return this.#now;
  }

  #attention() {
    if (this.scenario === 'first' || this.scenario === 'clear') return [];
    const waiting = this.scenario === 'asked' ? LEFT : this.scenario === 'much' ? MANY : ATTENTION;
    return waiting.filter((each) => !this.#decisions.settled.has(each.recordId ?? ''));
  }

  #questions() {
    const asked = this.scenario === 'asked' ? QUESTIONS : [];
    return asked.filter((each) => !this.#decisions.settled.has(each.topic));
  }

  /** Begins a run that goes on by itself. The one of the scenario `running` stays where it is, and never ends. */
  begin(processed = 0): void {
    if (this.#closed) return;
    const stays = this.scenario === 'running';
    this.#now = progress({ phase: 'sending', total: TO_SEND, processed });
    this.#ticking = setInterval(() => {
      if (!this.#now) return;
      const done = Math.min(TO_SEND, this.#now.processed + (stays ? 0 : 13));
      const known = done > 60;
      this.#now = {
        ...this.#now,
        processed: done,
        ratePerSecond: known ? 86 : null,
        etaSeconds: known ? Math.ceil((TO_SEND - done) / 5) : null,
        counts: counts({ read: 1204, posted: done, held: 4 }),
      };
      void emit('run-progress', this.#now);
      if (stays || (done < TO_SEND && !this.#now.stopping)) return;
      clearInterval(this.#ticking);
      this.#end(done);
    }, TICK_MS);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#ticking);
  }

  /** Waits for the holder of the lock, and then finds nothing left to send. */
  wait(seconds: number): void {
    const until = new Date(Date.now() + seconds * 1000).toISOString();
    let ticks = 0;
    const tell = () => {
      const lock = this.#holder.lock();
      this.#now = { ...(this.#now ?? progress({})), waiting: { lock, until } };
      void emit('run-progress', this.#now);
      ticks += 1;
      if (this.#now.stopping) this.#tell(NO_END);
      else if (this.scenario !== 'waiting' && ticks > WAIT_TICKS) this.#waited(lock);
    };
    tell();
    this.#ticking = setInterval(tell, TICK_MS);
  }

  #waited(waitedFor: Lock | null): void {
    const now = new Date().toISOString();
    const found = counts({ read: 1204, skipped: 1204 });
    const ended = run({ runId: RUN_ID, startedAt: now, finishedAt: now, counts: found });
    this.#waiting = 0;
    this.#runs = [ended, ...this.#runs];
    this.#tell({ ...NO_END, run: ended, waitedFor });
  }

  #tell(end: End): void {
    clearInterval(this.#ticking);
    this.#now = null;
    void emit('run-ended', end);
  }

  #start(waitSeconds: number | null): void {
    const refusal = this.#holder.refusal();
    if (this.scenario === 'down') this.#tell({ ...NO_END, problem: DOWN });
    else if (refusal && waitSeconds) this.wait(waitSeconds);
    else if (refusal) this.#tell(refusal);
    else this.begin();
  }

  #end(processed: number): void {
    const stopped = this.#now?.stopping ?? false;
    const ended = run({
      runId: RUN_ID,
      startedAt: ago(0.3),
      finishedAt: new Date().toISOString(),
      outcome: stopped ? 'stopped' : 'completed',
      counts: counts({ read: 1204, posted: processed, held: 4 }),
      posted: [{ currency: 'NOK', amount: '912004.50' }],
    });
    this.#waiting = TO_SEND - processed;
    this.#runs = [ended, ...this.#runs];
    this.#tell({ ...NO_END, run: ended });
  }

  #overview(): Overview {
    if (this.scenario === 'missing' && !this.setup.made)
      return { kind: 'missing', path: '/home/kari/.local/share/postonce' };
    if (this.scenario === 'broken' && !this.setup.made) {
      const params = {
        path: '/home/kari/hlf/workspace.toml',
        line: '12',
        key: 'curency',
        nearest: 'currency',
      };
      return {
        kind: 'broken',
        problem: { code: 'workspace_unknown_key', params },
        organisation: null,
        secret: null,
      };
    }
    if (this.scenario === 'damaged') {
      const params = { path: '/home/kari/hlf/ledger.sqlite', detail: 'database disk image is malformed' };
      const problem: Problem = { code: 'ledger_damaged', params };
      return { kind: 'broken', problem, organisation: 'Øvingslaget', secret: null };
    }
    if (this.scenario === 'secret' && !this.#kept) {
      const params = { name: 'accounting-token', variable: 'POSTONCE_SECRET_ACCOUNTING_TOKEN' };
      const secret = { side: 'accounting', secret: 'token' } as const;
      return { kind: 'broken', problem: { code: 'secret_missing', params }, organisation: 'HLF', secret };
    }
    const waiting = this.#attention();
    const of = (state: string) => waiting.filter((each) => each.state === state).length;
    return {
      kind: 'ready',
      path: this.setup.path,
      organisation: organisationOf(this.scenario),
      practice: this.scenario === 'practice',
      voucherPages: this.scenario !== 'practice' && this.scenario !== 'first',
      counts: countsOf(this.scenario) ?? {
        posted: 13_800,
        eligible: this.#waiting,
        sending: 0,
        inDoubt: of('in_doubt'),
        refused: of('refused'),
        held: of('held'),
        changed: of('changed'),
        vanished: of('vanished'),
        gone: of('gone'),
        questions: this.#questions().length,
        approvals: 0,
        handedOver: 0,
        filesOverdue: 0,
        receipts: 0,
      },
      runs: this.#runs.slice(0, 5),
    };
  }
}

function savedAs(format: string): Saved {
  return { id: 1, name: `run-2026-11-03-0914.${format}`, folder: '/home/kari/Documents' };
}
