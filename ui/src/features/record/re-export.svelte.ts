/** Holds a forced re-export, from the preview to the new voucher. */
import {
  ipc,
  problemOf,
  type Problem,
  type ReExport,
  type ReExportPreview,
  type Run,
  type RunEnded,
  type RunItem,
} from '$ipc';
import { reversalsOf } from '$shared/record/reversals';
import { session } from '$shared/state/session.svelte';

/** The search also finds similar record ids, so that it asks for as many rows as the engine returns at once. */
const ROWS_LOOKED_AT = 1_000;

/** `joined`: another run was on, and nothing was sent. */
type Step = 'looking' | 'form' | 'asked' | 'waits' | 'joined' | 'sending' | 'ended';

export class ReExporting {
  step = $state<Step>('looking');
  preview = $state.raw<ReExportPreview | null>(null);
  problem = $state.raw<Problem | null>(null);
  waiting = $state.raw<ReExport | null>(null);
  /** The result of the record in the run. */
  item = $state.raw<RunItem | null>(null);
  /** The run has ended, and the result of the record is not known here. */
  unread = $state(false);
  end = $state.raw<RunEnded | null>(null);
  /** The id of the counter-voucher, where the earlier voucher was reversed. */
  counter = $state<string | null>(null);

  constructor(readonly recordId: string) {}

  async look(): Promise<void> {
    this.step = 'looking';
    this.problem = null;
    try {
      const preview = await ipc.reExportPreview(this.recordId);
      const waiting = preview.waiting;
      this.preview = preview;
      this.waiting = waiting && waiting.needsApproval && waiting.approvedBy === null ? waiting : null;
      this.step = this.waiting ? 'waits' : 'form';
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  async ask(confirm: string, reason: string, reverse: boolean): Promise<void> {
    await this.#begin('form', async () => {
      // The request names what was shown, and nothing that changed since.
      const reference = this.preview?.reference ?? '';
      const wish = { recordId: this.recordId, confirm, reference, reason, reverse };
      const asked = await session.begin(
        () => ipc.reExport(wish),
        (answer) => answer.kind === 'runs' && !answer.joined,
      );
      if (asked.kind === 'runs') return !asked.joined;
      this.waiting = asked.reExport;
      this.step = 'waits';
      await session.refresh();
      return null;
    });
  }

  async approve(confirm: string): Promise<void> {
    await this.#begin('waits', async () => {
      const begun = await session.begin(
        () => ipc.approveReExport(this.recordId, confirm, this.waiting?.requestedAt ?? ''),
        (answer) => !answer.joined,
      );
      return !begun.joined;
    });
  }

  /** Takes the end of a run that was announced while this is being sent. */
  async ended(end: RunEnded): Promise<void> {
    if (this.step !== 'sending' || this.end) return;
    this.end = end;
    this.problem = end.problem ?? end.run?.error ?? null;
    // The result is announced only once it is known: a person who reads that it failed sends again.
    if (end.run) {
      await this.#readItem(end.run);
      await this.#readReversal();
    }
    this.step = 'ended';
  }

  async #readItem(run: Run): Promise<void> {
    try {
      // A run may also carry on the work of an earlier one; only the row of this record counts.
      const rows = await ipc.runItems(run.runId, null, this.recordId, 0, ROWS_LOOKED_AT);
      this.item = rows.find((row) => row.recordId === this.recordId) ?? null;
      // A run that failed before this record has no row of it. Otherwise the row exists and was not found.
      this.unread = this.item === null && (run.error === null || rows.length === ROWS_LOOKED_AT);
    } catch (thrown) {
      this.unread = true;
      this.problem = problemOf(thrown);
    }
  }

  /** The new voucher may be missing although the earlier one was reversed. Where that cannot be read, it is not said. */
  async #readReversal(): Promise<void> {
    const earlier = this.preview?.earlier.voucherId;
    const settled = earlier ? await reversalsOf([earlier]).catch(() => []) : [];
    this.counter = settled.find(({ voucherId }) => voucherId !== null)?.voucherId ?? null;
  }

  async #begin(from: Step, act: () => Promise<boolean | null>): Promise<void> {
    if (this.step !== from) return;
    this.step = 'asked';
    this.problem = null;
    try {
      const runs = await act();
      if (runs !== null) this.step = runs ? 'sending' : 'joined';
    } catch (thrown) {
      this.problem = problemOf(thrown);
      this.step = from;
    }
  }
}
