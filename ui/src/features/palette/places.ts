/** Lists the places that are known without asking: the screens, the months, the parts of the settings, the help. */
import * as m from '$messages';
import type { MonthRecords } from '$ipc';
import { month as monthText } from '$shared/basics/format';
import { topics } from '$shared/help/topics';
import { wantedPart, type Part } from '$shared/notices/remedy';
import { address, router, type Screen } from '$shared/state/router.svelte';

export type Kind = 'screens' | 'records' | 'runs' | 'months' | 'settings' | 'help';
/** A result: the words on its line, and the way there. */
export type Found = { kind: Kind; id: string; word: string; more: string; go: () => void };

const screens: [Screen, () => string][] = [
  ['overview', m.nav_overview],
  ['history', m.nav_history],
  ['records', m.nav_records],
  ['attention', m.nav_attention],
  ['month', m.nav_month],
  ['audit', m.nav_audit],
  ['settings', m.nav_settings],
  ['help', m.nav_help],
];
const parts: [Part, () => string][] = [
  ['organisation', m.settings_organisation],
  ['accounting', m.settings_connection],
  ['source', m.settings_source],
  ['posting', m.settings_accounts],
  ['schedule', m.settings_schedule],
  ['waiting', m.settings_waiting],
  ['approval', m.settings_approval],
];
const MONTHS_SHOWN = 4;

export function to(screen: Screen, opened?: string): () => void {
  return () => (location.hash = address(screen, opened));
}

/** Opens a part of the settings; where they are shown already, the keyboard continues at the part. */
function toPart(part: Part): () => void {
  return () => {
    const head = document.getElementById(`settings-${part}`);
    if (router.route.screen === 'settings' && head) {
      head.scrollIntoView({ block: 'start' });
      // The dialog gives the keyboard back when it closes; the part takes it afterwards.
      setTimeout(() => head.focus());
      return;
    }
    wantedPart.part = part;
    location.hash = address('settings');
  };
}

/** Returns the places whose words hold every word that is asked for. Without a question, the screens. */
export function places(asked: string, months: MonthRecords[]): Found[] {
  const words = asked.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => words.every((word) => text.toLocaleLowerCase().includes(word));
  const ofScreens = screens.map(([screen, word]): Found => ({
    kind: 'screens',
    id: screen,
    word: word(),
    more: '',
    go: to(screen),
  }));
  if (words.length === 0) return ofScreens;
  const ofMonths = months.map(({ month }): Found => {
    const word = monthText(month, 'long');
    return { kind: 'months', id: month, word, more: m.nav_month(), go: to('month', month) };
  });
  const ofParts = parts.map(([part, word]): Found => ({
    kind: 'settings',
    id: part,
    word: word(),
    more: '',
    go: toPart(part),
  }));
  const ofHelp = topics().map(({ id, title }): Found => ({
    kind: 'help',
    id,
    word: title,
    more: '',
    go: to('help', id),
  }));
  const found = (all: Found[], inHead = '') => all.filter(({ word }) => fits(`${inHead} ${word}`));
  return [
    ...found(ofScreens),
    ...found(ofMonths, m.palette_months()).slice(0, MONTHS_SHOWN),
    ...found(ofParts, m.palette_settings()),
    ...found(ofHelp),
  ];
}
