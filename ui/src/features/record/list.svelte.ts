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
import { recordQueries, recordQuery } from '$shared/record/query';
import type { RecordColumn } from '$shared/record/RecordHeads.svelte';
import { preferences } from '$shared/state/preferences.svelte';
import { sorted, turned, type Sort } from './sort';

export const PAGE_RECORDS = 200;
/** The engine returns at most so many at once. */
const RECORDS_MAX = 1_000;
/** So many at most are read as a whole, to be sorted or printed. */
export const WHOLE_MAX = 5_000;

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

/** Returns the query, and the one for the same words where they look like an amount. */
export function queriesOf(wish: Wish): [query: RecordQuery, otherwise: RecordQuery | null] {
  return recordQueries(wishOf(wish));
}

export function queryOf(wish: Wish): RecordQuery {
  return recordQuery(wishOf(wish));
}

function wishOf(wish: Wish): Partial<RecordQuery> {
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
  /** The number of rows of the table: all that fit, as soon as that is known. */
  count = $derived(this.complete ? this.rows.length : Math.max(this.found?.records ?? 0, this.rows.length));
  /** The order that a person chose; without one the newest day comes first, as the records are read. */
  sort = $state.raw<Sort | null>(null);
  /** A list is sorted as a whole, or not at all. */
  canSort = $derived(
    (this.found !== null || this.complete) && this.count <= WHOLE_MAX && this.rows.length > 0,
  );
  /** Returns the rows in their order, as far as they are read. */
  shown = $derived(this.sort && this.complete ? sorted(this.rows, this.sort, preferences.locale) : this.rows);
  #asked = 0;
  #reading: Promise<void> | null = null;
  /** The last place that is wanted: the last in sight, and in a list that is wanted as a whole its end. */
  #wanted = 0;
  #least = 0;
  #query: RecordQuery = queryOf(ANY);

  /** Starts over; the rows stay until the first answer. Where nothing fits, it is asked `otherwise`. */
  async show(query: RecordQuery, otherwise: RecordQuery | null = null): Promise<void> {
    this.#query = query;
    await this.#begin(PAGE_RECORDS, otherwise);
  }

  /** Reads the same records again, as many as are shown. */
  async refresh(): Promise<void> {
    await this.#begin(Math.min(RECORDS_MAX, Math.max(PAGE_RECORDS, this.rows.length)));
  }

  /** Changes the order by a click on a column, and reads what is missing for it. */
  async order(column: RecordColumn): Promise<void> {
    if (!this.canSort) return;
    this.sort = turned(this.sort, column);
    await this.read(this.count);
  }

  /** Reads so many rows, or all that there are. */
  async read(count: number): Promise<void> {
    this.#least = Math.max(this.#least, count);
    await this.see(this.#wanted);
  }

  /** Reads on until the row at a place is there: the list is read in its order, and a person may leap to its end. */
  async see(place: number): Promise<void> {
    this.#wanted = Math.max(place, this.#least);
    if (this.#reading === null && (this.loading || !this.#isMissing())) return;
    this.#reading ??= this.#readOn();
    await this.#reading;
  }

  #isMissing(): boolean {
    return !this.complete && !this.problem && this.rows.length <= this.#wanted;
  }

  async #readOn(): Promise<void> {
    let mine = this.#asked;
    while (this.#isMissing()) {
      await this.#read(mine, () => this.#page(mine));
      // Something else was asked for meanwhile; its beginning reads for itself.
      if (mine !== this.#asked && this.loading) break;
      mine = this.#asked;
    }
    this.#reading = null;
  }

  async #page(mine: number): Promise<void> {
    const limit = this.#wanted - this.rows.length < PAGE_RECORDS ? PAGE_RECORDS : RECORDS_MAX;
    const page = await ipc.records(this.#query, this.rows.at(-1)?.recordId ?? null, limit);
    if (mine !== this.#asked) return;
    this.rows = [...this.rows, ...page];
    this.complete = page.length < limit;
  }

  async #begin(limit: number, otherwise: RecordQuery | null = null): Promise<void> {
    const mine = (this.#asked += 1);
    let query = this.#query;
    await this.#read(mine, async () => {
      let page = await ipc.records(query, null, limit);
      if (mine !== this.#asked) return;
      if (page.length === 0 && otherwise) {
        this.#query = query = otherwise;
        page = await ipc.records(query, null, limit);
        if (mine !== this.#asked) return;
      }
      this.rows = page;
      this.complete = page.length < limit;
      this.loaded = true;
      this.found = null;
      this.#wanted = this.#least = 0;
    });
    // Counting reads every record, so that the first page does not wait for it.
    const found = await ipc.recordsFound(query).catch(() => null);
    if (mine !== this.#asked) return;
    this.found = found;
    if (this.sort && this.canSort) await this.read(this.count);
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
