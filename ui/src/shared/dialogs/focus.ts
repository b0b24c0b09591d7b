/** A card that is closed takes the focus with it, unless it is given to something else. */

/** A keyboard goes on from the top of the screen, which stays where it was scrolled to. */
export function focusScreen(): void {
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
}
