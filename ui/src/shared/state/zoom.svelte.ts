/** Keeps the size of everything in the window, which the web view is asked to draw, and remembers it. */
import { ipc } from '$ipc';

const KEY = 'postonce.zoom';
export const SIZES_PERCENT = [75, 90, 100, 110, 125, 150, 175, 200] as const;
const NORMAL_PERCENT = 100;

class Zoom {
  percent = $state(NORMAL_PERCENT);

  /** Makes everything larger by so many steps; 0 is the normal size. */
  by(steps: number): void {
    const sizes: readonly number[] = SIZES_PERCENT;
    const now = sizes.indexOf(this.percent);
    const wanted = steps === 0 ? sizes.indexOf(NORMAL_PERCENT) : now + steps;
    const percent = sizes[Math.min(Math.max(wanted, 0), sizes.length - 1)] ?? NORMAL_PERCENT;
    if (percent === this.percent) return;
    this.#draw(percent);
    localStorage.setItem(KEY, String(percent));
  }

  /** Restores the size of the last time. */
  restore(): void {
    const kept = Number(localStorage.getItem(KEY));
    if (kept !== NORMAL_PERCENT && SIZES_PERCENT.some((size) => size === kept)) this.#draw(kept);
  }

  /** A web view that cannot be asked keeps its size. */
  #draw(percent: number): void {
    this.percent = percent;
    ipc.setZoom(percent).catch(() => undefined);
  }
}

export const zoom = new Zoom();
