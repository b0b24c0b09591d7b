/** Holds the pages of the help. Each is plain text, so that it can be searched and is there without a network. */
import * as m from '$messages';
import type { RecordState } from '$ipc';
import { recordStates } from '$shared/record/states';
import { keys } from '$shared/state/shortcuts';

export type Topic = {
  id: string;
  title: string;
  texts: string[];
  kind: 'text' | 'steps' | 'states' | 'keys';
};

/** Returns the states of a record with their meaning, the good ones first. */
export function stateMeanings(): [RecordState, string][] {
  return [
    ['posted', m.help_state_posted()],
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
    { id: 'keys', kind: 'keys', title: m.help_keys(), texts: [] },
  ];
}

/** Says whether a page speaks of these words, in any order. */
export function matches(topic: Topic, asked: string): boolean {
  const parts = {
    text: [],
    steps: steps().flat(),
    states: stateMeanings().flatMap(([state, meaning]) => [recordStates[state].word(), meaning]),
    keys: shortcuts().flat(),
  };
  const all = [topic.title, ...topic.texts, ...parts[topic.kind]].join(' ').toLocaleLowerCase();
  return asked
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
