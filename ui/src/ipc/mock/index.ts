/**
 * An engine of made-up data behind the real bindings, for `npm run dev` in a browser and for the tests.
 * `?scenario=running|down|lock|first|missing|broken|approval|mine` chooses what there is to see, `?hash` the screen as always.
 */
import { emit } from '@tauri-apps/api/event';
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import type { Language, Overview, Problem, Progress, Run } from '../bindings';
import { ATTENTION } from './attention';
import { ago, counts, item, progress, run, RUNS } from './data';
import { Decisions } from './decisions';

export type Scenario =
  'idle' | 'running' | 'down' | 'lock' | 'first' | 'missing' | 'broken' | 'much' | 'approval' | 'mine';
type Args = Record<string, unknown>;

const TICK_MS = 150;
const TO_SEND = 1200;
const DOWN: Problem = {
  code: 'accounting_unreachable',
  params: { url: 'http://127.0.0.1:4010/v1', detail: 'connection refused' },
};

let engine: MockEngine | null = null;

export async function install(scenario: Scenario = fromAddress()): Promise<void> {
  const made = (engine = new MockEngine(scenario));
  mockIPC((command, args) => made.answer(command, (args ?? {}) as Args), { shouldMockEvents: true });
  if (scenario === 'running') made.begin(430);
}

/** Ends the run that is on, and takes the mock away. */
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
  #ticking: ReturnType<typeof setInterval> | undefined;

  #decisions: Decisions;

  constructor(readonly scenario: Scenario) {
    this.#decisions = new Decisions(scenario, (ended) => {
      this.#runs = [ended, ...this.#runs];
    });
    this.#runs = scenario === 'first' ? [] : RUNS;
  }

  answer(command: string, args: Args): unknown {
    switch (command) {
      case 'overview':
        return this.#overview();
      case 'connection':
        if (this.scenario === 'down') throw DOWN;
        return {
          address: 'http://127.0.0.1:4010/v1',
          organisationName: 'Øvingslaget',
          userId: 'u-kari',
          userName: 'Kari Nordmann',
          protection: 'enforced',
        };
      case 'start_sync':
        setTimeout(() => this.#start(), TICK_MS);
        return { joined: false };
      case 'stop_sync':
        if (this.#now) this.#now = { ...this.#now, stopping: true };
        return true;
      case 'current_progress':
        return this.#now;
      case 'plan':
        if (this.scenario === 'down') throw DOWN;
        return {
          read: 1204,
          send: this.#waiting,
          sendSums: [{ currency: 'NOK', amount: '28411.75' }],
          skipped: 1155,
          inDoubt: 1,
          held: 11,
          lookAlikes: 0,
          heldItems: [97, 194, 291].map(item),
        };
      case 'runs':
        return args['before'] ? [] : this.#runs;
      case 'run':
        return this.#runs.find((each) => each.runId === args['runId']);
      case 'run_items':
        if (args['runId'] === this.#decisions.runId) return this.#decisions.rows();
        return page(Number(args['after']), Number(args['limit']), args['filter'] as string | null);
      case 'attention':
        return this.#attention().slice(Number(args['offset']));
      case 'system_language':
        return (navigator.language.startsWith('en') ? 'en' : 'nb') satisfies Language;
      default:
        return this.#decisions.answer(command, args);
    }
  }

  #attention() {
    if (this.scenario === 'first') return [];
    return ATTENTION.filter((each) => !this.#decisions.settled.has(each.recordId ?? ''));
  }

  /** Begins a run that goes by itself. */
  begin(processed = 0): void {
    if (this.#closed) return;
    this.#now = progress({ phase: 'sending', total: TO_SEND, processed });
    this.#ticking = setInterval(() => {
      if (!this.#now) return;
      const done = Math.min(TO_SEND, this.#now.processed + 13);
      const known = done > 60;
      this.#now = {
        ...this.#now,
        processed: done,
        ratePerSecond: known ? 86 : null,
        etaSeconds: known ? Math.ceil((TO_SEND - done) / 5) : null,
        counts: counts({ read: 1204, posted: done, held: 4 }),
      };
      void emit('run-progress', this.#now);
      if (done < TO_SEND && !this.#now.stopping) return;
      clearInterval(this.#ticking);
      this.#end(done);
    }, TICK_MS);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#ticking);
  }

  #start(): void {
    if (this.scenario === 'down') {
      void emit('run-ended', {
        run: null,
        problem: DOWN,
        noCertificate: null,
        lock: null,
        heldByUs: false,
      });
    } else if (this.scenario === 'lock') {
      const lock = {
        user: 'Kari Nordmann',
        host: 'HLF-PC-12',
        acquiredAt: ago(2),
        renewedAt: ago(0.03),
        processed: 340,
        total: 1200,
      };
      const problem: Problem = { code: 'lock_held', params: {} };
      void emit('run-ended', { run: null, problem, noCertificate: null, lock, heldByUs: false });
    } else {
      this.begin();
    }
  }

  #end(processed: number): void {
    const stopped = this.#now?.stopping ?? false;
    const ended = run({
      runId: '0199a3c2-7b41-7c10-9f02-5d1be2c07a12',
      startedAt: ago(0.3),
      finishedAt: new Date().toISOString(),
      outcome: stopped ? 'stopped' : 'completed',
      counts: counts({ read: 1204, posted: processed, held: 4 }),
      posted: [{ currency: 'NOK', amount: '912004.50' }],
    });
    this.#now = null;
    this.#waiting = TO_SEND - processed;
    this.#runs = [ended, ...this.#runs];
    void emit('run-ended', {
      run: ended,
      problem: null,
      noCertificate: null,
      lock: null,
      heldByUs: false,
    });
  }

  #overview(): Overview {
    if (this.scenario === 'missing') return { kind: 'missing', path: '/home/kari/.local/share/postonce' };
    if (this.scenario === 'broken') {
      const params = {
        path: '/home/kari/hlf/workspace.toml',
        line: '12',
        key: 'curency',
        nearest: 'currency',
      };
      return { kind: 'broken', problem: { code: 'workspace_unknown_key', params } };
    }
    const none = this.scenario === 'first';
    const waiting = this.#attention();
    const of = (state: string) => waiting.filter((each) => each.state === state).length;
    return {
      kind: 'ready',
      path: '/home/kari/.local/share/postonce',
      organisation: 'Øvingslaget',
      practice: true,
      counts: none
        ? {
            posted: 0,
            eligible: 0,
            sending: 0,
            inDoubt: 0,
            refused: 0,
            held: 0,
            changed: 0,
            vanished: 0,
          }
        : {
            posted: 13_800,
            eligible: this.#waiting,
            sending: 0,
            inDoubt: of('in_doubt'),
            refused: of('refused'),
            held: of('held'),
            changed: of('changed'),
            vanished: of('vanished'),
          },
      runs: this.#runs.slice(0, 5),
    };
  }
}

function page(after: number, limit: number, filter: string | null) {
  const all = [];
  for (let position = after + 1; position <= RUN_ITEMS && all.length < limit; position += 1) {
    const each = item(position);
    if (!filter || each.result === filter || (filter === 'skipped' && each.result?.startsWith('skipped')))
      all.push(each);
  }
  return all;
}

const RUN_ITEMS = 100_000;
