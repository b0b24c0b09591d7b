//! Errors as codes with parameters. The words stand in the message catalogue (`ui/messages`), in both languages, under
//! `error_<code>`; this file is the one list of the codes, and names the parameters and the exit status of each.
//!
//! Invariant: a problem has the parameters of its code, and no others. It is made by the function of its code, and by
//! nothing else.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain;

/// Makes the enum of the codes and the functions that make problems from lines such as
/// `LedgerBusy = ledger_busy(path; detail), exit 6;`. Parameters after the semicolon may be left out.
macro_rules! error_codes {
    ($(
        $(#[$meta:meta])*
        $variant:ident = $code:ident($($param:ident),* $(; $($optional:ident),+)?), exit $exit:literal;
    )+) => {
        /// Names every way to fail that a person or a script gets to see.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode { $($(#[$meta])* $variant,)+ }

        impl ErrorCode {
            /// Lists every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the code as it stands in JSON and in the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($code),)+ }
            }

            /// Returns the names of the parameters, in the order of this file.
            pub const fn parameters(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($param),)* $($(stringify!($optional),)+)?],)+ }
            }

            /// Returns the exit status of the command line.
            pub const fn exit_status(self) -> u8 {
                match self { $(Self::$variant => $exit,)+ }
            }

            /// Returns whether the code says what is wrong with the ledger itself.
            pub const fn is_of_the_ledger(self) -> bool {
                self.exit_status() == 6
            }
        }

        /// Makes a problem of each code, from the parameters that the code has.
        impl Problem {
            $(
                #[doc = concat!("Makes a problem of [`ErrorCode::", stringify!($variant), "`]:")]
                $(#[$meta])*
                pub fn $code(
                    $($param: impl fmt::Display,)* $($($optional: Option<&dyn fmt::Display>,)+)?
                ) -> Self {
                    Self::new(ErrorCode::$variant)
                        $(.with(stringify!($param), $param))*
                        $($(.with_optional(stringify!($optional), $optional))+)?
                }
            )+
        }
    };
}

