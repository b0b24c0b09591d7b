/** What a dialog does when it is confirmed: once, and told how it went. */
import { problemOf, type Problem } from '$ipc';
import { session } from './session.svelte';

export class Act {
  working = $state(false);
  done = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Does it, unless it is being done. Whatever becomes of it, what is shown of the ledger is read again. */
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
