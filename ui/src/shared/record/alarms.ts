/** Says what happened to a voucher that was acknowledged, and the one next step. */
import * as m from '$messages';
import type { Alarm, AlarmKind } from '$ipc';
import { reasonSentence } from '../notices/problem';

type Words = { sentence: () => string; step: () => string; isExportedAgain: boolean };

// Another voucher stands in its place, and is not reversed from here.
const otherVoucher: Words = {
  sentence: m.alarm_other_voucher,
  step: m.alarm_step_hand,
  isExportedAgain: false,
};

const words: Record<AlarmKind, Words> = {
  gone: { sentence: m.alarm_gone, step: m.alarm_step_again, isExportedAgain: true },
  reversed: { sentence: m.alarm_reversed, step: m.alarm_step_again, isExportedAgain: true },
  // One more voucher would be one too many.
  several: { sentence: m.alarm_several, step: m.alarm_step_one, isExportedAgain: false },
  other_content: { sentence: m.alarm_other_content, step: m.alarm_step_other, isExportedAgain: true },
};

function wordsOf(alarm: Alarm): Words {
  return alarm.isOtherVoucher ? otherVoucher : words[alarm.kind];
}

/** Returns what happened, with the accounting system's reason if it refused a new voucher. */
export function alarmSentence(alarm: Alarm): string {
  const sentence =
    alarm.isOurs && alarm.kind === 'reversed' ? m.alarm_reversed_by_us : wordsOf(alarm).sentence;
  return [sentence(), alarm.refusal && reasonSentence(alarm.refusal)].filter(Boolean).join(' ');
}

/** Returns what a person does next. */
export function alarmStep(alarm: Alarm): string {
  return wordsOf(alarm).step();
}

/** Says whether to export the record once more is a way out. */
export function mayExportAgain(alarm: Alarm): boolean {
  return wordsOf(alarm).isExportedAgain;
}
