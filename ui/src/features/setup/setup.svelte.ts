/** Holds the form of a first start. Its steps go back and forth without loss, and nothing is written before the end. */
import {
  forgetSecrets,
  ipc,
  problemOf,
  type AccountingForm,
  type BooksForm,
  type OrganisationForm,
  type PostingForm,
  type Problem,
  type SetupForm,
  type SetupStart,
  type SourceForm,
  type SourceGuess,
  type Tested,
} from '$ipc';

export const STEPS = ['connection', 'source', 'accounts', 'check'] as const;
export type Step = (typeof STEPS)[number];

const ID_CHARS_MAX = 16;

/** Makes an id of `Hørselshemmedes lag`: a-z, 0-9 and -. */
export function idOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('å', 'a')
    .normalize('NFD')
    .replace(/[^a-z0-9]+/g, '-');
  const whole = plain.replace(/^-+|-+$/g, '');
  if (whole.length <= ID_CHARS_MAX) return whole;
  // A word less is better than half a word.
  const cut = whole.slice(0, ID_CHARS_MAX + 1);
  const end = cut.lastIndexOf('-');
  return end > ID_CHARS_MAX / 3 ? cut.slice(0, end) : cut.slice(0, ID_CHARS_MAX);
}

export class Setup {
  /** `null` until one of the three ways is chosen. */
  step = $state<Step | null>(null);
  start = $state.raw<SetupStart | null>(null);
  problem = $state.raw<Problem | null>(null);
  working = $state(false);

  accounting = $state<AccountingForm>({ kind: 'open', fields: {} });
  typed = $state(false);
  reached = $state.raw<Tested | null>(null);
  source = $state<SourceForm | null>(null);
  found = $state.raw<SourceGuess | null>(null);
  read = $state(false);
  posting = $state<PostingForm>({ payableAccount: '2930', defaultAccount: '', categories: [] });
  organisation = $state<OrganisationForm>({ id: '', name: '', currency: 'NOK', timeZone: 'Europe/Oslo' });
  folder = $state('');
  /** `true` once the id was typed; from then on it is not made from the name. */
  idTyped = $state(false);

  place = $derived(this.step ? STEPS.indexOf(this.step) : -1);

  /** The reason why the next step is closed; `null` where it is open. */
  missing = $derived.by((): 'connection' | 'source' | 'accounts' | null => {
    if (this.step === 'connection') return this.reached ? null : 'connection';
    if (this.step === 'source') return this.source && this.read ? null : 'source';
    if (this.step === 'accounts') return this.posting.payableAccount.trim() === '' ? 'accounts' : null;
    return null;
  });

  async load(): Promise<void> {
    try {
      const start = await ipc.beginSetup();
      this.start = start;
      this.folder ||= start.folder;
      if (this.organisation.name === '') this.organisation = start.organisation;
      this.problem = null;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  begin(): void {
    this.step = 'connection';
    this.accounting.kind = this.start?.kinds[0]?.name ?? this.accounting.kind;
  }

  next(): void {
    if (this.missing) return;
    if (this.step === 'connection' && this.reached) {
      if (this.organisation.name === '') this.rename(this.reached.connection.organisationName);
      if (this.reached.prefixInUse) {
        // The books have it already: another one would make every record look new.
        this.organisation.id = this.reached.prefixInUse;
        this.idTyped = true;
      }
    }
    this.step = STEPS[this.place + 1] ?? this.step;
  }

  back(): void {
    this.problem = null;
    this.step = STEPS[this.place - 1] ?? null;
  }

  rename(name: string): void {
    this.organisation.name = name;
    if (!this.idTyped) this.organisation.id = idOf(name);
  }

  /** Asks for a folder, and puts the workspace into one of its own there, so that nothing is strewn about. */
  async chooseFolder(): Promise<boolean> {
    const chosen = await ipc.chooseFolder();
    if (chosen === null) return false;
    const between = chosen.includes('\\') ? '\\' : '/';
    const own = `postonce-${this.organisation.id || idOf(this.organisation.name) || 'regnskap'}`;
    this.folder = `${chosen.replace(/[\\/]+$/, '')}${between}${own}`;
    return true;
  }

  /** Forgets everything that was typed, the secrets included. */
  async cancel(): Promise<void> {
    this.step = this.reached = this.source = this.problem = null;
    this.typed = this.read = this.idTyped = false;
    this.found = null;
    this.accounting = { kind: this.accounting.kind, fields: {} };
    this.posting = { payableAccount: '2930', defaultAccount: '', categories: [] };
    await forgetSecrets();
  }

  get form(): SetupForm | null {
    const source = $state.snapshot(this.source);
    if (!source) return null;
    return {
      folder: this.folder,
      organisation: $state.snapshot(this.organisation),
      accounting: $state.snapshot(this.accounting),
      books: this.#books(),
      source,
      posting: $state.snapshot(this.posting),
    };
  }

  /** Returns the books that the person was shown, and went on from. */
  #books(): BooksForm | null {
    const books = this.reached?.connection;
    return books
      ? { organisation: books.organisationId, name: books.organisationName, address: books.address }
      : null;
  }

  /** Does one of the actions that end this screen. Returns whether it was done. */
  async end(act: () => Promise<unknown>): Promise<boolean> {
    if (this.working) return false;
    this.working = true;
    this.problem = null;
    try {
      await act();
      return true;
    } catch (thrown) {
      this.problem = problemOf(thrown);
      return false;
    } finally {
      this.working = false;
    }
  }
}
