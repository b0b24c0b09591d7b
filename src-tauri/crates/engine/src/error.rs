//! Errors as codes with parameters. The words stand in the message catalogue (`ui/messages`), in both languages, under
//! `error_<code>`; this file is the one list of the codes, and says which exit status each has.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain;

macro_rules! error_codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, exit $exit:literal;)+) => {
        /// Every way to fail that a person or a script is told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode { $($(#[$meta])* #[serde(rename = $text)] $variant,)+ }

        impl ErrorCode {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As it stands in JSON and in the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The exit status of the command line.
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
    /// `path`: not even a head.
    SourceEmpty = "source_empty", exit 1;
    /// `path`, `column`: two columns of the head have the title that the workspace names.
    SourceColumnRepeated = "source_column_repeated", exit 1;
    /// `path`, `found`: the first row is content, or the heading of a report, and names no columns.
    SourceHeadMissing = "source_head_missing", exit 1;
    /// `path`, `found`: another format than text in columns; a workbook of a spreadsheet, say.
    SourceNotCsv = "source_not_csv", exit 1;
    /// `path`, `line`: a quote opened in the row that begins there is never closed, so that the rows behind it cannot be told apart.
    SourceQuoteOpen = "source_quote_open", exit 1;
    /// `url`, `status`, `detail`: the platform answered something that is not its protocol.
    PlatformUnexpected = "platform_unexpected", exit 1;
    /// `url`, `status`: the platform does not accept the token, or the token may not do this.
    PlatformUnauthorized = "platform_unauthorized", exit 1;
    /// `url`, `status`: the accounting system does not accept the token, or the token may not do this.
    AccountingUnauthorized = "accounting_unauthorized", exit 1;
    /// `url`, `status`, `detail`: an answer that is not the protocol's.
    AccountingUnexpected = "accounting_unexpected", exit 1;
    /// `url`, `status`, `detail`: the request as a whole was refused.
    AccountingRefused = "accounting_refused", exit 1;
    /// `url`, `named`, `companies`: the workspace names none of the companies that the user may see, or has to name one of them.
    SetupCompany = "setup_company", exit 1;
    /// `url`, `module`: a part of the accounting system that is not in use there.
    SetupModuleMissing = "setup_module_missing", exit 1;
    /// `url`, `journal`: there is no such journal.
    SetupJournalMissing = "setup_journal_missing", exit 1;
    /// `url`, `journal`, `currency`: the journal is not one for general entries, or keeps another currency than the company.
    SetupJournalUnfit = "setup_journal_unfit", exit 1;
    /// `url`, `model`, `field`: a field that Postonce needs, and that this accounting system does not have.
    SetupFieldMissing = "setup_field_missing", exit 1;
    /// `url`, `date`: no open period covers that day.
    SetupPeriodMissing = "setup_period_missing", exit 1;
    /// `url`, `account`: an account of the workspace that is not in the chart of accounts.
    SetupAccountMissing = "setup_account_missing", exit 1;
    /// `url`, `account`: an account that cannot be posted to, being closed, a heading, or there twice.
    SetupAccountUnfit = "setup_account_unfit", exit 1;
    /// `url`, `model`, `rights`: what the user may not do with these.
    SetupRightMissing = "setup_right_missing", exit 1;
    /// `url`, `requests`: so many requests in a row had no answer that was understood; the run stopped itself.
    AccountingUnreliable = "accounting_unreliable", exit 1;
    /// `url`, `found`, `needed`: it takes references of so many characters only, too few to keep them unambiguous.
    AccountingReferenceShort = "accounting_reference_short", exit 1;
    /// `workspace`, `accounting`: the books this workspace has exported into, and the other ones that the token now opens.
    OrganisationMismatch = "organisation_mismatch", exit 1;
    /// The lock went to somebody else, or could not be renewed in time.
    LeaseLost = "lease_lost", exit 1;
    /// The program ended in the middle of sending; why an attempt is in doubt, never why a command failed.
    Interrupted = "interrupted", exit 1;
    /// The answer left out the result of a voucher; why an attempt is in doubt.
    ResultMissing = "result_missing", exit 1;
    /// Several vouchers, a reversed one, or one of other content stands under the reference; why an attempt is in doubt.
    /// `vouchers`.
    EvidenceUnclear = "evidence_unclear", exit 1;
    /// The draft that was to be committed is gone; why an attempt is in doubt.
    DraftGone = "draft_gone", exit 1;
    /// Something else stands beside a draft, which is not committed before that is cleared away.
    DraftContested = "draft_contested", exit 1;
    /// What was sent may still arrive; why an attempt is in doubt.
    MayStillArrive = "may_still_arrive", exit 1;
    /// Nothing was found after the settle window, and the workspace says `hold`; why an attempt is in doubt.
    NotFoundInTime = "not_found_in_time", exit 1;
    /// What was seen under the reference and was not what was sent is gone; why an attempt is in doubt.
    EvidenceGone = "evidence_gone", exit 1;
    /// `id`: a record that was never exported cannot be exported once more.
    NotExported = "not_exported", exit 1;
    /// `id`, `reason`: something in the record must be put right before it can be sent.
    RecordHeld = "record_held", exit 1;
    /// `id`: it is in doubt, and must be settled first.
    RecordInDoubt = "record_in_doubt", exit 1;
    /// Nobody holds the lock: there is nothing to take from anybody.
    LockFree = "lock_free", exit 1;
    /// The lock is held by the run of this very program, which can be stopped.
    LockIsOurs = "lock_is_ours", exit 1;
    /// `id`: nothing is in doubt about it.
    NotInDoubt = "not_in_doubt", exit 1;
    /// `id`, `reference`, `vouchers`: the accounting system says otherwise at this moment.
    ResolutionContradicted = "resolution_contradicted", exit 1;
    /// `id`, `until`: what was sent may still arrive until then.
    ResolutionTooEarly = "resolution_too_early", exit 1;
    /// `id`: no re-export of it waits for an approval.
    ApprovalNotAsked = "approval_not_asked", exit 1;
    /// `id`, `user`: whoever asked for it cannot approve it.
    ApprovalBySame = "approval_by_same", exit 1;
    /// `id`, `voucher`: it was exported once more meanwhile, as this voucher; whoever asked was shown the one before.
    ReExportOvertaken = "re_export_overtaken", exit 1;
    /// `voucher`, `detail`: the earlier voucher could not be reversed, so that nothing new was sent.
    ReversalFailed = "reversal_failed", exit 1;
    /// `id`.
    RecordNotFound = "record_not_found", exit 1;
    /// `id`: the record neither changed after export, nor is its voucher gone.
    NothingToAccept = "nothing_to_accept", exit 1;
    /// `id`: no comparison was kept as the certificate of this run.
    CertificateMissing = "certificate_missing", exit 1;
    /// `id`: no such voucher is known here, or the accounting system has no page for it.
    VoucherPageMissing = "voucher_page_missing", exit 1;
    /// `path`, `detail`: a report cannot be written.
    ReportUnwritable = "report_unwritable", exit 1;
    /// `id`.
    RunNotFound = "run_not_found", exit 1;
    /// `name`, `variable`: neither the keyring nor the environment (in that variable) has it.
    SecretMissing = "secret_missing", exit 1;
    /// `name`, `variable`, `detail`: the keyring cannot be opened.
    KeyringUnavailable = "keyring_unavailable", exit 1;
    /// `name`: standard input was empty.
    SecretEmpty = "secret_empty", exit 2;
    /// `what`, `detail`: the computer did not let the desktop do that.
    DesktopRefused = "desktop_refused", exit 1;
    /// `address`, `detail`: the sandbox cannot start.
    SandboxFailed = "sandbox_failed", exit 1;

    // 2: wrong usage or workspace
    /// `detail`.
    Usage = "usage", exit 2;
    /// `minimum`: a reason that says nothing.
    ReasonTooShort = "reason_too_short", exit 2;
    /// `expected`, `found`: what was typed again is something else.
    ConfirmationDiffers = "confirmation_differs", exit 2;
    /// `path`: a file is there already, and is not overwritten unasked.
    ReportExists = "report_exists", exit 2;
    /// `path`, `allowed`: the ending of the name tells no known format.
    ReportFormatUnknown = "report_format_unknown", exit 2;
    /// `from`, `to`.
    PeriodReversed = "period_reversed", exit 2;
    /// `path`: there is no workspace.
    WorkspaceMissing = "workspace_missing", exit 2;
    /// `path`: a folder that was typed does not begin at the root.
    FolderNotAbsolute = "folder_not_absolute", exit 2;
    /// `path`: there is one already.
    WorkspaceExists = "workspace_exists", exit 2;
    /// `path`, `detail`.
    WorkspaceUnreadable = "workspace_unreadable", exit 2;
    /// `path`: somebody else changed the file since it was opened, and a change was not saved over theirs.
    WorkspaceChanged = "workspace_changed", exit 2;
    /// `path`, `line`, `detail`.
    WorkspaceInvalid = "workspace_invalid", exit 2;
    /// `path`, `line`, `key`, `nearest`.
    WorkspaceUnknownKey = "workspace_unknown_key", exit 2;
    /// `path`, `key`: a key that must stand there does not.
    WorkspaceKeyMissing = "workspace_key_missing", exit 2;
    /// `path`, `line`, `key`, `found`, `allowed`: the value is of the wrong type or out of its bounds.
    WorkspaceValueInvalid = "workspace_value_invalid", exit 2;
    /// `path`, `line`, `kind`, `available`: a kind of source or accounting system that this version cannot use.
    WorkspaceKindUnavailable = "workspace_kind_unavailable", exit 2;
    /// `url`: plain http beyond this machine.
    InsecureUrl = "insecure_url", exit 2;

    // 3: another sync holds the lock
    /// `user`, `host`, `since`, `processed`, `total`, `heard`: somebody else, over the network.
    LockHeld = "lock_held", exit 3;
    /// A run is on, here or in another program on this machine: the settings are not changed under it.
    RunIsOn = "run_is_on", exit 3;
    /// `path`: another program on this machine.
    LockHeldHere = "lock_held_here", exit 3;

    // 5: not reached
    /// `url`, `detail`.
    PlatformUnreachable = "platform_unreachable", exit 5;
    /// `url`, `status`: the platform asks to be left alone for a while, and went on asking.
    PlatformBusy = "platform_busy", exit 5;
    /// `url`, `detail`.
    AccountingUnreachable = "accounting_unreachable", exit 5;
    /// `url`, `status`: the accounting system asks to be left alone for a while, and went on asking.
    AccountingBusy = "accounting_busy", exit 5;

    // 6: the ledger
    /// `path`, `found`, `known`: written by a newer version.
    LedgerNewer = "ledger_newer", exit 6;
    /// `path`, `detail`: damaged, or no ledger at all.
    LedgerDamaged = "ledger_damaged", exit 6;
    /// `path`, `backups`: gone, though this workspace has synced before. Never made anew in silence.
    LedgerMissing = "ledger_missing", exit 6;
    /// `path`, `detail`: no copy could be made where there must be one first.
    LedgerBackupFailed = "ledger_backup_failed", exit 6;
    /// `path`: may not be written.
    LedgerReadOnly = "ledger_read_only", exit 6;
    /// `path`: another program holds it.
    LedgerBusy = "ledger_busy", exit 6;
    /// `path`: the disk is full.
    LedgerDiskFull = "ledger_disk_full", exit 6;
    /// `path`, `detail`.
    LedgerUnreadable = "ledger_unreadable", exit 6;
    /// `path`, `ours`, `theirs`, `user`, `host`: the accounting side keeps a witness of more audit entries than the ledger
    /// has. It was restored from an old copy, cut off, or a copy of it was used elsewhere, last by that user on that host.
    LedgerRolledBack = "ledger_rolled_back", exit 6;
    /// `path`, `theirs`, `user`, `host`: the witness has another entry at its place: another copy went on by itself.
    LedgerForked = "ledger_forked", exit 6;
    /// `path`, `entries`, `at`: the audit trail no longer is what was sealed then.
    AuditBroken = "audit_broken", exit 6;
}

/// A code with its parameters: what is told to a person, in whichever language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which.
    pub code: ErrorCode,
    /// The parameters of the sentence, never a secret.
    pub params: BTreeMap<String, String>,
}

impl Problem {
    /// The code alone.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    /// With one parameter more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// [`ErrorCode::Internal`] with what went wrong.
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
