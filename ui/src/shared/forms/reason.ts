/** A reason has to say something: the rule of the engine, checked while it is typed. */

/** The least number of characters, as the engine and the ledger want it. */
export const REASON_LENGTH_MIN = 10;

/** Counts the characters of a reason, without the spaces around it. */
export function reasonLength(reason: string): number {
  return [...reason.trim()].length;
}

export function isReason(reason: string): boolean {
  return reasonLength(reason) >= REASON_LENGTH_MIN;
}
