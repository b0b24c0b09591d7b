/** Holds the words for the result of a check of the trail; they are complete by type. */
import * as m from '$messages';
import type { AuditFinding, FindingKind, MemoryState, WitnessState } from '$ipc';

const kinds: Record<FindingKind, () => string> = {
  content_changed: m.finding_content_changed,
  link_broken: m.finding_link_broken,
  entries_missing: m.finding_entries_missing,
  number_wrong: m.finding_number_wrong,
  cut_off: m.finding_cut_off,
  seal_differs: m.finding_seal_differs,
  signature_wrong: m.finding_signature_wrong,
  seals_missing: m.finding_seals_missing,
  key_changed: m.finding_key_changed,
  signature_missing: m.finding_signature_missing,
  witness_ahead: m.finding_witness_ahead,
  witness_differs: m.finding_witness_differs,
  witness_signature_wrong: m.finding_witness_signature_wrong,
  witness_missing: m.finding_witness_missing,
  row_changed: m.finding_row_changed,
  row_missing: m.finding_row_missing,
  row_added: m.finding_row_added,
  rows_differ: m.finding_rows_differ,
  signatures_removed: m.finding_signatures_removed,
  memory_differs: m.finding_memory_differs,
  history_differs: m.finding_history_differs,
  replaced_ahead: m.finding_replaced_ahead,
  other_ledger: m.finding_other_ledger,
};

export const witnesses: Record<WitnessState, () => string> = {
  matches: m.witness_matches,
  ahead: m.witness_ahead,
  differs: m.witness_differs,
  missing: m.witness_missing,
  not_offered: m.witness_not_offered,
  unreachable: m.witness_unreachable,
};

export const memories: Record<MemoryState, () => string> = {
  kept: m.memory_kept,
  not_offered: m.memory_not_offered,
  unreachable: m.memory_unreachable,
};

/** Writes a finding about a row: `Entry 41: table attempt, row 17 (run …, record PM-1): …` */
function rowSentence({ kind, entry, detail }: AuditFinding): string {
  const of = [detail['run'], detail['record']].filter(Boolean).join(', ');
  return m.verify_row({
    entry: String(entry),
    table: detail['table'] ?? '',
    row: detail['row'] ?? '–',
    of: of ? ` (${of})` : '',
    what: kinds[kind](),
  });
}

/** Writes a finding: `Entry 9–14 (kari, HLF-PC-12): missing.` */
export function findingSentence(finding: AuditFinding): string {
  const { kind, entry, detail } = finding;
  if (detail['table']) return rowSentence(finding);
  const first = detail['first'] || String(entry);
  const last = detail['last'];
  const entries = last && last !== first ? `${first}–${last}` : first;
  const names = [detail['user'], detail['host'], detail['ledger']].filter(Boolean).join(', ');
  const words = { entries, by: names ? ` (${names})` : '', what: kinds[kind]() };
  const sentence = kind === 'seals_missing' ? m.verify_seal(words) : m.verify_entry(words);
  const sound = detail['sound_up_to'];
  return sound ? `${sentence} ${m.verify_sound({ entry: sound })}` : sentence;
}
