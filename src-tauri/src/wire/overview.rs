//! Carries the first screen's data.

use postonce_engine::views;
use serde::Serialize;
use specta::Type;

use super::secret::MissingSecret;
use super::{AccountSum, Problem, Run, RunItem, Sum, count, each, mirrored};

/// The workspace at one glance.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Overview {
    /// There is no workspace in that folder.
    Missing { path: String },
    /// There is a workspace that cannot be used. The organisation's name is given if that much could be read, and the
    /// missing secret if nothing else is wrong.
    Broken { problem: Problem, organisation: Option<String>, secret: Option<MissingSecret> },
    /// The workspace is open.
    Ready {
        path: String,
        organisation: String,
        practice: bool,
        /// True: the accounting system has pages that show vouchers.
        voucher_pages: bool,
        counts: RecordCounts,
        runs: Vec<Run>,
    },
}

/// The number of records in each state.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordCounts {
    posted: u32,
    handed_over: u32,
    eligible: u32,
    sending: u32,
    in_doubt: u32,
    refused: u32,
    held: u32,
    changed: u32,
    vanished: u32,
    gone: u32,
    questions: u32,
    approvals: u32,
    files_overdue: u32,
    receipts: u32,
}

impl From<views::RecordCounts> for RecordCounts {
    fn from(counts: views::RecordCounts) -> Self {
        Self {
            posted: count(counts.posted),
            handed_over: count(counts.handed_over),
            eligible: count(counts.eligible),
            sending: count(counts.sending),
            in_doubt: count(counts.in_doubt),
            refused: count(counts.refused),
            held: count(counts.held),
            changed: count(counts.changed),
            vanished: count(counts.vanished),
            gone: count(counts.gone),
            questions: count(counts.questions),
            approvals: count(counts.approvals),
            files_overdue: count(counts.files_overdue),
            receipts: count(counts.receipts),
        }
    }
}

/// The plan of a sync.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plan {
    read: u32,
    send: u32,
    send_sums: Vec<Sum>,
    skipped: u32,
    in_doubt: u32,
    held: u32,
    left_out: u32,
    look_alikes: u32,
    held_items: Vec<RunItem>,
    /// Debit and credit of each account, over everything that would be sent.
    accounts: Vec<AccountSum>,
    /// The receipts that the records to be sent name.
    receipts: u32,
}

impl From<views::PlanSummary> for Plan {
    fn from(plan: views::PlanSummary) -> Self {
        Self {
            read: count(plan.read),
            send: count(plan.send),
            send_sums: each(plan.send_sums),
            skipped: count(plan.skipped),
            in_doubt: count(plan.in_doubt),
            held: count(plan.held),
            left_out: count(plan.left_out),
            look_alikes: count(plan.look_alikes),
            held_items: each(plan.held_items),
            accounts: each(plan.accounts),
            receipts: count(plan.receipts),
        }
    }
}

/// The start of a sync: it was begun, or the one that was on is followed.
#[derive(Debug, Clone, Copy, Serialize, Type)]
pub(crate) struct SyncStarted {
    pub(crate) joined: bool,
}

mirrored! {
    /// The languages of the application.
    Language of postonce_words::Language { #[serde(rename = "en")] English, #[serde(rename = "nb")] Bokmal, }
}
