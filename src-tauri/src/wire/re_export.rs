//! Carries a forced re-export: its preview, the wish for it, and the outcome of the wish.

use postonce_connectors::actor;
use postonce_engine::{ReExportAsk, domain, views};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{FoundVoucher, Sum, each, moment};

/// The preview that a person sees before a forced re-export.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReExportPreview {
    record_id: String,
    earlier: ExportedVoucher,
    present: Vec<FoundVoucher>,
    reference: String,
    amount: Sum,
    date: String,
    needs_approval: bool,
    waiting: Option<ReExport>,
}

/// The voucher that was exported last for a record.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedVoucher {
    reference: String,
    voucher_id: String,
    voucher_number: Option<String>,
    amount: Sum,
    date: String,
    run_id: String,
    user: String,
    host: String,
    settled_at: String,
    reversed_by: Option<String>,
}

/// A re-export that was requested and is not sent yet.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReExport {
    record_id: String,
    reason: String,
    reverse: bool,
    user: String,
    host: String,
    /// The requesting user, as the accounting system knows them.
    accounting_user: String,
    /// True: that person has the same operating system user as the person here.
    same_user: bool,
    requested_at: String,
    needs_approval: bool,
    approved_by: Option<String>,
}

/// A wish, as the window sends it.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReExportWish {
    record_id: String,
    /// The record's id once more, as it was typed.
    confirm: String,
    /// The reference that was shown as the one it will have.
    reference: String,
    reason: String,
    reverse: bool,
}

/// The outcome of the wish.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum ReExportAsked {
    /// Somebody else has to approve it first.
    Waits { re_export: ReExport },
    /// It is being sent. `joined`: another run was on, and is followed instead.
    Runs { joined: bool },
}

impl ReExportWish {
    /// Returns the wish as this person's.
    pub(crate) fn by(self, actor: domain::Actor) -> ReExportAsk {
        let Self { record_id, confirm, reference, reason, reverse } = self;
        ReExportAsk { record_id, confirm, seen: Some(reference), reason, reverse, actor }
    }
}

impl From<views::ReExportPreview> for ReExportPreview {
    fn from(seen: views::ReExportPreview) -> Self {
        Self {
            record_id: seen.record_id,
            earlier: seen.earlier.into(),
            present: each(seen.present),
            reference: seen.reference,
            amount: seen.amount.into(),
            date: seen.date.to_string(),
            needs_approval: seen.needs_approval,
            waiting: seen.waiting.map(ReExport::from),
        }
    }
}

impl From<views::ExportedVoucher> for ExportedVoucher {
    fn from(earlier: views::ExportedVoucher) -> Self {
        Self {
            reference: earlier.reference,
            voucher_id: earlier.voucher_id,
            voucher_number: earlier.voucher_number,
            amount: earlier.amount.into(),
            date: earlier.date.to_string(),
            run_id: earlier.run_id.to_string(),
            user: earlier.actor.user,
            host: earlier.actor.host,
            settled_at: moment(earlier.settled_at),
            reversed_by: earlier.reversed_by,
        }
    }
}

impl From<views::ReExport> for ReExport {
    fn from(re_export: views::ReExport) -> Self {
        let asker = re_export.requested_by;
        Self {
            record_id: re_export.record_id,
            reason: re_export.reason,
            reverse: re_export.reverse,
            same_user: asker.actor.user == actor().user,
            user: asker.actor.user,
            host: asker.actor.host,
            accounting_user: asker.accounting_user,
            requested_at: moment(re_export.requested_at),
            needs_approval: re_export.needs_approval,
            approved_by: re_export.approved_by.map(|approver| approver.actor.user),
        }
    }
}
