/**
 * Keeps the time zone of the organisation, in which every day and time of the window is written, as in its reports and
 * its schedule. Until it is known, the computer's own holds.
 */

/** The fields of a calendar and a clock; months begin with 1. */
export type Calendar = { year: number; month: number; date: number; hour: number; minute: number };

class Zone {
  #name = $state<string | null>(null);

  /** The zone by its name, `Europe/Oslo`; `null` where it is not known. */
  get name(): string | null {
    return this.#name;
  }

  use(name: string | null): void {
    this.#name = name !== null && isKnown(name) ? name : null;
  }

  /** True where the computer's own clock shows another time. */
  get differs(): boolean {
    if (this.#name === null) return false;
    const now = new Date();
    return asIfUtc(inZone(now, this.#name)) !== asIfUtc(local(now));
  }
}

export const zone = new Zone();
/** The name of the computer's own zone. */
export const computerZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Returns what calendar and clock of the organisation show at a moment. */
export function calendarOf(moment: Date): Calendar {
  return zone.name === null ? local(moment) : inZone(moment, zone.name);
}

/** Returns the moment at which a day of the organisation begins. A day or a month too far goes on in the next one. */
export function startOf({ year, month, date }: Pick<Calendar, 'year' | 'month' | 'date'>): Date {
  if (zone.name === null) return new Date(year, month - 1, date);
  const wanted = Date.UTC(year, month - 1, date);
  let moment = new Date(wanted);
  // The second time, the difference is that of the moment itself and not of the one before a change of the clocks.
  for (let times = 0; times < 2; times += 1)
    moment = new Date(moment.getTime() + wanted - asIfUtc(inZone(moment, zone.name)));
  return moment;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function inZone(moment: Date, name: string): Calendar {
  let format = formats.get(name);
  if (!format) {
    const two = '2-digit';
    const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two } as const;
    format = new Intl.DateTimeFormat('en-GB', { ...fields, hourCycle: 'h23', timeZone: name });
    formats.set(name, format);
  }
  const parts = format.formatToParts(moment);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return { year: of('year'), month: of('month'), date: of('day'), hour: of('hour'), minute: of('minute') };
}

function local(moment: Date): Calendar {
  return {
    year: moment.getFullYear(),
    month: moment.getMonth() + 1,
    date: moment.getDate(),
    hour: moment.getHours(),
    minute: moment.getMinutes(),
  };
}

function asIfUtc({ year, month, date, hour, minute }: Calendar): number {
  return Date.UTC(year, month - 1, date, hour, minute);
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
