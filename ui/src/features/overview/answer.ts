/** Answers before anything is clicked: is everything exported, does something wait, does something need a person? */
import * as m from '$messages';
import type { RecordCounts, Run } from '$ipc';
import { counted, number, sums, when } from '$shared/basics/format';
import { attentionIn } from '$shared/record/states';

export type Answer = { title: string; text: string };

export function answer(counts: RecordCounts, last: Run | undefined, now: Date = new Date()): Answer {
  const attention = attentionIn(counts);
  const text = last ? lastSentence(last, now) : m.answer_first_text();
  if (counts.eligible > 0 && attention > 0) {
    const title = m.answer_wait_and_attention({
      waiting: number(counts.eligible),
      attention: number(attention),
    });
    return { title, text };
  }
  if (counts.eligible > 0) return { title: m.answer_wait(counted(counts.eligible)), text };
  if (attention > 0) {
    const rest = counts.posted > 0 ? `${m.answer_rest_all()} ${text}` : text;
    return { title: m.answer_attention(counted(attention)), text: rest };
  }
  if (counts.posted > 0) return { title: m.answer_all(), text };
  return last && last.outcome === 'completed'
    ? { title: m.answer_none(), text }
    : { title: m.answer_first(), text };
}

function lastSentence(last: Run, now: Date): string {
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
      return last.counts.posted === 0
        ? m.last_nothing({ when: ended })
        : m.last_sent({ ...counted(last.counts.posted), when: ended, sum: sums(last.posted) });
  }
}
