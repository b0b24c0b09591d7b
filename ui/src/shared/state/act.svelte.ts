/** Runs the action of a dialog once, and keeps its result. */
import { problemOf, type Problem } from '$ipc';
import { session } from './session.svelte';

export class Act {
  working = $state(false);
  done = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Runs the action, unless it is running. Afterwards, whatever the result, the ledger is read again. */
  async run(act: () => Promise<boolean>): Promise<void> {
    if (this.working || this.done) return;
    this.working = true;
    this.problem = null;
    try {
      this.done = await act();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    } finally {
      this.working = false;
    }
    await session.refresh();
  }
}
