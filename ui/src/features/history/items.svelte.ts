/** The records of one run, page by page as they are scrolled to; the run may hold a hundred thousand. */
import { ipc, problemOf, type Counts, type ItemFilter, type Problem, type RunItem } from '$ipc';

export const PAGE_ITEMS = 200;

/** How many records a filter will show, from the run's own counts. */
export function expected(counts: Counts, filter: ItemFilter | null): number {
  const { read, posted, skipped, refused, held, inDoubt } = counts;
  switch (filter) {
    case null:
      return read;
    case 'posted':
      return posted;
    case 'skipped':
      return skipped;
    case 'refused':
      return refused;
    case 'held':
      return held;
    case 'in_doubt':
      return inDoubt;
    case 'not_sent':
      return Math.max(0, read - posted - skipped - refused - held - inDoubt);
  }
}

export class Items {
  items = $state.raw<RunItem[]>([]);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  complete = $state(false);
  #asked = 0;
  #filter: ItemFilter | null = null;

  constructor(readonly runId: string) {}

  /** Starts over, with that filter. */
  async show(filter: ItemFilter | null): Promise<void> {
    this.#filter = filter;
    this.#asked += 1;
    this.items = [];
    this.complete = false;
    this.loading = false;
    await this.more();
  }

  async more(): Promise<void> {
    if (this.loading || this.complete) return;
    const mine = this.#asked;
    this.loading = true;
    this.problem = null;
    try {
      const after = this.items.at(-1)?.position ?? 0;
      const page = await ipc.runItems(this.runId, after, PAGE_ITEMS, this.#filter);
      if (mine !== this.#asked) return;
      this.items = [...this.items, ...page];
      this.complete = page.length < PAGE_ITEMS;
    } catch (thrown) {
      if (mine === this.#asked) this.problem = problemOf(thrown);
    } finally {
      if (mine === this.#asked) this.loading = false;
    }
  }
}
