/** Reads calendar and clock of a time zone. A zone is called by its name, `Europe/Oslo`; `null` is the computer's own. */

/** The fields of a calendar and a clock; months begin with 1. */
export type Calendar = { year: number; month: number; date: number; hour: number; minute: number };
export type Day = Pick<Calendar, 'year' | 'month' | 'date'>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the name of the computer's own zone. */
export const computerZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Returns what calendar and clock of a zone show at a moment. */
export function calendarIn(zone: string | null, moment: Date): Calendar {
  if (zone === null) {
    const [year, month, date] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
    return { year, month, date, hour: moment.getHours(), minute: moment.getMinutes() };
  }
  let format = formats.get(zone);
  if (!format) {
    const two = '2-digit';
    const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two } as const;
    format = new Intl.DateTimeFormat('en-GB', { ...fields, hourCycle: 'h23', timeZone: zone });
    formats.set(zone, format);
  }
  const parts = format.formatToParts(moment);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return { year: of('year'), month: of('month'), date: of('day'), hour: of('hour'), minute: of('minute') };
}

/** Returns the moment at which a day begins in a zone. A day or a month too far goes on in the next one. */
export function startIn(zone: string | null, { year, month, date }: Day): Date {
  if (zone === null) return new Date(year, month - 1, date);
  const wanted = Date.UTC(year, month - 1, date);
  let moment = new Date(wanted);
  // The second time, the difference is that of the moment itself and not of the one before a change of the clocks.
  for (let times = 0; times < 2; times += 1)
    moment = new Date(moment.getTime() + wanted - asIfUtc(calendarIn(zone, moment)));
  return moment;
}

/** Says whether the clocks of a zone show another time now than those of the computer. */
export function differsNow(zone: string, now: Date = new Date()): boolean {
  return asIfUtc(calendarIn(zone, now)) !== asIfUtc(calendarIn(null, now));
}

function asIfUtc({ year, month, date, hour, minute }: Calendar): number {
  return Date.UTC(year, month - 1, date, hour, minute);
}
