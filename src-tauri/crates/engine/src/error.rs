//! Errors as codes with parameters. The words stand in the message catalogue (`ui/messages`), in both languages, under
//! `error_<code>`; this file is the one list of the codes, and says which exit status each has.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain;

macro_rules! error_codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, exit $exit:literal;)+) => {
        /// Names every way to fail that a person or a script gets to see.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode { $($(#[$meta])* #[serde(rename = $text)] $variant,)+ }

        impl ErrorCode {
            /// Lists every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the code as it stands in JSON and in the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Returns the exit status of the command line.
            pub const fn exit_status(self) -> u8 {
                match self { $(Self::$variant => $exit,)+ }
            }
        }
    };
}

error_codes! {
    // 1: failed
    /// Something that should not happen; `detail` says what.
    Internal = "internal", exit 1;
    /// `path`: the source's file does not exist, or the glob matches none.
    SourceFileMissing = "source_file_missing", exit 1;
    /// `path`, `detail`.
    SourceFileUnreadable = "source_file_unreadable", exit 1;
    /// `path`, `line`, `encoding`, `likely`: the bytes are not of that encoding; perhaps of the other.
    SourceEncoding = "source_encoding", exit 1;
    /// `path`, `column`, `nearest`: the head lacks a column that the workspace names.
    SourceColumnMissing = "source_column_missing", exit 1;
    /// `path`: the file is empty and has not even a head.
    SourceEmpty = "source_empty", exit 1;
    /// `path`, `column`: two columns of the head have the title that the workspace names.
    SourceColumnRepeated = "source_column_repeated", exit 1;
    /// `path`, `found`: the first row is content, or the heading of a report, and names no columns.
    SourceHeadMissing = "source_head_missing", exit 1;
    /// `path`, `found`: the file has another format than text in columns, for example a spreadsheet's workbook.
    SourceNotCsv = "source_not_csv", exit 1;
    /// `path`, `line`: a quote opened in the row that begins there is never closed, so that the rows behind it cannot
    /// be separated.
    SourceQuoteOpen = "source_quote_open", exit 1;
    /// `url`, `status`, `detail`: the platform answered something that is not its protocol.
    PlatformUnexpected = "platform_unexpected", exit 1;
    /// `url`, `status`: the platform does not accept the token, or the token may not do this.
    PlatformUnauthorized = "platform_unauthorized", exit 1;
    /// `url`, `status`: the accounting system does not accept the token, or the token may not do this.
    AccountingUnauthorized = "accounting_unauthorized", exit 1;
    /// `url`, `status`, `detail`: the accounting system answered something that is not its protocol.
    AccountingUnexpected = "accounting_unexpected", exit 1;
    /// `url`, `status`, `detail`: the accounting system refused the request as a whole.
    AccountingRefused = "accounting_refused", exit 1;
    /// `url`, `named`, `companies`: the workspace names none of the companies that the user may see, or has to name one
    /// of them.
    SetupCompany = "setup_company", exit 1;
    /// `url`, `module`: this part of the accounting system is not in use there.
    SetupModuleMissing = "setup_module_missing", exit 1;
    /// `url`, `journal`: there is no such journal.
    SetupJournalMissing = "setup_journal_missing", exit 1;
    /// `url`, `journal`, `currency`: the journal is not one for general entries, or keeps another currency than the
    /// company.
    SetupJournalUnfit = "setup_journal_unfit", exit 1;
    /// `url`, `model`, `field`: this accounting system lacks a field that Postonce needs.
    SetupFieldMissing = "setup_field_missing", exit 1;
    /// `url`, `date`: no open period covers that day.
    SetupPeriodMissing = "setup_period_missing", exit 1;
    /// `url`, `account`: an account of the workspace is not in the chart of accounts.
    SetupAccountMissing = "setup_account_missing", exit 1;
    /// `url`, `account`: nothing can be posted to the account: it is closed, a heading, or there twice.
    SetupAccountUnfit = "setup_account_unfit", exit 1;
    /// `url`, `model`, `rights`: the user lacks these rights on this model.
    SetupRightMissing = "setup_right_missing", exit 1;
    /// `url`, `requests`: so many requests in a row had no answer that was understood; the run stopped itself.
    AccountingUnreliable = "accounting_unreliable", exit 1;
    /// `url`, `found`, `needed`: the accounting system takes references of so many characters only, too few to keep
    /// them unambiguous.
    AccountingReferenceShort = "accounting_reference_short", exit 1;
    /// `workspace`, `accounting`: the token now opens other books than those this workspace has exported into.
    OrganisationMismatch = "organisation_mismatch", exit 1;
    /// The lock went to somebody else, or could not be renewed in time.
    LeaseLost = "lease_lost", exit 1;
    /// The program ended in the middle of sending. A reason for doubt about an attempt, never for a failed command.
    Interrupted = "interrupted", exit 1;
    /// The answer left out the result of a voucher. A reason for doubt about an attempt.
    ResultMissing = "result_missing", exit 1;
    /// `vouchers`: several vouchers, a reversed one, or one of other content stands under the reference. A reason for
    /// doubt about an attempt.
    EvidenceUnclear = "evidence_unclear", exit 1;
    /// The draft that was to be committed is gone. A reason for doubt about an attempt.
    DraftGone = "draft_gone", exit 1;
    /// Something else stands beside a draft. The draft is not committed before that is cleared away.
    DraftContested = "draft_contested", exit 1;
    /// The sent voucher may still arrive. A reason for doubt about an attempt.
    MayStillArrive = "may_still_arrive", exit 1;
    /// Nothing was found after the settle window, and the workspace says `hold`. A reason for doubt about an attempt.
    NotFoundInTime = "not_found_in_time", exit 1;
    /// The voucher of other content that stood under the reference is gone. A reason for doubt about an attempt.
    EvidenceGone = "evidence_gone", exit 1;
    /// `id`: a record that was never exported cannot be exported once more.
    NotExported = "not_exported", exit 1;
    /// `id`, `reason`: something in the record must be put right before it can be sent.
    RecordHeld = "record_held", exit 1;
    /// `id`: the record is in doubt, and must be settled first.
    RecordInDoubt = "record_in_doubt", exit 1;
    /// Nobody holds the lock: there is nothing to take from anybody.
    LockFree = "lock_free", exit 1;
    /// The lock is held by the run of this very program, which can be stopped.
    LockIsOurs = "lock_is_ours", exit 1;
    /// `id`: nothing about the record is in doubt.
    NotInDoubt = "not_in_doubt", exit 1;
    /// `id`, `reference`, `vouchers`: the accounting system says otherwise at this moment.
    ResolutionContradicted = "resolution_contradicted", exit 1;
    /// `id`, `until`: the sent voucher may still arrive until then.
    ResolutionTooEarly = "resolution_too_early", exit 1;
    /// `id`: no re-export of the record waits for an approval.
    ApprovalNotAsked = "approval_not_asked", exit 1;
    /// `id`, `user`: the person who asked for a re-export cannot approve it.
    ApprovalBySame = "approval_by_same", exit 1;
    /// `id`, `voucher`: the record was exported once more meanwhile, as this voucher; the person who asked was shown
    /// the one before.
    ReExportOvertaken = "re_export_overtaken", exit 1;
    /// `voucher`, `detail`: the earlier voucher could not be reversed, so that nothing new was sent.
    ReversalFailed = "reversal_failed", exit 1;
    /// `id`: the ledger knows no such record.
    RecordNotFound = "record_not_found", exit 1;
    /// `id`: the record neither changed after export, nor is its voucher gone.
    NothingToAccept = "nothing_to_accept", exit 1;
    /// `id`: no comparison was kept as the certificate of this run.
    CertificateMissing = "certificate_missing", exit 1;
    /// `id`: no such voucher is known here, or the accounting system has no page for it.
    VoucherPageMissing = "voucher_page_missing", exit 1;
    /// `path`, `detail`: a report cannot be written.
    ReportUnwritable = "report_unwritable", exit 1;
    /// `id`: the ledger knows no such run.
    RunNotFound = "run_not_found", exit 1;
    /// `name`, `variable`: neither the keyring nor the environment (in that variable) has the secret.
    SecretMissing = "secret_missing", exit 1;
    /// `name`, `variable`, `detail`: the keyring cannot be opened.
    KeyringUnavailable = "keyring_unavailable", exit 1;
    /// `name`: standard input was empty.
    SecretEmpty = "secret_empty", exit 2;
    /// `what`, `detail`: the computer did not let the desktop do this.
    DesktopRefused = "desktop_refused", exit 1;
    /// `address`, `detail`: the sandbox cannot start.
    SandboxFailed = "sandbox_failed", exit 1;

    // 2: wrong usage or workspace
    /// `detail`: the command line is wrong.
    Usage = "usage", exit 2;
    /// `minimum`: the reason is too short to say anything.
    ReasonTooShort = "reason_too_short", exit 2;
    /// `expected`, `found`: the text that was typed again differs.
    ConfirmationDiffers = "confirmation_differs", exit 2;
    /// `path`: a file is there already, and is not overwritten without a request.
    ReportExists = "report_exists", exit 2;
    /// `path`, `allowed`: the ending of the name stands for no known format.
    ReportFormatUnknown = "report_format_unknown", exit 2;
    /// `from`, `to`: the period ends before it begins.
    PeriodReversed = "period_reversed", exit 2;
    /// `path`: there is no workspace.
    WorkspaceMissing = "workspace_missing", exit 2;
    /// `path`: a folder that was typed does not begin at the root.
    FolderNotAbsolute = "folder_not_absolute", exit 2;
    /// `path`: there is a workspace already.
    WorkspaceExists = "workspace_exists", exit 2;
    /// `path`, `detail`: the workspace file cannot be read.
    WorkspaceUnreadable = "workspace_unreadable", exit 2;
    /// `path`: somebody else changed the file since it was opened, and nothing was saved over their change.
    WorkspaceChanged = "workspace_changed", exit 2;
    /// `path`, `line`, `detail`: the workspace file breaks its format.
    WorkspaceInvalid = "workspace_invalid", exit 2;
    /// `path`, `line`, `key`, `nearest`: the workspace file has a key that does not exist.
    WorkspaceUnknownKey = "workspace_unknown_key", exit 2;
    /// `path`, `key`: a key that must stand there does not.
    WorkspaceKeyMissing = "workspace_key_missing", exit 2;
    /// `path`, `line`, `key`, `found`, `allowed`: the value is of the wrong type or out of its bounds.
    WorkspaceValueInvalid = "workspace_value_invalid", exit 2;
    /// `path`, `line`, `kind`, `available`: this version cannot use this kind of source or accounting system.
    WorkspaceKindUnavailable = "workspace_kind_unavailable", exit 2;
    /// `url`: the address is plain http and leads beyond this machine.
    InsecureUrl = "insecure_url", exit 2;

    // 3: another sync holds the lock
    /// `user`, `host`, `since`, `processed`, `total`, `heard`: somebody else holds the lock, over the network.
    LockHeld = "lock_held", exit 3;
    /// A run is on, here or in another program on this machine: the settings are not changed under it.
    RunIsOn = "run_is_on", exit 3;
    /// `path`: another program on this machine holds the lock.
    LockHeldHere = "lock_held_here", exit 3;

    // 5: not reached
    /// `url`, `detail`: the platform cannot be reached.
    PlatformUnreachable = "platform_unreachable", exit 5;
    /// `url`, `status`: the platform asks to be left alone for a while, and went on asking.
    PlatformBusy = "platform_busy", exit 5;
    /// `url`, `detail`: the accounting system cannot be reached.
    AccountingUnreachable = "accounting_unreachable", exit 5;
    /// `url`, `status`: the accounting system asks to be left alone for a while, and went on asking.
    AccountingBusy = "accounting_busy", exit 5;

    // 6: the ledger
    /// `path`, `found`, `known`: a newer version wrote the ledger.
    LedgerNewer = "ledger_newer", exit 6;
    /// `path`, `detail`: the file is damaged, or no ledger at all.
    LedgerDamaged = "ledger_damaged", exit 6;
    /// `path`, `backups`: the ledger is gone, though this workspace has synced before. It is never made anew in
    /// silence.
    LedgerMissing = "ledger_missing", exit 6;
    /// `path`, `detail`: the copy that must come first could not be made.
    LedgerBackupFailed = "ledger_backup_failed", exit 6;
    /// `path`: the ledger may not be written.
    LedgerReadOnly = "ledger_read_only", exit 6;
    /// `path`: another program holds the ledger.
    LedgerBusy = "ledger_busy", exit 6;
    /// `path`: the disk is full.
    LedgerDiskFull = "ledger_disk_full", exit 6;
    /// `path`, `detail`: the ledger cannot be read.
    LedgerUnreadable = "ledger_unreadable", exit 6;
    /// `path`, `ours`, `theirs`, `user`, `host`: the accounting side keeps a witness of more audit entries than the
    /// ledger has. It was restored from an old copy, cut off, or a copy of it was used elsewhere, last by that user on
    /// that host.
    LedgerRolledBack = "ledger_rolled_back", exit 6;
    /// `path`, `theirs`, `user`, `host`: the witness has another entry at its place: another copy went on by itself.
    LedgerForked = "ledger_forked", exit 6;
    /// `path`, `entries`, `at`: the audit trail no longer is what was sealed then.
    AuditBroken = "audit_broken", exit 6;
}

/// A problem as it is shown to a person, in either language: a code with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The code, which chooses the sentence.
    pub code: ErrorCode,
    /// The parameters of the sentence, never a secret.
    pub params: BTreeMap<String, String>,
}

impl Problem {
    /// Returns a problem with the code alone.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    /// Adds one parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// Returns [`ErrorCode::Internal`] with the detail of the failure.
    pub fn internal(detail: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Internal).with("detail", detail)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        for (name, value) in &self.params {
            write!(f, " {name}={value:?}")?;
        }
        Ok(())
    }
}

impl From<domain::PeriodError> for Problem {
    fn from(error: domain::PeriodError) -> Self {
        Self::new(ErrorCode::PeriodReversed).with("from", error.from).with("to", error.to)
    }
}
