/** Searches everything that a person may want to open, while they type. */
import * as m from '$messages';
import { ipc, type AuditEntryFull, type MonthRecords, type RecordRow, type Run } from '$ipc';
import { amount, day, sums, when } from '$shared/basics/format';
import { recordStates, shownOutcome } from '$shared/record/states';
import { recordQueries } from '$shared/record/query';
import { reversalsWith } from '$shared/record/reversals';
import { places, to, type Found, type Kind } from './places';

const RECORDS_SHOWN = 6;
const RUNS_SHOWN = 4;
const REVERSALS_SHOWN = 3;
const REVERSALS_LOOKED_AT = 100;
/** One character fits nearly every record. */
const CHARS_MIN = 2;
const ANY_RUN = {
  outcome: null,
  unfinished: false,
  actor: null,
  trigger: null,
  startedFrom: null,
  startedBefore: null,
};
const ORDER: Kind[] = ['records', 'runs', 'screens', 'months', 'settings', 'help'];

export class Search {
  #months = $state.raw<MonthRecords[]>([]);
  #asked = $state.raw('');
  #listed = $state.raw<Found[]>([]);
  #mine = 0;
  /** The lists could not be searched. */
  failed = $state(false);
  /** Returns what was found, grouped by its kind. */
  groups = $derived.by((): [Kind, Found[]][] => {
    const all = [...this.#listed, ...places(this.#asked, this.#months)];
    return ORDER.map((kind): [Kind, Found[]] => [kind, all.filter((each) => each.kind === kind)]).filter(
      ([, found]) => found.length > 0,
    );
  });
  found = $derived(this.groups.flatMap(([, found]) => found));

  async load(): Promise<void> {
    this.#months = await ipc.months().catch(() => []);
  }

  /** Shows the places at once, and the records and runs when they are found. */
  async ask(typed: string): Promise<void> {
    const mine = (this.#mine += 1);
    const text = typed.trim();
    this.#asked = text;
    if (text.length < CHARS_MIN) {
      this.#listed = [];
      this.failed = false;
      return;
    }
    try {
      const [records, reversals, runs] = await Promise.all([
        this.#records(text),
        this.#reversals(text),
        ipc.runs({ ...ANY_RUN, text }, RUNS_SHOWN, null),
      ]);
      if (mine !== this.#mine) return;
      this.#listed = [...records.map(ofRecord), ...reversals.map(ofReversal), ...runs.map(ofRun)];
      this.failed = false;
    } catch {
      if (mine !== this.#mine) return;
      this.#listed = [];
      this.failed = true;
    }
  }

  /** Finds the counter-vouchers with such an id: they belong to a run, and to no record of the lists. */
  async #reversals(text: string): Promise<AuditEntryFull[]> {
    const like = text.toLocaleLowerCase();
    const found = await reversalsWith(text, REVERSALS_LOOKED_AT);
    return found
      .filter(({ voucherId }) => voucherId?.toLocaleLowerCase().includes(like))
      .slice(0, REVERSALS_SHOWN);
  }

  /** Searches for an amount first, where the words look like one. */
  async #records(text: string): Promise<RecordRow[]> {
    const [query, otherwise] = recordQueries({ text });
    const found = await ipc.records(query, null, RECORDS_SHOWN);
    return found.length > 0 || !otherwise ? found : await ipc.records(otherwise, null, RECORDS_SHOWN);
  }
}

function ofRecord(row: RecordRow): Found {
  const number = row.voucherNumber ?? row.voucherId;
  const more = [
    row.payee || row.payeeId,
    day(row.date),
    amount(row.amount),
    number ? m.palette_voucher({ number }) : recordStates[row.state].word(),
  ];
  return {
    kind: 'records',
    id: row.recordId,
    word: row.recordId,
    more: more.filter(Boolean).join(' · '),
    go: to('records', row.recordId),
  };
}

function ofReversal({ entry, voucherId, earlierVoucherId, runId, at }: AuditEntryFull): Found {
  const more = [m.palette_reversal({ voucher: earlierVoucherId ?? '–' }), when(at)];
  return {
    kind: 'records',
    id: `reversal-${entry}`,
    word: voucherId ?? '',
    more: more.join(' · '),
    go: runId ? to('history', runId) : to('audit'),
  };
}

function ofRun(run: Run): Found {
  const more = [run.user, shownOutcome(run).word(), run.posted.length > 0 ? sums(run.posted) : ''];
  return {
    kind: 'runs',
    id: run.runId,
    word: m.print_title({ when: when(run.startedAt) }),
    more: more.filter(Boolean).join(' · '),
    go: to('history', run.runId),
  };
}
