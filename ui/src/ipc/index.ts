/**
 * The only way from the window to the engine. Commands answer or throw a {@link ProblemError}; its `problem` is a code
 * with parameters, and `$shared/notices/problem` has the words.
 */
import { commands, events } from './bindings';
import type {
  AccountingForm,
  AuditFilter,
  Base,
  CertificateFormat,
  CompareNews,
  ItemFilter,
  Language,
  Period,
  Preferences,
  Problem,
  Progress,
  RecordQuery,
  ReExportWish,
  RunEnded,
  RunFormat,
  RunQuery,
  ScheduleForm,
  SecretSide,
  SettingsWish,
  SetupForm,
  SourceForm,
  Verdict,
  Wanted,
} from './bindings';

export type * from './bindings';

/** Every way to fail that the engine tells of. */
export type ErrorCode = Problem['code'];

/** What a command failed with. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/** The problem in whatever was thrown; what is no problem of ours becomes `internal`. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  return { code: 'internal', params: { detail: thrown instanceof Error ? thrown.message : String(thrown) } };
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const settled = await answer;
  // What the window's own bridge refuses is a text, and no problem of the engine's.
  if (settled.status === 'error')
    throw typeof settled.error === 'string' ? new Error(settled.error) : new ProblemError(settled.error);
  return settled.data;
}

export const ipc = {
  overview: () => dataOf(commands.overview()),
  connection: () => dataOf(commands.connection()),
  lock: () => dataOf(commands.lock()),
  plan: (period: Period) => dataOf(commands.plan(period)),
  breakLock: (confirm: string, reason: string) => dataOf(commands.breakLock(confirm, reason)),
  startSync: (period: Period, waitSeconds: number | null) => dataOf(commands.startSync(period, waitSeconds)),
  stopSync: () => dataOf(commands.stopSync()),
  currentProgress: () => dataOf(commands.currentProgress()),
  runs: (query: RunQuery, limit: number, before: string | null) =>
    dataOf(commands.runs(query, limit, before)),
  run: (runId: string) => dataOf(commands.run(runId)),
  runItems: (runId: string, filter: ItemFilter | null, text: string | null, skip: number, limit: number) =>
    dataOf(commands.runItems(runId, filter, text, skip, limit)),
  countItems: (runId: string, filter: ItemFilter | null, text: string | null) =>
    dataOf(commands.countItems(runId, filter, text)),
  exportRun: (runId: string, format: RunFormat, language: Language) =>
    dataOf(commands.exportRun(runId, format, language)),
  exportCertificate: (runId: string, format: CertificateFormat, language: Language) =>
    dataOf(commands.exportCertificate(runId, format, language)),
  openSaved: (id: number) => dataOf(commands.openSaved(id)),
  showSaved: (id: number) => dataOf(commands.showSaved(id)),
  printPage: () => dataOf(commands.printPage()),
  certificate: (runId: string) => dataOf(commands.certificate(runId)),
  records: (query: RecordQuery, after: string | null, limit: number) =>
    dataOf(commands.records(query, after, limit)),
  recordsFound: (query: RecordQuery) => dataOf(commands.recordsFound(query)),
  exportedByMonth: (months: number) => dataOf(commands.exportedByMonth(months)),
  nextRun: () => dataOf(commands.nextRun()),
  record: (recordId: string) => dataOf(commands.record(recordId)),
  openVoucher: (voucherId: string) => dataOf(commands.openVoucher(voucherId)),
  accept: (recordId: string, reason: string) => dataOf(commands.accept(recordId, reason)),
  resolve: (recordId: string, verdict: Verdict, reason: string) =>
    dataOf(commands.resolve(recordId, verdict, reason)),
  reExportPreview: (recordId: string) => dataOf(commands.reExportPreview(recordId)),
  reExport: (wish: ReExportWish) => dataOf(commands.reExport(wish)),
  waitingReExports: () => dataOf(commands.waitingReExports()),
  approveReExport: (recordId: string, confirm: string, requestedAt: string) =>
    dataOf(commands.approveReExport(recordId, confirm, requestedAt)),
  declineReExport: (recordId: string, reason: string) => dataOf(commands.declineReExport(recordId, reason)),
  attention: (offset: number, limit: number) => dataOf(commands.attention(offset, limit)),
  makePracticeWorkspace: () => dataOf(commands.makePracticeWorkspace()),
  systemLanguage: () => commands.systemLanguage(),
  beginSetup: () => dataOf(commands.beginSetup()),
  /** The secret goes to Rust, and never comes back. */
  holdSecret: (side: SecretSide, value: string) => dataOf(commands.holdSecret(side, value)),
  keepSecrets: () => dataOf(commands.keepSecrets()),
  testConnection: (base: Base, accounting: AccountingForm) =>
    dataOf(commands.testConnection(base, accounting)),
  checkSetup: (form: SetupForm) => dataOf(commands.checkSetup(form)),
  guessSource: (base: Base, path: string) => dataOf(commands.guessSource(base, path)),
  sampleSource: (base: Base, source: SourceForm) => dataOf(commands.sampleSource(base, source)),
  surveySource: (base: Base, source: SourceForm) => dataOf(commands.surveySource(base, source)),
  rehearse: (form: SetupForm) => dataOf(commands.rehearse(form)),
  finishSetup: (form: SetupForm) => dataOf(commands.finishSetup(form)),
  openWorkspace: (path: string) => dataOf(commands.openWorkspace(path)),
  chooseFile: () => dataOf(commands.chooseFile()),
  chooseFolder: () => dataOf(commands.chooseFolder()),
  settings: () => dataOf(commands.settings()),
  saveSettings: (wish: SettingsWish) => dataOf(commands.saveSettings(wish)),
  nextTimes: (schedule: ScheduleForm) => dataOf(commands.nextTimes(schedule)),
  audit: (filter: AuditFilter, before: number | null, limit: number) =>
    dataOf(commands.audit(filter, before, limit)),
  auditActors: () => dataOf(commands.auditActors()),
  verifyAudit: () => dataOf(commands.verifyAudit()),
  exportAudit: (language: Language) => dataOf(commands.exportAudit(language)),
  ledger: () => dataOf(commands.ledger()),
  backUp: () => dataOf(commands.backUp()),
  compare: (period: Period) => dataOf(commands.compare(period)),
  stopCompare: () => commands.stopCompare(),
  differences: (comparisonId: number, after: number, limit: number) =>
    dataOf(commands.differences(comparisonId, after, limit)),
  exportComparison: (comparisonId: number, language: Language) =>
    dataOf(commands.exportComparison(comparisonId, language)),
  rebuild: (confirm: string) => dataOf(commands.rebuild(confirm)),
  preferences: () => commands.preferences(),
  setPreferences: (wanted: Preferences) => dataOf(commands.setPreferences(wanted)),
  setLanguage: (language: Language) => dataOf(commands.setLanguage(language)),
  wantedAtStart: () => commands.wantedAtStart(),
  askToQuit: () => commands.askToQuit(),
  stopAndQuit: () => commands.stopAndQuit(),
  about: () => commands.about(),
  openLogFolder: () => dataOf(commands.openLogFolder()),

  /** Calls back with each progress of the run that is on; the answer ends it. */
  onProgress: (each: (progress: Progress) => void) =>
    events.runProgress.listen((event) => each(event.payload)),
  /** Calls back when a file is held over the window, and when it is not any more; the answer ends it. */
  onFileHovers: (each: (over: boolean) => void) => events.fileHovers.listen((event) => each(event.payload)),
  /** Calls back with the path of a file that was dropped on the window; the answer ends it. */
  onFileDropped: (each: (path: string) => void) => events.fileDropped.listen((event) => each(event.payload)),
  /** Calls back when a run has ended, or was refused. */
  onEnded: (each: (end: RunEnded) => void) => events.runEnded.listen((event) => each(event.payload)),
  /** Calls back with each step of a comparison. */
  onCompare: (each: (news: CompareNews) => void) =>
    events.compareProgress.listen((event) => each(event.payload)),
  /** Calls back with what is asked for outside the page. */
  onWanted: (each: (wanted: Wanted) => void) => events.wantedAsked.listen((event) => each(event.payload)),
};

/** What was typed as a secret and not saved is forgotten. */
export async function forgetSecrets(): Promise<void> {
  await Promise.allSettled([ipc.holdSecret('accounting', ''), ipc.holdSecret('platform', '')]);
}
