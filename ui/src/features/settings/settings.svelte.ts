/** Holds the settings as they are, and the result of the last change. */
import { forgetSecrets, ipc, problemOf, type Problem, type Settings, type SettingsWish } from '$ipc';
import { session } from '$shared/state/session.svelte';
import { zone } from '$shared/state/zone.svelte';

export type Part = SettingsWish['part'];

class SettingsState {
  now = $state.raw<Settings | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The part that is being changed; one at a time. */
  open = $state<Part | null>(null);
  saving = $state(false);
  /** The problem that kept the open part from being saved. */
  refused = $state.raw<Problem | null>(null);
  /** The last change that was saved, and how it can be undone. */
  saved = $state.raw<{ part: Part; undo: SettingsWish | null; undone: boolean } | null>(null);

  async load(): Promise<void> {
    try {
      this.now = await ipc.settings();
      this.problem = null;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  change(part: Part): void {
    if (this.open) void forgetSecrets();
    this.refused = this.saved = null;
    this.open = part;
  }

  /** Drops everything that was typed; a secret is forgotten. */
  async leave(): Promise<void> {
    this.open = this.refused = null;
    await forgetSecrets();
  }

  /** Saves one part. A change that replaces a secret cannot be undone: nobody has the earlier one. */
  async save(wish: SettingsWish, undoable = true): Promise<void> {
    await this.#send(wish, undoable ? this.#asItIs(wish.part) : null, false);
  }

  async undo(): Promise<void> {
    const undo = this.saved?.undo;
    if (undo) await this.#send(undo, null, true);
  }

  async #send(wish: SettingsWish, undo: SettingsWish | null, undone: boolean): Promise<void> {
    if (this.saving) return;
    this.saving = true;
    this.refused = null;
    try {
      this.now = await ipc.saveSettings(wish);
      this.saved = { part: wish.part, undo, undone };
      this.open = null;
      zone.use(this.now.organisation.timeZone);
      await session.refresh();
      if (wish.part === 'accounting') void session.ask();
    } catch (thrown) {
      this.refused = problemOf(thrown);
    } finally {
      this.saving = false;
    }
  }

  #asItIs(part: Part): SettingsWish | null {
    const now = this.now;
    if (!now) return null;
    switch (part) {
      case 'organisation': {
        const { name, currency, timeZone } = now.organisation;
        return { part, name, currency, timeZone };
      }
      case 'accounting':
        return { part, accounting: now.accounting };
      case 'source':
        return { part, source: now.source };
      case 'posting':
        return { part, posting: now.posting };
      case 'schedule':
        return { part, schedule: now.schedule };
      case 'waiting':
        return { part, seconds: now.waitForLockSeconds };
      case 'approval':
        return { part, second: now.secondApproval };
    }
  }
}

export { SettingsState };
