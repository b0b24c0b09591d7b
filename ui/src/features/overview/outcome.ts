/** Says what a run did, the gravest first: the first sentence is the title of its card. */
import * as m from '$messages';
import type { Run } from '$ipc';
import type { Mark, Tone } from '$shared/basics/mark';
import { counted, sums } from '$shared/basics/format';

export type Outcome = { sentence: string; mark: Mark; tone: Tone };

/**
 * Returns what happened to the records of a run, and to the run itself. `lost` is the number of earlier vouchers that it
 * found gone, and `waited` whether it waited for the run of somebody else.
 */
export function outcomes(run: Run, lost: number, waited: boolean): [Outcome, ...Outcome[]] {
  const { posted, inDoubt, refused, held } = run.counts;
  const ended = run.outcome === 'completed' || run.outcome === 'stopped';
  const all: [boolean, () => string, Mark, Tone][] = [
    [!ended, () => m.result_failed(counted(posted)), 'cross', 'bad'],
    [inDoubt > 0, () => m.result_in_doubt(counted(inDoubt)), 'question', 'warn'],
    [refused > 0, () => m.result_refused(counted(refused)), 'cross', 'bad'],
    [lost > 0, () => m.result_lost(counted(lost)), 'alert', 'bad'],
    [run.outcome === 'stopped', () => m.result_stopped(counted(posted)), 'pause', 'quiet'],
    [
      run.outcome === 'completed' && posted > 0,
      () => m.result_sent({ ...counted(posted), sum: sums(run.posted) }),
      'check',
      'good',
    ],
    [
      run.outcome === 'completed' && posted === 0 && held > 0,
      () => `${m.result_none()} ${m.result_held(counted(held))}`,
      'pause',
      'warn',
    ],
  ];
  const [first, ...others] = all
    .filter(([is]) => is)
    .map(([, say, mark, tone]) => ({ sentence: say(), mark, tone }));
  const nothing = waited ? m.result_nothing_left() : m.result_nothing();
  return [first ?? { sentence: nothing, mark: 'check', tone: 'good' }, ...others];
}

/** Says in a sentence each what of a run a person should know besides what it exported; empty where there is nothing. */
export function shortcomings({ counts }: Pick<Run, 'counts'>): string {
  return [
    counts.inDoubt > 0 && m.result_in_doubt(counted(counts.inDoubt)),
    counts.refused > 0 && m.result_refused(counted(counts.refused)),
    counts.held > 0 && m.result_held(counted(counts.held)),
  ]
    .filter(Boolean)
    .join(' ');
}
