/** Holds the words for the result of a check of the trail; they are complete by type. */
import * as m from '$messages';
import type { AuditFinding, FindingKind, WitnessState } from '$ipc';

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
};

export const witnesses: Record<WitnessState, () => string> = {
  matches: m.witness_matches,
  ahead: m.witness_ahead,
  differs: m.witness_differs,
  missing: m.witness_missing,
  not_offered: m.witness_not_offered,
  unreachable: m.witness_unreachable,
};

/** Writes a finding: `Entry 9–14 (kari, HLF-PC-12): missing.` */
export function findingSentence({ kind, entry, detail }: AuditFinding): string {
  const first = detail['first'] || String(entry);
  const last = detail['last'];
  const entries = last && last !== first ? `${first}–${last}` : first;
  const names = [detail['user'], detail['host']].filter(Boolean).join(', ');
  const words = { entries, by: names ? ` (${names})` : '', what: kinds[kind]() };
  const sentence = kind === 'seals_missing' ? m.verify_seal(words) : m.verify_entry(words);
  const sound = detail['sound_up_to'];
  return sound ? `${sentence} ${m.verify_sound({ entry: sound })}` : sentence;
}