error_codes! {
    // 1: failed
    /// Something that should not happen; `detail` says what.
    Internal = internal(detail), exit 1;
    /// The source's file does not exist, or the glob matches none.
    SourceFileMissing = source_file_missing(path), exit 1;
    /// The file is there and cannot be read.
    SourceFileUnreadable = source_file_unreadable(path, detail), exit 1;
    /// The bytes are not of the encoding that the workspace names; perhaps of the likely one.
    SourceEncoding = source_encoding(path, line, encoding, likely), exit 1;
    /// The head lacks a column that the workspace names.
    SourceColumnMissing = source_column_missing(path, column, nearest), exit 1;
    /// The file is empty and has not even a head.
    SourceEmpty = source_empty(path), exit 1;
    /// Two columns of the head have the title that the workspace names.
    SourceColumnRepeated = source_column_repeated(path, column), exit 1;
    /// The first row is content, or the heading of a report, and names no columns.
    SourceHeadMissing = source_head_missing(path, found), exit 1;
    /// The file has another format than text in columns, for example a spreadsheet's workbook.
    SourceNotCsv = source_not_csv(path, found), exit 1;
    /// The file is a workbook, and the workspace says that it is text in columns.
    SourceIsWorkbook = source_is_workbook(path), exit 1;
    /// The file is no workbook of a kind that is read.
    SourceNoWorkbook = source_no_workbook(path, found), exit 1;
    /// The workbook is protected with a password.
    SourcePassword = source_password(path), exit 1;
    /// The workbook is damaged, or is not written as a spreadsheet writes one.
    SourceDamaged = source_damaged(path, detail), exit 1;
    /// The workbook unpacks to more than is read.
    SourceTooLarge = source_too_large(path, limit), exit 1;
    /// The workbook has no sheet of the name that the workspace gives.
    SourceSheetMissing = source_sheet_missing(path, sheet, sheets), exit 1;
    /// No visible sheet of the workbook has a table.
    SourceSheetEmpty = source_sheet_empty(path), exit 1;
    /// A quote opened in the row that begins there is never closed, so that the rows behind it cannot be separated.
    SourceQuoteOpen = source_quote_open(path, line), exit 1;
    /// An amount is plainly written with another decimal mark than the workspace names.
    SourceAmountsContradict = source_amounts_contradict(path, line, found, mark, agrees), exit 1;
    /// A day is plainly written in another order of day and month than the workspace names.
    SourceDaysContradict = source_days_contradict(path, line, found, format, ambiguous), exit 1;
    /// The only amounts of the file have a column of currencies beside them that the workspace does not name.
    SourceCurrencyNotNamed = source_currency_not_named(path, line, column, found), exit 1;
    /// The title of the amounts names another currency than the one in which they are read.
    SourceCurrencyInTitle = source_currency_in_title(path, line, column, found), exit 1;
    /// The currency that the workspace reads belongs to other amounts of the file than those that it reads.
    SourceCurrencyOfOthers = source_currency_of_others(path, line, column, found), exit 1;
    /// Another column has amounts of the same expenses that are more likely owed than those that the workspace reads.
    SourceAmountOpen = source_amount_open(path, line, column, found), exit 1;
    /// A column that the workspace does not name says which amounts were paid back.
    SourceSideNotNamed = source_side_not_named(path, line, column, found), exit 1;
    /// The column that the workspace reads the ids from does not identify a row.
    SourceIdNotUnique = source_id_not_unique(path, line, column, found), exit 1;
    /// No amount is negative, though the workspace says that what is owed is.
    SourceSignTurned = source_sign_turned(path, line, column, found), exit 1;
    /// The delimiter of the file has split the decimals off its amounts.
    SourceAmountSplit = source_amount_split(path, line, column, found), exit 1;
    /// The title of the amounts names a part or a multiple of the currency.
    SourceUnitInTitle = source_unit_in_title(path, line, column, found), exit 1;
    /// A spreadsheet may have exchanged day and month of some days.
    SourceDaysTurned = source_days_turned(path, line, column, found), exit 1;
    /// A workbook counts its days otherwise than the workspace says.
    SourceEpochDiffers = source_epoch_differs(path, line, column, found, format), exit 1;
    /// A column that the workspace does not name says of rows that they are not approved.
    SourceStatesNotNamed = source_states_not_named(path, line, column, found), exit 1;
    /// Most amounts are negative, and the workspace does not say whether that is owed.
    SourceSignOpen = source_sign_open(path, line, column, found), exit 1;
    /// The platform answered something that is not its protocol.
    PlatformUnexpected = platform_unexpected(url, status, detail), exit 1;
    /// The platform does not accept the token, or the token may not do this.
    PlatformUnauthorized = platform_unauthorized(url, status; detail), exit 1;
    /// The accounting system does not accept the token, or the token may not do this.
    AccountingUnauthorized = accounting_unauthorized(url, status; detail), exit 1;
    /// The accounting system answered something that is not its protocol.
    AccountingUnexpected = accounting_unexpected(url, status, detail), exit 1;
    /// The accounting system refused the request as a whole.
    AccountingRefused = accounting_refused(url, status, detail), exit 1;
    /// The workspace names none of the companies that the user may see, or has to name one of them.
    SetupCompany = setup_company(url, named, companies), exit 1;
    /// This part of the accounting system is not in use there.
    SetupModuleMissing = setup_module_missing(url, module), exit 1;
    /// There is no such journal.
    SetupJournalMissing = setup_journal_missing(url, journal), exit 1;
    /// The journal is not one for general entries, or keeps another currency than the company.
    SetupJournalUnfit = setup_journal_unfit(url, journal, currency), exit 1;
    /// This accounting system lacks a field that Postonce needs.
    SetupFieldMissing = setup_field_missing(url, model, field), exit 1;
    /// No open period covers that day.
    SetupPeriodMissing = setup_period_missing(url, date), exit 1;
    /// An account of the workspace is not in the chart of accounts.
    SetupAccountMissing = setup_account_missing(url, account), exit 1;
    /// Nothing can be posted to the account: it is closed, a heading, or there twice.
    SetupAccountUnfit = setup_account_unfit(url, account), exit 1;
    /// A VAT code of the workspace is no tax on purchases there.
    SetupVatMissing = setup_vat_missing(url, vat_code), exit 1;
    /// The VAT of this code is computed in a way that cannot be taken out of an amount, or several have its name.
    SetupVatUnfit = setup_vat_unfit(url, vat_code), exit 1;
    /// The accounting system has no dimension of this name.
    SetupDimensionMissing = setup_dimension_missing(url, dimension), exit 1;
    /// The user lacks these rights on this model.
    SetupRightMissing = setup_right_missing(url, model, rights), exit 1;
    /// So many requests in a row had no answer that was understood; the run stopped itself.
    AccountingUnreliable = accounting_unreliable(url, requests), exit 1;
    /// The accounting system takes references of so many characters only, too few to keep them unambiguous.
    AccountingReferenceShort = accounting_reference_short(url, found, needed), exit 1;
    /// The folder into which files of vouchers are put may not be written.
    FileFolderClosed = file_folder_closed(path, detail), exit 1;
    /// The share replaces files where it was told not to: two could get the same number there.
    FileFolderUnsafe = file_folder_unsafe(path), exit 1;
    /// The disk of the folder is full, or its quota is used up.
    FileFolderFull = file_folder_full(path), exit 1;
    /// The folder answered with an error that says nothing of what became of the file.
    FileFolderFailed = file_folder_failed(path, detail), exit 1;
    /// Something else stands in the folder under the name of the file.
    FileNameTaken = file_name_taken(path, file), exit 1;
    /// A file that was delivered lies there otherwise than it was: somebody changed it.
    FileChanged = file_changed(path, file), exit 1;
    /// A file is made and not delivered yet; nothing follows it before.
    FileUnfinished = file_unfinished(file), exit 1;
    /// There is no file of this number.
    FileNotFound = file_not_found(file), exit 1;
    /// The file was not delivered, or was withdrawn, or a record of it was seen in the books.
    FileNotWaiting = file_not_waiting(file), exit 1;
    /// The books have vouchers of the file: it was imported, and is not withdrawn.
    FileWasImported = file_was_imported(file, reference, voucher), exit 1;
    /// Nothing proves yet that the file was never imported.
    FileAbsenceUnproven = file_absence_unproven(file, unproven), exit 1;
    /// The accounting system takes files, and cannot be asked: its books are read back from a file.
    BooksCannotBeAsked = books_cannot_be_asked(), exit 1;
    /// The record is in this file: it is withdrawn with all of it, or not at all.
    RecordInFile = record_in_file(record, file), exit 1;
    /// The file of the books cannot be read, or not to its end.
    BooksUnreadable = books_unreadable(path, place, detail), exit 1;
    /// The file has the books of another company.
    BooksOfOthers = books_of_others(path, found, expected), exit 1;
    /// The token now opens other books than those this workspace has exported into.
    OrganisationMismatch = organisation_mismatch(workspace, accounting), exit 1;
    /// The accounting system gave the lock a number that is not above those it gave before: by its numbers it tells old
    /// requests from new ones.
    FenceWentBack = fence_went_back(fence, known), exit 1;
    /// A voucher that was acknowledged is missing from look-ups for longer than they are said to lag.
    SearchLagLonger = search_lag_longer(voucher, stated, measured), exit 1;
    /// The accounting system's list of vouchers goes round in circles, or has no end.
    AccountingListEndless = accounting_list_endless(url, pages), exit 1;
    /// The books are others, or stand elsewhere, than those that the workspace is for. A person has to confirm.
    BooksDiffer = books_differ(expected, expected_address, found, found_address), exit 1;
    /// References of these books begin otherwise than this workspace's. A person has to confirm.
    PrefixDiffers = prefix_differs(prefix, others, books), exit 1;
    /// Nothing shows that the workspace's short name belongs to these books. A person has to confirm.
    BooksUnlikeName = books_unlike_name(prefix, books, id), exit 1;
    /// The ids are read from another place than those of the exported records. A person has to confirm.
    SourceIdsMoved = source_ids_moved(before, after), exit 1;
    /// Most records that are not exported yet are no longer in the source. A person has to confirm.
    SourceLost = source_lost(lost, unexported, first), exit 1;
    /// Ids of exported records stand for other expenses in this file. A person has to confirm.
    IdsBeginAnew = ids_begin_anew(file, ids, first), exit 1;
    /// So many ids of the file stand on rows of other content that the column has no ids. A person has to confirm.
    IdsShared = ids_shared(file, shared, ids, first), exit 1;
    /// So many new records equal exported ones under other ids that they are likely the same. A person has to confirm.
    LookAlikesMany = look_alikes_many(count, send, first, exported), exit 1;
    /// New records have day and amount of exported ones, none of which is in the source any more.
    RecordsMoved = records_moved(count, send, first, exported), exit 1;
    /// Nothing of the kind waits for a person's word.
    NothingToConfirm = nothing_to_confirm(topic), exit 1;
    /// Nothing of that id left the source before it was exported.
    NothingToSetAside = nothing_to_set_aside(id), exit 1;
    /// The record is not refused for a closed period; no other day is to be chosen for it.
    NoOtherDayNeeded = no_other_day_needed(id), exit 1;
    /// No record is refused for a closed period.
    NothingInClosedPeriod = nothing_in_closed_period(), exit 1;
    /// The other day is not after the one that was refused, or is too far ahead.
    OtherDayUnfit = other_day_unfit(day, id, own), exit 1;
    /// The source has no such receipt.
    ReceiptMissing = receipt_missing(receipt), exit 1;
    /// The receipt lies outside the folder of the records, or on another server than the platform's: it is not fetched.
    ReceiptOutside = receipt_outside(receipt), exit 1;
    /// The receipt is larger than is taken, or of a type that is not.
    ReceiptUnfit = receipt_unfit(receipt, found, allowed), exit 1;
    /// The receipt could not be read at its source.
    ReceiptUnread = receipt_unread(receipt, detail), exit 1;
    /// The accounting system did not take the receipt.
    ReceiptRefused = receipt_refused(receipt, detail), exit 1;
    /// No answer was understood when the receipt was sent: the voucher is looked at before it is sent again.
    ReceiptInDoubt = receipt_in_doubt(receipt), exit 1;
    /// No receipt is missing on a voucher of the record.
    NoReceiptMissing = no_receipt_missing(id), exit 1;
    /// The lock went to somebody else, or could not be renewed in time.
    LeaseLost = lease_lost(), exit 1;
    /// The program ended in the middle of sending. A reason for doubt about an attempt, never for a failed command.
    Interrupted = interrupted(), exit 1;
    /// The answer left out the result of a voucher. A reason for doubt about an attempt.
    ResultMissing = result_missing(), exit 1;
    /// One voucher stands under the reference, beside others that do not. A reason for doubt about an attempt.
    EvidenceUnclear = evidence_unclear(vouchers), exit 1;
    /// The voucher under the reference stands with another content. A reason for doubt about an attempt.
    EvidenceDiffers = evidence_differs(vouchers), exit 1;
    /// The voucher under the reference was voided or reversed. A reason for doubt about an attempt.
    EvidenceReversed = evidence_reversed(vouchers), exit 1;
    /// Several vouchers stand under the reference. A reason for doubt about an attempt.
    EvidenceSeveral = evidence_several(vouchers), exit 1;
    /// The draft that was to be committed is gone. A reason for doubt about an attempt.
    DraftGone = draft_gone(draft), exit 1;
    /// Something else stands beside a draft. The draft is not committed before that is cleared away.
    DraftContested = draft_contested(), exit 1;
    /// The sent voucher may still arrive. A reason for doubt about an attempt.
    MayStillArrive = may_still_arrive(), exit 1;
    /// Nothing was found after the settle window, and the workspace says `hold`. A reason for doubt about an attempt.
    NotFoundInTime = not_found_in_time(), exit 1;
    /// The voucher of other content that stood under the reference is gone. A reason for doubt about an attempt.
    EvidenceGone = evidence_gone(), exit 1;
    /// A record that was never exported cannot be exported once more.
    NotExported = not_exported(id), exit 1;
    /// Something in the record must be put right before it can be sent.
    RecordHeld = record_held(id, reason), exit 1;
    /// The record is in doubt, and must be settled first.
    RecordInDoubt = record_in_doubt(id), exit 1;
    /// Nobody holds the lock: there is nothing to take from anybody.
    LockFree = lock_free(), exit 1;
    /// The lock is held by the run of this very program, which can be stopped.
    LockIsOurs = lock_is_ours(), exit 1;
    /// Nothing about the record is in doubt.
    NotInDoubt = not_in_doubt(id), exit 1;
    /// The accounting system says otherwise at this moment.
    ResolutionContradicted = resolution_contradicted(id, reference, vouchers), exit 1;
    /// The sent voucher may still arrive until then.
    ResolutionTooEarly = resolution_too_early(id, until), exit 1;
    /// No re-export of the record waits for an approval.
    ApprovalNotAsked = approval_not_asked(id), exit 1;
    /// The person who asked for a re-export cannot approve it.
    ApprovalBySame = approval_by_same(id, user), exit 1;
    /// The record was exported once more meanwhile, as this voucher; the person who asked was shown the one before.
    ReExportOvertaken = re_export_overtaken(id, voucher), exit 1;
    /// The last voucher is not found, and its acknowledgement is so young that a search need not show it before then.
    ReExportTooEarly = re_export_too_early(voucher, until), exit 1;
    /// So many exports of the record are gone from the books that a ledger which does not know of the next one would not
    /// look for it.
    ReExportOutOfReach = re_export_out_of_reach(id), exit 1;
    /// The books have a later export of the record, as these vouchers, which this ledger has not taken over yet.
    ExportedElsewhere = exported_elsewhere(id, vouchers), exit 1;
    /// The voucher that was acknowledged is not the one that stands under the reference.
    AcknowledgementDiffers = acknowledgement_differs(acknowledged, found), exit 1;
    /// The id that was acknowledged has signs that nobody can read, and no look-up shows it. A reason for doubt about an
    /// attempt.
    AcknowledgementUnverified = acknowledgement_unverified(acknowledged), exit 1;
    /// The voucher that was acknowledged is another record's already. A reason for doubt about an attempt.
    AcknowledgementTaken = acknowledgement_taken(voucher, record), exit 1;
    /// The books have the records on other accounts than the workspace would use.
    AccountsDiffer = accounts_differ(here, there), exit 1;
    /// The earlier voucher could not be reversed, so that nothing new was sent.
    ReversalFailed = reversal_failed(voucher, detail), exit 1;
    /// The ledger knows no such record.
    RecordNotFound = record_not_found(id), exit 1;
    /// The record neither changed after export, nor is its voucher gone.
    NothingToAccept = nothing_to_accept(id), exit 1;
    /// No comparison was kept as the certificate of this run.
    CertificateMissing = certificate_missing(id), exit 1;
    /// No entry covers the run, or the rows are not as it covers them.
    ProofMissing = proof_missing(id), exit 1;
    /// No such voucher is known here, or the accounting system has no page for it.
    VoucherPageMissing = voucher_page_missing(id), exit 1;
    /// A report cannot be written.
    ReportUnwritable = report_unwritable(path, detail), exit 1;
    /// The ledger knows no such run.
    RunNotFound = run_not_found(id), exit 1;
    /// Neither the keyring nor the environment (in that variable) has the secret.
    SecretMissing = secret_missing(name, variable), exit 1;
    /// The keyring cannot be opened.
    KeyringUnavailable = keyring_unavailable(name, variable, detail), exit 1;
    /// Standard input was empty.
    SecretEmpty = secret_empty(name, variable), exit 2;
    /// The computer did not let the desktop do this.
    DesktopRefused = desktop_refused(what, detail), exit 1;
    /// The sandbox cannot start.
    SandboxFailed = sandbox_failed(address, detail), exit 1;

    // 2: wrong usage or workspace
    /// The command line is wrong.
    Usage = usage(detail), exit 2;
    /// The reason is too short to say anything.
    ReasonTooShort = reason_too_short(minimum), exit 2;
    /// The ledger that is to be rebuilt can be read: a rebuild loses its history, and needs a confirmation.
    LedgerIsSound = ledger_is_sound(path, entries), exit 2;
    /// The text that was typed again differs.
    ConfirmationDiffers = confirmation_differs(expected, found), exit 2;
    /// A file is there already, and is not overwritten without a request.
    ReportExists = report_exists(path), exit 2;
    /// The ending of the name stands for no known format.
    ReportFormatUnknown = report_format_unknown(path, allowed), exit 2;
    /// The period ends before it begins.
    PeriodReversed = period_reversed(from, to), exit 2;
    /// There is no workspace.
    WorkspaceMissing = workspace_missing(path), exit 2;
    /// A folder that was typed does not begin at the root.
    FolderNotAbsolute = folder_not_absolute(path), exit 2;
    /// There is a workspace already.
    WorkspaceExists = workspace_exists(path), exit 2;
    /// The workspace file cannot be read.
    WorkspaceUnreadable = workspace_unreadable(path, detail), exit 2;
    /// Somebody else changed the file since it was opened, and nothing was saved over their change.
    WorkspaceChanged = workspace_changed(path), exit 2;
    /// The workspace file breaks its format.
    WorkspaceInvalid = workspace_invalid(path, line, detail), exit 2;
    /// The workspace file has a key that does not exist.
    WorkspaceUnknownKey = workspace_unknown_key(path, line, key, nearest), exit 2;
    /// A key that must stand there does not.
    WorkspaceKeyMissing = workspace_key_missing(path, key), exit 2;
    /// The value is of the wrong type or out of its bounds.
    WorkspaceValueInvalid = workspace_value_invalid(key, found, allowed; path, line), exit 2;
    /// This version cannot use this kind of source or accounting system.
    WorkspaceKindUnavailable = workspace_kind_unavailable(path, line, kind, available), exit 2;
    /// The address is plain http and leads beyond this machine.
    InsecureUrl = insecure_url(url), exit 2;
    /// The file with a company's own root certificates cannot be read.
    CaFileUnreadable = ca_file_unreadable(path, detail), exit 2;
    /// The rules of this machine, which only its administrator changes, forbid it.
    PolicyForbids = policy_forbids(rule, found, allowed, policy), exit 2;
    /// The rules of this machine cannot be read: nothing is done that they might forbid.
    PolicyInvalid = policy_invalid(policy, detail), exit 2;
    /// The ledger lies where several machines may write it, or where a program copies it under its writer.
    LedgerPlaceUnsafe = ledger_place_unsafe(path, found), exit 2;

    // 3: another sync holds the lock
    /// Somebody else holds the lock, over the network.
    LockHeld = lock_held(user, host, since, processed, total, heard), exit 3;
    /// A run is on, here or in another program on this machine: the settings are not changed under it.
    RunIsOn = run_is_on(), exit 3;
    /// Another program on this machine holds the lock.
    LockHeldHere = lock_held_here(path), exit 3;

    // 5: not reached
    /// The file is still being written: it changed while it was read, or a moment before.
    SourceUnfinished = source_unfinished(path), exit 5;
    /// The folder into which files of vouchers are put is not there: a share that is not mounted, or a folder that was
    /// moved.
    FileFolderMissing = file_folder_missing(path), exit 5;
    /// The last line has no end where all others have one, so that the file may be cut off in the middle of an amount.
    SourceLineEndMissing = source_line_end_missing(path, line), exit 5;
    /// The platform cannot be reached.
    PlatformUnreachable = platform_unreachable(url, detail), exit 5;
    /// The platform asks to be left alone for a while, and went on asking.
    PlatformBusy = platform_busy(url, status), exit 5;
    /// The accounting system cannot be reached.
    AccountingUnreachable = accounting_unreachable(url, detail), exit 5;
    /// The accounting system asks to be left alone for a while, and went on asking.
    AccountingBusy = accounting_busy(url, status), exit 5;
    /// The proxy wants to be signed in to, or with another user or password.
    ProxyDenied = proxy_denied(proxy), exit 5;
    /// The script that names the proxy cannot be had, or is not understood.
    ProxyScriptFailed = proxy_script_failed(url, detail), exit 5;
    /// Nobody whom this machine trusts vouches for the certificate of the other side.
    CertificateUntrusted = certificate_untrusted(url, detail), exit 5;

    // 6: the ledger
    /// A newer version wrote the ledger.
    LedgerNewer = ledger_newer(path, found, known), exit 6;
    /// The file is damaged, or no ledger at all.
    LedgerDamaged = ledger_damaged(path, detail), exit 6;
    /// The ledger is gone, though this workspace has synced before. It is never made anew in silence.
    LedgerMissing = ledger_missing(path, backups), exit 6;
    /// The copy that must come first could not be made.
    LedgerBackupFailed = ledger_backup_failed(path, detail), exit 6;
    /// The ledger may not be written.
    LedgerReadOnly = ledger_read_only(path; detail), exit 6;
    /// Another program holds the ledger.
    LedgerBusy = ledger_busy(path; detail), exit 6;
    /// The disk is full.
    LedgerDiskFull = ledger_disk_full(path, detail), exit 6;
    /// The ledger cannot be read.
    LedgerUnreadable = ledger_unreadable(path, detail), exit 6;
    /// The accounting side keeps a witness of more audit entries than the ledger has. It was restored from an old copy,
    /// cut off, or a copy of it was used elsewhere, last by that user on that host.
    LedgerRolledBack = ledger_rolled_back(path, ours, theirs, user, host), exit 6;
    /// The witness has another entry at its place: another copy went on by itself.
    LedgerForked = ledger_forked(path, theirs, user, host), exit 6;
    /// The folder knows another file under this number than the ledger: another workspace hands over there, or the ledger
    /// is an old copy.
    FileLedgerDiffers = file_ledger_differs(path, file), exit 6;
    /// The audit trail no longer is what was sealed then.
    AuditBroken = audit_broken(path, entries, at), exit 6;
}

/// A problem as it is shown to a person, in either language: a code with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// The code, which chooses the sentence.
    pub code: ErrorCode,
    /// The parameters of the sentence, never a secret.
    pub params: BTreeMap<String, String>,
}

impl Problem {
    fn new(code: ErrorCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    fn with_optional(self, name: &str, value: Option<&dyn fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
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
        Self::period_reversed(error.from, error.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_in_json_under_its_own_name() {
        for code in ErrorCode::ALL {
            let json = serde_json::to_string(code).expect("a code is a string");
            assert_eq!(json, format!("\"{}\"", code.as_str()));
            assert_eq!(serde_json::from_str::<ErrorCode>(&json).expect("it was just written"), *code);
        }
    }

    #[test]
    fn problem_has_the_parameters_of_its_code() {
        let names = |problem: &Problem| problem.params.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&Problem::ledger_busy("a", Some(&"b"))), ["detail", "path"]);
        assert_eq!(names(&Problem::ledger_busy("a", None)), ["path"], "this one may be left out");
        assert_eq!(ErrorCode::LedgerBusy.parameters(), ["path", "detail"]);
        assert_eq!(Problem::run_is_on().params, BTreeMap::new());
    }
}
