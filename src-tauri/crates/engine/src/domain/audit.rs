//! The audit trail's words: which acts leave an entry.

use super::text_value::text_value;

text_value! {
    /// An act that leaves an entry in the audit trail.
    Act {
        /// A run began.
        SyncStarted = "sync_started",
        /// A run ended, on whatever way.
        SyncEnded = "sync_ended",
        /// A person asked for a record to be exported once more.
        ReExportRequested = "re_export_requested",
        /// Another person approved it.
        ReExportApproved = "re_export_approved",
        /// It was taken back before it was sent.
        ReExportWithdrawn = "re_export_withdrawn",
        /// It was claimed: from here on it may be sent.
        ReExportClaimed = "re_export_claimed",
        /// The accounting system answered for it.
        ReExportSettled = "re_export_settled",
        /// The counter-voucher of an earlier voucher was claimed.
        ReversalClaimed = "reversal_claimed",
        /// The accounting system answered for the counter-voucher.
        ReversalSettled = "reversal_settled",
        /// A person decided on a record in doubt.
        Resolved = "resolved",
        /// A person accepted a change, or a voucher that is gone.
        Accepted = "accepted",
        /// The remote lock was taken from its holder.
        LockBroken = "lock_broken",
        /// The workspace's settings are others than before.
        SettingsChanged = "settings_changed",
        /// The ledger was made anew from the accounting system.
        Rebuilt = "rebuilt",
        /// The trail was checked, and nothing was wrong.
        Verified = "verified",
        /// Ledger and accounting system were compared.
        Compared = "compared",
        /// A voucher that was acknowledged is gone, reversed or another one.
        AlarmRaised = "alarm_raised",
        /// A copy of the ledger was made.
        BackupMade = "backup_made",
    }
}

text_value! {
    /// What can be wrong with the audit trail.
    FindingKind {
        /// An entry's content does not make the hash that stands beside it.
        ContentChanged = "content_changed",
        /// An entry does not go on from the one before it.
        LinkBroken = "link_broken",
        /// Numbers between two entries, or before the first, are not there.
        EntriesMissing = "entries_missing",
        /// A number that no entry can have.
        NumberWrong = "number_wrong",
        /// The trail ends before where it was sealed.
        CutOff = "cut_off",
        /// The trail was sealed with another entry in this place: it was made anew since, up to here at least.
        SealDiffers = "seal_differs",
        /// A seal's signature is not by its key.
        SignatureWrong = "signature_wrong",
        /// Seals between others are not there.
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
    }
}

impl FindingKind {
    /// Whether it says that the ledger is not what it was. The others are for a person to explain: a new machine, a keyring that
    /// was set up anew, an accounting system that was restored.
    pub const fn is_change(self) -> bool {
        !matches!(self, Self::KeyChanged | Self::SignatureMissing | Self::WitnessSignatureWrong | Self::WitnessMissing)
    }
}

text_value! {
    /// What the accounting side said when the trail was checked.
    WitnessState {
        /// The trail has the entry it remembers.
        Matches = "matches",
        /// It has seen more entries.
        Ahead = "ahead",
        /// It remembers another entry in that place.
        Differs = "differs",
        /// It keeps witnesses, and has none of this ledger.
        Missing = "missing",
        /// It keeps no witnesses.
        NotOffered = "not_offered",
        /// It could not be asked.
        Unreachable = "unreachable",
    }
}
