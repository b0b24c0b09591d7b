/** A reason has to say something; the engine's rule, told while it is typed. */

/** Characters at least, as the engine and the ledger want them. */
export const REASON_LENGTH_MIN = 10;

/** How many of its characters count: the spaces around it do not. */
export function reasonLength(reason: string): number {
  return [...reason.trim()].length;
}

export function isReason(reason: string): boolean {
  return reasonLength(reason) >= REASON_LENGTH_MIN;
}
