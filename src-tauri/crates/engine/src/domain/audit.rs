//! Names the acts that leave an entry in the audit trail, and the findings of its check.

use super::text_value::text_value;

text_value! {
    /// An act that leaves an entry in the audit trail.
    Act {
        /// A run began.
        SyncStarted = "sync_started",
        /// A run ended, in whatever way.
        SyncEnded = "sync_ended",
        /// A person asked for a record to be exported once more.
        ReExportRequested = "re_export_requested",
        /// Another person approved the re-export.
        ReExportApproved = "re_export_approved",
        /// The re-export was taken back before it was sent.
        ReExportWithdrawn = "re_export_withdrawn",
        /// The re-export was claimed: from here on it may be sent.
        ReExportClaimed = "re_export_claimed",
        /// The accounting system answered for the re-export.
        ReExportSettled = "re_export_settled",
        /// The counter-voucher of an earlier voucher was claimed.
        ReversalClaimed = "reversal_claimed",
        /// The accounting system answered for the counter-voucher.
        ReversalSettled = "reversal_settled",
        /// A person decided on a record in doubt.
        Resolved = "resolved",
        /// A person accepted a change, or a voucher that is gone.
        Accepted = "accepted",
        /// A person answered what was asked before anything was sent.
        Confirmed = "confirmed",
        /// A person set aside what left the source before it was exported.
        SetAside = "set_aside",
        /// A person decided that a voucher stays without receipts that could not be attached.
        ReceiptSetAside = "receipt_set_aside",
        /// A person chose another day for records whose own day lies in a closed period.
        OtherDayChosen = "other_day_chosen",
        /// A voucher turned out to stand for another record than the one that it was acknowledged for.
        Disowned = "disowned",
        /// The remote lock was taken from its holder.
        LockBroken = "lock_broken",
        /// The workspace's settings differ from those before.
        SettingsChanged = "settings_changed",
        /// The ledger was made anew from the accounting system.
        Rebuilt = "rebuilt",
        /// The trail was checked, and nothing was wrong.
        Verified = "verified",
        /// Ledger and accounting system were compared.
        Compared = "compared",
        /// A voucher that was acknowledged is gone, reversed or another one.
        AlarmRaised = "alarm_raised",
        /// A file of vouchers lies where it is fetched from.
        FileSealed = "file_sealed",
        /// A person withdrew a file that was never imported.
        FileWithdrawn = "file_withdrawn",
        /// The books of the accounting system were read back from a file.
        BooksRead = "books_read",
        /// A copy of the ledger was made.
        BackupMade = "backup_made",
        /// A copy of the ledger was put in its place.
        BackupRestored = "backup_restored",
        /// Payees and texts of records were blanked after the period for which they are kept.
        Forgotten = "forgotten",
        /// The rows of a ledger from before rows were covered were sealed as they stood.
        HistorySealed = "history_sealed",
    }
}

text_value! {
    /// A fault that the check of the audit trail can find.
    FindingKind {
        /// An entry's content does not make the hash that stands beside it.
        ContentChanged = "content_changed",
        /// An entry does not go on from the one before it.
        LinkBroken = "link_broken",
        /// Entries are missing: numbers between two entries, or before the first, are not there.
        EntriesMissing = "entries_missing",
        /// An entry has a number that no entry can have.
        NumberWrong = "number_wrong",
        /// The trail ends before the entry with which it was sealed.
        CutOff = "cut_off",
        /// The trail was sealed with another entry in this place: it was made anew since, up to here at least.
        SealDiffers = "seal_differs",
        /// A seal's signature is not by its key.
        SignatureWrong = "signature_wrong",
        /// Seals between others are missing.
        SealsMissing = "seals_missing",
        /// A seal is signed by another key than the one before it, or than this machine's.
        KeyChanged = "key_changed",
        /// The newest seal is not signed, although earlier ones are, or this machine has a key.
        SignatureMissing = "signature_missing",
        /// The accounting side has seen more entries than there are.
        WitnessAhead = "witness_ahead",
        /// The accounting side remembers another entry in this place.
        WitnessDiffers = "witness_differs",
        /// The witness's signature is not by its key.
        WitnessSignatureWrong = "witness_signature_wrong",
        /// The accounting side has no witness, although one was left there.
        WitnessMissing = "witness_missing",
        /// A row is not as it was when it was written.
        RowChanged = "row_changed",
        /// A row that was written is gone.
        RowMissing = "row_missing",
        /// A row is there that this program did not write.
        RowAdded = "row_added",
        /// The digests of rows do not make the root that stands in an entry.
        RowsDiffer = "rows_differ",
        /// The trail was signed once, and its end is not.
        SignaturesRemoved = "signatures_removed",
        /// This machine remembers more entries, or another one in this place.
        MemoryDiffers = "memory_differs",
        /// An earlier witness of this ledger remembers what the trail does not have.
        HistoryDiffers = "history_differs",
        /// The ledger that this one replaced had more entries than its rebuild named.
        ReplacedAhead = "replaced_ahead",
        /// This machine, or this person at the accounting side, has used another ledger, and none of this one's entries
        /// says that it was replaced.
        OtherLedger = "other_ledger",
    }
}

impl FindingKind {
    /// Says whether the finding means that the ledger was changed. The others are for a person to explain: a new
    /// machine, a keyring that was set up anew, an accounting system that was restored.
    pub const fn is_change(self) -> bool {
        !matches!(
            self,
            Self::KeyChanged
                | Self::SignatureMissing
                | Self::WitnessSignatureWrong
                | Self::WitnessMissing
                | Self::OtherLedger
        )
    }
}

text_value! {
    /// The answer of a further memory of the trail when that was checked.
    #[derive(Default)]
    MemoryState {
        /// It keeps something.
        Kept = "kept",
        /// It keeps nothing of the kind.
        NotOffered = "not_offered",
        /// It could not be asked.
        #[default]
        Unreachable = "unreachable",
    }
}

text_value! {
    /// The answer of the accounting side when the trail was checked.
    WitnessState {
        /// The trail has the entry that the witness remembers.
        Matches = "matches",
        /// The witness has seen more entries.
        Ahead = "ahead",
        /// The witness remembers another entry in that place.
        Differs = "differs",
        /// The accounting side keeps witnesses, and has none of this ledger.
        Missing = "missing",
        /// The accounting side keeps no witnesses.
        NotOffered = "not_offered",
        /// The accounting side could not be asked.
        Unreachable = "unreachable",
    }
}
