/** Holds the audit trail, newest first, page by page. */
import { ipc, problemOf, type AuditEntryFull, type AuditFilter, type Problem } from '$ipc';

const PAGE_ENTRIES = 50;
/** The engine returns at most so many entries at once. Fewer than that are the end of the trail. */
const ENTRIES_MAX = 500;

export const NO_FILTER: AuditFilter = { act: null, actor: null, from: null, to: null, text: null };

export class Entries {
  entries = $state.raw<AuditEntryFull[]>([]);
  actors = $state.raw<string[]>([]);
  problem = $state.raw<Problem | null>(null);
  loaded = $state(false);
  complete = $state(false);

  /** Only the answer to the newest question counts; the answer to an older one is dropped. */
  #asked = 0;

  /** Reads the newest entries that fit, as many as are shown. */
  async read(filter: AuditFilter, keep: boolean): Promise<void> {
    const shown = keep ? Math.max(PAGE_ENTRIES, this.entries.length) : PAGE_ENTRIES;
    const limit = Math.min(ENTRIES_MAX, shown);
    await this.#ask(async () => {
      const entries = await ipc.audit(filter, null, limit);
      return { entries, complete: entries.length < limit };
    });
  }

  async more(filter: AuditFilter): Promise<void> {
    await this.#ask(async () => {
      const next = await ipc.audit(filter, this.entries.at(-1)?.entry ?? null, PAGE_ENTRIES);
      return { entries: [...this.entries, ...next], complete: next.length < PAGE_ENTRIES };
    });
  }

  async readActors(): Promise<void> {
    this.actors = await ipc.auditActors().catch(() => this.actors);
  }

  async #ask(read: () => Promise<{ entries: AuditEntryFull[]; complete: boolean }>): Promise<void> {
    const asked = ++this.#asked;
    try {
      const answer = await read();
      if (asked !== this.#asked) return;
      Object.assign(this, answer);
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      if (asked === this.#asked) this.problem = problemOf(thrown);
    }
  }
}
