/** Holds the records that fit the query, page by page as they are scrolled to, and their number. */
import {
  ipc,
  problemOf,
  type Problem,
  type RecordQuery,
  type RecordRow,
  type RecordsFound,
  type RecordState,
} from '$ipc';
import { decimalOf } from '$shared/basics/format';
import { isWrongPeriod } from '$shared/forms/period';

export const PAGE_RECORDS = 200;

/** The fields above the list, as they were typed. */
export type Wish = {
  text: string;
  state: RecordState | '';
  payee: string;
  from: string;
  to: string;
  least: string;
  most: string;
};
export const ANY: Wish = { text: '', state: '', payee: '', from: '', to: '', least: '', most: '' };

/** Returns the faults of the fields; `null` where there are none. */
export function faults(wish: Wish): { period: boolean; least: boolean; most: boolean } | null {
  const bad = (typed: string) => typed.trim() !== '' && decimalOf(typed) === null;
  const found = {
    period: isWrongPeriod(wish.from, wish.to),
    least: bad(wish.least),
    most: bad(wish.most),
  };
  return found.period || found.least || found.most ? found : null;
}

export function queryOf(wish: Wish): RecordQuery {
  const text = (typed: string) => typed.trim() || null;
  return {
    text: text(wish.text),
    states: wish.state ? [wish.state] : [],
    payee: text(wish.payee),
    period: { from: wish.from || null, to: wish.to || null },
    amountFrom: decimalOf(wish.least),
    amountTo: decimalOf(wish.most),
  };
}

export class RecordList {
  rows = $state.raw<RecordRow[]>([]);
  /** `null` until the records are counted; the first rows do not wait for that. */
  found = $state.raw<RecordsFound | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  loaded = $state(false);
  complete = $state(false);
  #asked = 0;
  #query: RecordQuery = queryOf(ANY);

  /** Starts over; the rows stay until the first answer. */
  async show(query: RecordQuery): Promise<void> {
    this.#query = query;
    await this.#begin(PAGE_RECORDS);
  }

  /** Reads the same records again, as many as are shown. */
  async refresh(): Promise<void> {
    await this.#begin(Math.min(1_000, Math.max(PAGE_RECORDS, this.rows.length)));
  }

  async more(): Promise<void> {
    const last = this.rows.at(-1);
    if (this.loading || this.complete || !last) return;
    const mine = this.#asked;
    await this.#read(mine, async () => {
      const page = await ipc.records(this.#query, last.recordId, PAGE_RECORDS);
      if (mine !== this.#asked) return;
      this.rows = [...this.rows, ...page];
      this.complete = page.length < PAGE_RECORDS;
    });
  }

  async #begin(limit: number): Promise<void> {
    const mine = (this.#asked += 1);
    const query = this.#query;
    await this.#read(mine, async () => {
      const page = await ipc.records(query, null, limit);
      if (mine !== this.#asked) return;
      this.rows = page;
      this.complete = page.length < limit;
      this.loaded = true;
      this.found = null;
    });
    // Counting reads every record, so that the first page does not wait for it.
    const found = await ipc.recordsFound(query).catch(() => null);
    if (mine === this.#asked) this.found = found;
  }

  async #read(mine: number, read: () => Promise<void>): Promise<void> {
    this.loading = true;
    this.problem = null;
    try {
      await read();
    } catch (thrown) {
      if (mine === this.#asked) this.problem = problemOf(thrown);
    } finally {
      if (mine === this.#asked) this.loading = false;
    }
  }
}
