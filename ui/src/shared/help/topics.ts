/** Holds the pages of the help. Each is plain text, so that it can be searched and is there without a network. */
import * as m from '$messages';
import type { RecordState } from '$ipc';
import { recordStates } from '../record/states';
import { keys } from '../state/shortcuts';

export type Topic = {
  id: string;
  title: string;
  texts: string[];
  kind: 'text' | 'steps' | 'states' | 'words' | 'keys';
};

/** The words that a `?` stands beside. */
export type HardWord =
  | 'ledger'
  | 'trail'
  | 'reconcile'
  | 'certificate'
  | 'lock'
  | 'prefix'
  | 'reference'
  | 'workspace'
  | 'in_doubt'
  | 'dry_run'
  | 'protection'
  | 'reverse';

type Meaning = {
  word: () => string;
  text: () => string;
  /** The page that says more. */
  topic?: Topic['id'];
};

/** Holds the meaning of each hard word; they are complete by type. */
export const hardWords: Record<HardWord, Meaning> = {
  ledger: { word: m.help_word_ledger, text: m.help_word_ledger_text, topic: 'twice' },
  trail: { word: m.help_word_trail, text: m.help_word_trail_text, topic: 'auditor' },
  reconcile: { word: m.help_word_reconcile, text: m.help_word_reconcile_text, topic: 'auditor' },
  certificate: { word: m.help_word_certificate, text: m.help_word_certificate_text, topic: 'auditor' },
  lock: { word: m.help_word_lock, text: m.help_word_lock_text, topic: 'twice' },
  prefix: { word: m.help_word_prefix, text: m.help_word_prefix_text, topic: 'twice' },
  reference: { word: m.help_word_reference, text: m.help_word_reference_text, topic: 'twice' },
  workspace: { word: m.help_word_workspace, text: m.help_word_workspace_text },
  in_doubt: { word: m.help_word_in_doubt, text: m.help_word_in_doubt_text, topic: 'states' },
  dry_run: { word: m.help_word_dry_run, text: m.help_word_dry_run_text, topic: 'start' },
  protection: { word: m.help_word_protection, text: m.help_word_protection_text, topic: 'twice' },
  reverse: { word: m.help_word_reverse, text: m.help_word_reverse_text },
};

/** Returns the words with their meanings, in the order of the alphabet. */
export function meanings(): [word: string, text: string][] {
  return Object.values(hardWords)
    .map(({ word, text }): [string, string] => [word(), text()])
    .sort(([a], [b]) => a.localeCompare(b));
}

/** Returns the states of a record with their meaning, the good ones first. */
export function stateMeanings(): [RecordState, string][] {
  return [
    ['posted', m.help_state_posted()],
    ['handed_over', m.help_state_handed_over()],
    ['eligible', m.help_state_eligible()],
    ['sending', m.help_state_sending()],
    ['in_doubt', m.help_state_in_doubt()],
    ['refused', m.help_state_refused()],
    ['held', m.help_state_held()],
    ['changed', m.help_state_changed()],
    ['vanished', m.help_state_vanished()],
    ['gone', m.help_state_gone()],
    ['set_aside', m.help_state_set_aside()],
  ];
}

/** Returns the steps of an export that keep it from happening twice, in their order. */
export function steps(): [title: string, text: string][] {
  return [
    [m.help_twice_1(), m.help_twice_1_text()],
    [m.help_twice_2(), m.help_twice_2_text()],
    [m.help_twice_3(), m.help_twice_3_text()],
    [m.help_twice_4(), m.help_twice_4_text()],
  ];
}

/** Returns the shortcuts, each with what it does. */
export function shortcuts(): [pressed: string, does: string][] {
  return [
    [keys('Enter'), m.sync_now()],
    [keys('F'), m.records_search()],
    [keys('K'), m.palette_title()],
    [`${keys('1')} – ${keys('7')}`, m.help_keys_screens()],
    [keys(','), m.nav_settings()],
    [`${keys('+')}  ${keys('-')}  ${keys('0')}`, m.help_keys_larger()],
    ['Ctrl', m.help_keys_wheel()],
  ];
}

export function topics(): Topic[] {
  return [
    {
      id: 'start',
      kind: 'text',
      title: m.help_start(),
      texts: [m.help_start_1(), m.help_start_2(), m.help_start_3(), m.help_start_4()],
    },
    {
      id: 'twice',
      kind: 'steps',
      title: m.help_twice(),
      texts: [m.help_twice_lead(), m.help_twice_doubt(), m.help_twice_again()],
    },
    { id: 'states', kind: 'states', title: m.help_states(), texts: [] },
    {
      id: 'auditor',
      kind: 'text',
      title: m.help_auditor(),
      texts: [m.help_auditor_1(), m.help_auditor_2(), m.help_auditor_3()],
    },
    { id: 'words', kind: 'words', title: m.help_words(), texts: [] },
    { id: 'keys', kind: 'keys', title: m.help_keys(), texts: [] },
  ];
}

/** Says whether a page speaks of these words, in any order. */
export function matches(topic: Topic, asked: string): boolean {
  const parts = {
    text: [],
    steps: steps().flat(),
    states: stateMeanings().flatMap(([state, meaning]) => [recordStates[state].word(), meaning]),
    words: meanings().flat(),
    keys: shortcuts().flat(),
  };
  const all = [topic.title, ...topic.texts, ...parts[topic.kind]].join(' ').toLocaleLowerCase();
  return asked
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
