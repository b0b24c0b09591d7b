/** Turns a schedule into words, and words into a schedule. */
import * as m from '$messages';
import type { ScheduleForm } from '$ipc';

export type Rhythm = 'off' | 'monthly' | 'nightly' | 'hourly' | 'weekdays' | 'own';
/**
 * The choice as the form has it; `time` is `hh:mm`, and an hourly schedule uses its minute only. `day` is a day of the
 * month that every month has.
 */
export type Choice = { rhythm: Rhythm; time: string; day: string; cron: string; catchUp: boolean };

/** The days that every month has. */
export const DAYS_MAX = 28;

const TIME = /^(\d{1,2}) (\d{1,2}) \* \* (\*|1-5)$/;
const MONTHLY = /^(\d{1,2}) (\d{1,2}) (\d{1,2}) \* \*$/;
const HOURLY = /^(\d{1,2}) \* \* \* \*$/;
/** Writes a number with two digits. */
export const two = (text: string | number | undefined): string => String(text ?? 0).padStart(2, '0');

export function choiceOf(schedule: ScheduleForm | null): Choice {
  const cron = schedule?.cron ?? '';
  const base = { time: '02:00', day: '1', cron, catchUp: schedule?.catchUp ?? true };
  if (!schedule) return { ...base, rhythm: 'off' };
  const daily = TIME.exec(cron);
  if (daily) {
    const time = `${two(daily[2])}:${two(daily[1])}`;
    return { ...base, rhythm: daily[3] === '*' ? 'nightly' : 'weekdays', time };
  }
  const monthly = MONTHLY.exec(cron);
  if (monthly && Number(monthly[3]) <= DAYS_MAX) {
    const time = `${two(monthly[2])}:${two(monthly[1])}`;
    return { ...base, rhythm: 'monthly', time, day: String(Number(monthly[3])) };
  }
  const hourly = HOURLY.exec(cron);
  return hourly ? { ...base, rhythm: 'hourly', time: `00:${two(hourly[1])}` } : { ...base, rhythm: 'own' };
}

export function scheduleOf(choice: Choice): ScheduleForm | null {
  const [hour = 0, minute = 0] = choice.time.split(':').map(Number);
  const { catchUp } = choice;
  switch (choice.rhythm) {
    case 'off':
      return null;
    case 'monthly':
      return { cron: `${minute} ${hour} ${choice.day} * *`, catchUp };
    case 'nightly':
      return { cron: `${minute} ${hour} * * *`, catchUp };
    case 'weekdays':
      return { cron: `${minute} ${hour} * * 1-5`, catchUp };
    case 'hourly':
      return { cron: `${minute} * * * *`, catchUp };
    case 'own':
      return { cron: choice.cron.trim(), catchUp };
  }
}

/** Writes a schedule: "Every night at 02:00." */
export function inWords(schedule: ScheduleForm | null, point: string): string {
  const choice = choiceOf(schedule);
  const time = choice.time.replace(':', point);
  switch (choice.rhythm) {
    case 'off':
      return m.schedule_off_text();
    case 'monthly':
      return m.schedule_monthly_text({ day: choice.day, time });
    case 'nightly':
      return m.schedule_nightly_text({ time });
    case 'weekdays':
      return m.schedule_weekdays_text({ time });
    case 'hourly':
      return m.schedule_hourly_text({ minute: choice.time.slice(3) });
    case 'own':
      return m.schedule_own_text({ cron: choice.cron });
  }
}
