/** The runs, newest first, page by page. */
import { ipc, problemOf, type Problem, type Run } from '$ipc';

const PAGE_RUNS = 50;

export class Runs {
  runs = $state.raw<Run[]>([]);
  problem = $state.raw<Problem | null>(null);
  loaded = $state(false);
  complete = $state(false);

  /** Reads the newest again, as many as are shown. */
  async refresh(): Promise<void> {
    const limit = Math.max(PAGE_RUNS, this.runs.length);
    await this.#read(async () => {
      const runs = await ipc.runs(limit, null);
      this.complete = runs.length < limit;
      return runs;
    });
  }

  async more(): Promise<void> {
    await this.#read(async () => {
      const page = await ipc.runs(PAGE_RUNS, this.runs.at(-1)?.runId ?? null);
      this.complete = page.length < PAGE_RUNS;
      return [...this.runs, ...page];
    });
  }

  /** Makes sure that this one is among them: an address may name a run of long ago. */
  async include(runId: string): Promise<void> {
    if (this.runs.some((run) => run.runId === runId)) return;
    await this.#read(async () => [...this.runs, await ipc.run(runId)]);
  }

  async #read(read: () => Promise<Run[]>): Promise<void> {
    try {
      this.runs = await read();
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }
}
