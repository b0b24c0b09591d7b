/** Holds a comparison of the ledger with the accounting system, from its start to its differences. */
import {
  ipc,
  problemOf,
  type CompareNews,
  type Comparison,
  type Difference,
  type Period,
  type Problem,
} from '$ipc';

const PAGE_DIFFERENCES = 100;

export class Comparing {
  state = $state<'asking' | 'working' | 'stopping' | 'stopped' | 'done'>('asking');
  news = $state.raw<CompareNews | null>(null);
  result = $state.raw<Comparison | null>(null);
  differences = $state.raw<Difference[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** `true` while more differences are being read. */
  reading = $state(false);

  on = $derived(this.state === 'working' || this.state === 'stopping');
  complete = $derived(this.differences.length >= (this.result?.differences ?? 0));

  async begin(period: Period): Promise<void> {
    if (this.on) return;
    Object.assign(this, { state: 'working', news: null, result: null, differences: [], problem: null });
    let unlisten: () => void = () => undefined;
    try {
      unlisten = await ipc.onCompareProgress((news) => (this.news = news));
      this.result = await ipc.compare(period);
      this.state = this.result ? 'done' : 'stopped';
      if (this.result?.differences) await this.more();
    } catch (thrown) {
      this.problem = problemOf(thrown);
      this.state = 'asking';
    } finally {
      unlisten();
    }
  }

  async stop(): Promise<void> {
    if (this.state !== 'working') return;
    this.state = 'stopping';
    await ipc.stopCompare().catch(() => false);
  }

  async more(): Promise<void> {
    if (!this.result || this.reading) return;
    const after = this.differences.at(-1)?.position ?? 0;
    this.reading = true;
    this.problem = null;
    try {
      const next = await ipc.differences(this.result.comparisonId, after, PAGE_DIFFERENCES);
      this.differences = [...this.differences, ...next];
    } catch (thrown) {
      this.problem = problemOf(thrown);
    } finally {
      this.reading = false;
    }
  }
}
