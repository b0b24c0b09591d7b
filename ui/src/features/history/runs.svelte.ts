/** Holds the runs that fit the query, newest first, page by page. */
import { ipc, problemOf, type Problem, type Run, type RunQuery } from '$ipc';
import { ANY, queryOf } from './wish';

const PAGE_RUNS = 50;
/** The engine returns at most so many at once. */
const RUNS_MAX = 1_000;

export class Runs {
  runs = $state.raw<Run[]>([]);
  /** The run that the address names, where it is not in the list. */
  alone = $state.raw<Run | null>(null);
  problem = $state.raw<Problem | null>(null);
  loaded = $state(false);
  complete = $state(false);
  /** Returns all runs, each once: the list may have reached the run of the address meanwhile. */
  shown = $derived.by(() => {
    const { alone, runs } = this;
    return alone && !runs.some((run) => run.runId === alone.runId) ? [alone, ...runs] : runs;
  });
  #query: RunQuery = queryOf(ANY);
  #asked = 0;

  async show(query: RunQuery): Promise<void> {
    this.#query = query;
    await this.#newest(PAGE_RUNS);
  }

  /** Reads the newest runs again, as many as are shown. */
  async refresh(): Promise<void> {
    await this.#newest(Math.min(RUNS_MAX, Math.max(PAGE_RUNS, this.runs.length)));
  }

  async more(): Promise<void> {
    await this.#read(async () => {
      const page = await ipc.runs(this.#query, PAGE_RUNS, this.runs.at(-1)?.runId ?? null);
      return { runs: [...this.runs, ...page], complete: page.length < PAGE_RUNS };
    });
  }

  /** Makes sure that this run is shown: an address may name an old run. */
  async include(runId: string | null): Promise<void> {
    if (!runId || this.runs.some((run) => run.runId === runId)) {
      this.alone = null;
      return;
    }
    try {
      this.alone = await ipc.run(runId);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  async #newest(limit: number): Promise<void> {
    await this.#read(async () => {
      const runs = await ipc.runs(this.#query, limit, null);
      return { runs, complete: runs.length < limit };
    });
  }

  async #read(read: () => Promise<{ runs: Run[]; complete: boolean }>): Promise<void> {
    const mine = (this.#asked += 1);
    try {
      const answer = await read();
      if (mine !== this.#asked) return;
      this.runs = answer.runs;
      this.complete = answer.complete;
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      if (mine === this.#asked) this.problem = problemOf(thrown);
    }
  }
}
