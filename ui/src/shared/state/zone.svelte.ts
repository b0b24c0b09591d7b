/**
 * Keeps the time zone of the organisation, in which every day and time of the window is written, as in its reports and
 * its schedule. Until it is known, the computer's own holds.
 */
import { calendarIn, differsNow, isZone, startIn, type Calendar, type Day } from './calendar';

class Zone {
  #name = $state<string | null>(null);

  /** The zone by its name, `Europe/Oslo`; `null` where it is not known. */
  get name(): string | null {
    return this.#name;
  }

  use(name: string | null): void {
    this.#name = name !== null && isZone(name) ? name : null;
  }

  /** True where the computer's own clock shows another time. */
  get differs(): boolean {
    return this.#name !== null && differsNow(this.#name);
  }
}

export const zone = new Zone();

/** Returns what calendar and clock of the organisation show at a moment. */
export function calendarOf(moment: Date): Calendar {
  return calendarIn(zone.name, moment);
}

/** Returns the moment at which a day of the organisation begins. A day or a month too far goes on in the next one. */
export function startOf(day: Day): Date {
  return startIn(zone.name, day);
}
