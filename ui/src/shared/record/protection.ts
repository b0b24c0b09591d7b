/** Says in words how strongly the accounting side protects. */
import * as m from '$messages';
import type { Protection } from '$ipc';

const words: Record<Protection, [word: () => string, text: () => string]> = {
  enforced: [m.protection_enforced, m.protection_enforced_text],
  fenced: [m.protection_fenced, m.protection_fenced_text],
  staged: [m.protection_staged, m.protection_staged_text],
  observed: [m.protection_observed, m.protection_observed_text],
};

export const protectionWord = (protection: Protection): string => words[protection][0]();
export const protectionText = (protection: Protection): string => words[protection][1]();
/** Says what protection costs; nothing where it costs no time. */
export const protectionCost = (waitsSeconds: number): string =>
  waitsSeconds === 0 ? '' : m.protection_waits({ seconds: waitsSeconds });
