/** Moves the focus when a card that holds it is closed. */

/** Focuses the top of the screen, without scrolling. */
export function focusScreen(): void {
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
}
