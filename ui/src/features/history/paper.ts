/** Holds the rows of a run for paper, up to a limit. */
import { ipc, type Run, type RunItem } from '$ipc';

/** The limit is more than a hundred pages; a person who needs more saves the run as a file. */
export const PAPER_ROWS_MAX = 5_000;
const PAGE_ITEMS = 1_000;

export type Paper = { items: RunItem[]; total: number };

export async function readForPaper(run: Run): Promise<Paper> {
  const total = await ipc.countItems(run.runId, null, null);
  const items: RunItem[] = [];
  while (items.length < Math.min(total, PAPER_ROWS_MAX)) {
    const page = await ipc.runItems(run.runId, null, null, items.length, PAGE_ITEMS);
    if (page.length === 0) break;
    items.push(...page);
  }
  return { items: items.slice(0, PAPER_ROWS_MAX), total };
}
