/** Handles days as they are typed, `YYYY-MM-DD` or nothing. */

export function isReversed(from: string, to: string): boolean {
  return from !== '' && to !== '' && to < from;
}
