/**
 * Holds the records of one run, of which there may be a hundred thousand. The count is read first; a page is read
 * when it comes into sight, wherever it is in the run.
 */
import { ipc, problemOf, type Counts, type ItemFilter, type Problem, type RunItem } from '$ipc';

export const PAGE_ITEMS = 200;

/** Returns how many records a filter will show, from the counts of the run. */
export function expected(counts: Counts, filter: ItemFilter | null): number {
  const { read, posted, handedOver, skipped, leftOut, refused, held, inDoubt } = counts;
  switch (filter) {
    case null:
      return read;
    case 'posted':
      return posted;
    case 'handed_over':
      return handedOver;
    case 'skipped':
      return skipped;
    case 'left_out':
      return leftOut;
    case 'refused':
      return refused;
    case 'held':
      return held;
    case 'in_doubt':
      return inDoubt;
    case 'not_sent':
      return Math.max(0, read - posted - handedOver - skipped - leftOut - refused - held - inDoubt);
  }
}

export class Items {
  /** The number of records; `null` until it is known. */
  count = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  #pages = $state.raw<Readonly<Record<number, RunItem[]>>>({});
  /** The pages in sight. */
  #seen: number[] = [0];
  #reading: number[] = [];
  #asked = 0;
  #filter: ItemFilter | null = null;
  #text: string | null = null;

  constructor(readonly runId: string) {}

  /** Starts over with this filter. */
  async show(filter: ItemFilter | null, text: string): Promise<void> {
    const mine = (this.#asked += 1);
    this.#filter = filter;
    this.#text = text.trim() || null;
    this.#pages = {};
    this.#seen = [0];
    this.#reading = [];
    this.count = null;
    await Promise.all([this.#count(mine), this.see(0, 0)]);
  }

  /** Returns the record at a place, counted from 0; `null` while it is being read. */
  at(index: number): RunItem | null {
    return this.#pages[Math.floor(index / PAGE_ITEMS)]?.[index % PAGE_ITEMS] ?? null;
  }

  /** Reads the missing pages between two places. */
  async see(first: number, last: number): Promise<void> {
    this.#seen = [];
    for (let page = Math.floor(first / PAGE_ITEMS); page <= Math.floor(last / PAGE_ITEMS); page += 1)
      this.#seen.push(page);
    const missing = this.#seen.filter((page) => !this.#pages[page] && !this.#reading.includes(page));
    await Promise.all(missing.map((page) => this.#read(page)));
  }

  /** Reads the pages in sight again; they stay until then. Other pages are read again when they come into sight. */
  async refresh(): Promise<void> {
    const mine = (this.#asked += 1);
    this.#reading = [];
    this.#pages = Object.fromEntries(
      Object.entries(this.#pages).filter(([page]) => this.#seen.includes(Number(page))),
    );
    await Promise.all([this.#count(mine), ...this.#seen.map((page) => this.#read(page))]);
  }

  /** Tries again after a problem. */
  async again(): Promise<void> {
    await this.show(this.#filter, this.#text ?? '');
  }

  async #count(mine: number): Promise<void> {
    await this.#keepProblem(mine, async () => {
      const count = await ipc.countItems(this.runId, this.#filter, this.#text);
      if (mine === this.#asked) this.count = count;
    });
  }

  async #read(page: number): Promise<void> {
    const mine = this.#asked;
    this.#reading.push(page);
    await this.#keepProblem(mine, async () => {
      const skip = page * PAGE_ITEMS;
      const items = await ipc.runItems(this.runId, this.#filter, this.#text, skip, PAGE_ITEMS);
      if (mine === this.#asked) this.#pages = { ...this.#pages, [page]: items };
    });
    if (mine === this.#asked) this.#reading = this.#reading.filter((each) => each !== page);
  }

  async #keepProblem(mine: number, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      if (mine === this.#asked) this.problem = null;
    } catch (thrown) {
      if (mine === this.#asked) this.problem = problemOf(thrown);
    }
  }
}
