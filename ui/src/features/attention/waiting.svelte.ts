/**
 * Holds the records that wait for a person, page by page and grouped by state, the re-exports that wait for an approval,
 * and the questions that wait for an answer.
 */
import {
  ipc,
  problemOf,
  type AttentionItem,
  type Problem,
  type Question,
  type RecordState,
  type ReExport,
} from '$ipc';

const PAGE_ITEMS = 200;
/** The engine returns at most so many at once. */
const ITEMS_MAX = 1_000;

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
  problem = $state.raw<Problem | null>(null);
  loaded = $state(false);
  complete = $state(false);

  groups = $derived(
    STATES.map((state) => ({ state, items: this.items.filter((item) => item.state === state) })).filter(
      (group) => group.items.length > 0,
    ),
  );

  async refresh(): Promise<void> {
    await this.#read(0, Math.min(ITEMS_MAX, Math.max(PAGE_ITEMS, this.items.length)));
  }

  async more(): Promise<void> {
    await this.#read(this.items.length, PAGE_ITEMS);
  }

  async #read(offset: number, limit: number): Promise<void> {
    try {
      const [page, approvals, questions] = await Promise.all([
        ipc.attention(offset, limit),
        ipc.waitingReExports(),
        ipc.questions(),
      ]);
      this.items = [...this.items.slice(0, offset), ...page];
      this.approvals = approvals;
      this.questions = questions;
      this.complete = page.length < limit;
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }
}
