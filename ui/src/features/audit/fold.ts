/**
 * Puts what the program did by itself behind the act of the person, or of the sync, that it belongs to: an export once
 * more is one line, and its steps are inside.
 */
import type { Act, AuditEntryFull } from '$ipc';

export type Line = { entry: AuditEntryFull; steps: AuditEntryFull[] };

/** The program does these on the way, and nobody decides them. */
const STEPS: readonly Act[] = [
  're_export_claimed',
  're_export_settled',
  'reversal_claimed',
  'reversal_settled',
];
const ASKED: readonly Act[] = ['re_export_requested', 're_export_approved'];
const ENDS: readonly Act[] = ['sync_started', 'sync_ended'];

/**
 * Returns the lines, newest first, as the entries are. Steps are oldest first; one whose act is on a page that is not
 * read yet is a line of its own.
 */
export function fold(entries: AuditEntryFull[]): Line[] {
  /** The record that a run exports once more, where it is the run of one. */
  const recordOf = new Map<string, string>();
  /** The entry that a whole run belongs to: its end, or the rebuild that it was. */
  const wholeRun = new Map<string, AuditEntryFull>();
  for (const entry of entries) {
    const { act, runId, recordId } = entry;
    if (runId && recordId && STEPS.includes(act)) recordOf.set(runId, recordId);
    if (runId && act === 'rebuilt') wholeRun.set(runId, entry);
    if (runId && act === 'sync_ended' && !wholeRun.has(runId)) wholeRun.set(runId, entry);
  }
  const lines = new Map<AuditEntryFull, Line>(entries.map((entry) => [entry, { entry, steps: [] }]));
  const asked = new Map<string, AuditEntryFull>();
  for (const entry of [...entries].reverse()) {
    const { act, runId } = entry;
    const record = entry.recordId ?? (runId ? recordOf.get(runId) : undefined);
    if (ASKED.includes(act) && record) asked.set(record, entry);
    const isStep = STEPS.includes(act) || (ENDS.includes(act) && runId !== null && recordOf.has(runId));
    const whole = runId ? wholeRun.get(runId) : undefined;
    let lead: AuditEntryFull | undefined;
    if (isStep && record) lead = asked.get(record);
    else if (whole?.act === 'rebuilt' && act === 'sync_started') lead = whole;
    else if (act === 'compared' && runId && recordOf.has(runId)) lead = asked.get(recordOf.get(runId) ?? '');
    else if (act === 'compared') lead = whole;
    if (!lead || lead === entry) continue;
    lines.get(lead)?.steps.push(entry);
    lines.delete(entry);
  }
  return entries.flatMap((entry) => lines.get(entry) ?? []);
}
