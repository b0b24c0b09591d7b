/**
 * Holds the records that wait for a person, page by page and grouped by state, the re-exports that wait for an approval,
 * and the questions that wait for an answer.
 */
import {
  ipc,
  problemOf,
  type AttentionItem,
  type MissingReceipt,
  type PostingForm,
  type Problem,
  type Question,
  type RecordState,
  type ReExport,
} from '$ipc';

/** The engine returns at most so many at once. */
const PAGE_ITEMS = 1_000;
/** So many are read without being asked for, so that each cause has all of its records. */
const ITEMS_MAX = 5_000;

/**
 * The order on the screen: first records that may be booked without our knowledge, then vouchers that are not as they
 * were.
 */
export const STATES = [
  'in_doubt',
  'vanished',
  'changed',
  'refused',
  'held',
  'gone',
] as const satisfies RecordState[];
export type WaitingState = (typeof STATES)[number];

export class Waiting {
  items = $state.raw<AttentionItem[]>([]);
  approvals = $state.raw<ReExport[]>([]);
  questions = $state.raw<Question[]>([]);
  /** The receipts that are missing on vouchers; their records are exported. */
  receipts = $state.raw<MissingReceipt[]>([]);
  /** The accounts in use; `null` where they cannot be read. */
  posting = $state.raw<PostingForm | null>(null);
  problem = $state.raw<Problem | null>(null);
  loaded = $state(false);
  complete = $state(false);

  /** True if nothing waits for a person. */
  empty = $derived(
    this.items.length + this.approvals.length + this.questions.length + this.receipts.length === 0,
  );

  /** Only the answer to the newest question counts. */
  #asked = 0;

  groups = $derived(
    STATES.map((state) => ({ state, items: this.items.filter((item) => item.state === state) })).filter(
      (group) => group.items.length > 0,
    ),
  );

  async refresh(): Promise<void> {
    const mine = (this.#asked += 1);
    try {
      const [approvals, questions, receipts, settings] = await Promise.all([
        ipc.waitingReExports(),
        ipc.questions(),
        ipc.missingReceipts(),
        ipc.settings().catch(() => null),
      ]);
      const items: AttentionItem[] = [];
      let page: AttentionItem[];
      do {
        page = await ipc.attention(items.length, PAGE_ITEMS);
        items.push(...page);
      } while (page.length === PAGE_ITEMS && items.length < Math.max(ITEMS_MAX, this.items.length));
      if (mine !== this.#asked) return;
      Object.assign(this, { items, approvals, questions, receipts, posting: settings?.posting ?? null });
      this.complete = page.length < PAGE_ITEMS;
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      if (mine === this.#asked) this.problem = problemOf(thrown);
    }
  }

  async more(): Promise<void> {
    const mine = this.#asked;
    try {
      const page = await ipc.attention(this.items.length, PAGE_ITEMS);
      if (mine !== this.#asked) return;
      this.items = [...this.items, ...page];
      this.complete = page.length < PAGE_ITEMS;
      this.problem = null;
    } catch (thrown) {
      if (mine === this.#asked) this.problem = problemOf(thrown);
    }
  }
}
