/** Answers before anything is clicked: is everything exported, does something wait, does something need a person? */
import * as m from '$messages';
import type { Problem, RecordCounts, Run } from '$ipc';
import { counted, number, sums, when } from '$shared/basics/format';
import { problemSentence } from '$shared/notices/problem';
import { severities } from '$shared/notices/severity';
import { attentionIn } from '$shared/record/states';
import { shortcomings } from './outcome';

export type Answer = { title: string; text: string };

/** The last look at the source: what is in it now is known, is being looked for, or is not known. */
export type Look = {
  kind: 'fresh' | 'looking' | 'old';
  /** The time of the look; `null` where nobody has looked yet. */
  at: Date | string | null;
  problem: Problem | null;
};

/** Returns how old the figures are. Without a look from this window, they are of the last run that read the source. */
export function lookOf(
  window: { looking: boolean; lookedAt: Date | null; unlooked: Problem | null },
  runs: Run[],
): Look {
  const at = window.lookedAt ?? runs.find((run) => run.counts.read > 0)?.startedAt ?? null;
  if (window.lookedAt && !window.unlooked) return { kind: 'fresh', at, problem: null };
  return { kind: window.looking ? 'looking' : 'old', at, problem: window.unlooked };
}

/** Says when the source was looked at, and what kept it from being. */
export function age(look: Look, now: Date = new Date()): string {
  if (look.kind === 'looking') return m.look_now();
  const at = look.at ? m.look_at({ when: when(look.at, now) }) : m.look_never();
  const lasts = look.problem && severities[look.problem.code] === 'stop' ? look.problem : null;
  return lasts ? `${at} ${m.look_failed()} ${problemSentence(lasts)}` : at;
}

export function answer(
  counts: RecordCounts,
  last: Run | undefined,
  look: Look,
  now: Date = new Date(),
): Answer {
  const attention = attentionIn(counts);
  const waits = counts.eligible + attention > 0;
  const first = waits ? `${m.answer_first()} ${m.answer_first_text()}` : m.answer_first_text();
  const text = last ? lastSentence(last, now) : first;
  if (counts.eligible > 0 && attention > 0) {
    const title = m.answer_wait_and_attention({
      waiting: number(counts.eligible),
      attention: number(attention),
    });
    return { title, text };
  }
  if (counts.eligible > 0) return { title: m.answer_wait(counted(counts.eligible)), text };
  if (attention > 0) {
    const all = counts.posted > 0 && look.kind === 'fresh';
    return {
      title: m.answer_attention(counted(attention)),
      text: all ? `${m.answer_rest_all()} ${text}` : text,
    };
  }
  return { title: ofNothing(counts, last, look, now), text };
}

/** Says that nothing waits and nothing needs a person, as far as that was looked at. */
function ofNothing(counts: RecordCounts, last: Run | undefined, look: Look, now: Date): string {
  if (counts.posted === 0 && last?.outcome !== 'completed')
    return last ? m.answer_nothing_yet() : m.answer_first();
  if (look.kind === 'looking') return m.answer_looking();
  if (look.kind === 'old' && look.at) return m.answer_all_then({ when: when(look.at, now) });
  return counts.posted > 0 ? m.answer_all() : m.answer_none();
}

function lastSentence(last: Run, now: Date): string {
  return [endSentence(last, now), shortcomings(last)].filter(Boolean).join(' ');
}

function endSentence(last: Run, now: Date): string {
  const ended = when(last.finishedAt ?? last.startedAt, now);
  switch (last.outcome) {
    case 'stopped':
      return m.last_stopped({ when: ended });
    case 'failed':
    case 'lease_lost':
      return m.last_failed({ when: ended });
    case 'interrupted':
    case null:
      return m.last_interrupted({ when: when(last.startedAt, now) });
    case 'completed':
      if (last.counts.posted > 0)
        return m.last_sent({ ...counted(last.counts.posted), when: ended, sum: sums(last.posted) });
      return shortcomings(last) ? m.last_none({ when: ended }) : m.last_nothing({ when: ended });
  }
}
