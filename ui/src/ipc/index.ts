/**
 * The only way from the window to the engine. Commands answer or throw a {@link ToldError}; its `problem` is a code
 * with parameters, and `$shared/notices/told` has the words.
 */
import { commands, events } from './bindings';
import type {
  AccountingDraft,
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
  ScheduleDraft,
  SecretSide,
  SettingsWish,
  SetupDraft,
  SourceDraft,
  Verdict,
  Wanted,
} from './bindings';

export type * from './bindings';

/** Every way to fail that the engine tells of. */
export type ErrorCode = Problem['code'];

/** What a command failed with. */
export class ToldError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/** The problem in whatever was thrown; what is no problem of ours becomes `internal`. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ToldError) return thrown.problem;
  return { code: 'internal', params: { detail: thrown instanceof Error ? thrown.message : String(thrown) } };
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

async function told<T>(answer: Promise<Answer<T>>): Promise<T> {
  const settled = await answer;
  // What the window's own bridge refuses is a text, and no problem of the engine's.
  if (settled.status === 'error')
    throw typeof settled.error === 'string' ? new Error(settled.error) : new ToldError(settled.error);
  return settled.data;
}

export const ipc = {
  overview: () => told(commands.overview()),
  connection: () => told(commands.connection()),
  lock: () => told(commands.lock()),
  plan: (period: Period) => told(commands.plan(period)),
  breakLock: (confirm: string, reason: string) => told(commands.breakLock(confirm, reason)),
  startSync: (period: Period, waitSeconds: number | null) => told(commands.startSync(period, waitSeconds)),
  stopSync: () => told(commands.stopSync()),
  currentProgress: () => told(commands.currentProgress()),
  runs: (query: RunQuery, limit: number, before: string | null) => told(commands.runs(query, limit, before)),
  run: (runId: string) => told(commands.run(runId)),
  runItems: (runId: string, filter: ItemFilter | null, text: string | null, skip: number, limit: number) =>
    told(commands.runItems(runId, filter, text, skip, limit)),
  countItems: (runId: string, filter: ItemFilter | null, text: string | null) =>
    told(commands.countItems(runId, filter, text)),
  exportRun: (runId: string, format: RunFormat, language: Language) =>
    told(commands.exportRun(runId, format, language)),
  exportCertificate: (runId: string, format: CertificateFormat, language: Language) =>
    told(commands.exportCertificate(runId, format, language)),
  openSaved: (id: number) => told(commands.openSaved(id)),
  showSaved: (id: number) => told(commands.showSaved(id)),
  printPage: () => told(commands.printPage()),
  certificate: (runId: string) => told(commands.certificate(runId)),
  records: (query: RecordQuery, after: string | null, limit: number) =>
    told(commands.records(query, after, limit)),
  recordsFound: (query: RecordQuery) => told(commands.recordsFound(query)),
  exportedByMonth: (months: number) => told(commands.exportedByMonth(months)),
  nextRun: () => told(commands.nextRun()),
  record: (recordId: string) => told(commands.record(recordId)),
  openVoucher: (voucherId: string) => told(commands.openVoucher(voucherId)),
  accept: (recordId: string, reason: string) => told(commands.accept(recordId, reason)),
  resolve: (recordId: string, verdict: Verdict, reason: string) =>
    told(commands.resolve(recordId, verdict, reason)),
  reExportPreview: (recordId: string) => told(commands.reExportPreview(recordId)),
  reExport: (wish: ReExportWish) => told(commands.reExport(wish)),
  waitingReExports: () => told(commands.waitingReExports()),
  approveReExport: (recordId: string, confirm: string, requestedAt: string) =>
    told(commands.approveReExport(recordId, confirm, requestedAt)),
  declineReExport: (recordId: string, reason: string) => told(commands.declineReExport(recordId, reason)),
  attention: (offset: number, limit: number) => told(commands.attention(offset, limit)),
  makePracticeWorkspace: () => told(commands.makePracticeWorkspace()),
  systemLanguage: () => commands.systemLanguage(),
  beginSetup: () => told(commands.beginSetup()),
  /** The secret goes to Rust, and never comes back. */
  holdSecret: (side: SecretSide, value: string) => told(commands.holdSecret(side, value)),
  keepSecrets: () => told(commands.keepSecrets()),
  testConnection: (base: Base, accounting: AccountingDraft) =>
    told(commands.testConnection(base, accounting)),
  checkSetup: (draft: SetupDraft) => told(commands.checkSetup(draft)),
  guessSource: (base: Base, path: string) => told(commands.guessSource(base, path)),
  sampleSource: (base: Base, source: SourceDraft) => told(commands.sampleSource(base, source)),
  surveySource: (base: Base, source: SourceDraft) => told(commands.surveySource(base, source)),
  rehearse: (draft: SetupDraft) => told(commands.rehearse(draft)),
  finishSetup: (draft: SetupDraft) => told(commands.finishSetup(draft)),
  openWorkspace: (path: string) => told(commands.openWorkspace(path)),
  chooseFile: () => told(commands.chooseFile()),
  chooseFolder: () => told(commands.chooseFolder()),
  settings: () => told(commands.settings()),
  saveSettings: (wish: SettingsWish) => told(commands.saveSettings(wish)),
  nextTimes: (schedule: ScheduleDraft) => told(commands.nextTimes(schedule)),
  audit: (filter: AuditFilter, before: number | null, limit: number) =>
    told(commands.audit(filter, before, limit)),
  auditActors: () => told(commands.auditActors()),
  verifyAudit: () => told(commands.verifyAudit()),
  exportAudit: (language: Language) => told(commands.exportAudit(language)),
  ledger: () => told(commands.ledger()),
  backUp: () => told(commands.backUp()),
  compare: (period: Period) => told(commands.compare(period)),
  stopCompare: () => commands.stopCompare(),
  differences: (comparisonId: number, after: number, limit: number) =>
    told(commands.differences(comparisonId, after, limit)),
  exportComparison: (comparisonId: number, language: Language) =>
    told(commands.exportComparison(comparisonId, language)),
  rebuild: (confirm: string) => told(commands.rebuild(confirm)),
  preferences: () => commands.preferences(),
  setPreferences: (wanted: Preferences) => told(commands.setPreferences(wanted)),
  setLanguage: (language: Language) => told(commands.setLanguage(language)),
  wantedAtStart: () => commands.wantedAtStart(),
  askToQuit: () => commands.askToQuit(),
  stopAndQuit: () => commands.stopAndQuit(),
  about: () => commands.about(),
  openLogFolder: () => told(commands.openLogFolder()),

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
