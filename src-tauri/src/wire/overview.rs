//! Carries the first screen's data.

use postonce_engine::views;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::setup::SecretKind;
use super::{Problem, Run, RunItem, Sum, count, each};

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

/// A secret that this machine does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub(crate) struct MissingSecret {
    pub(crate) side: SecretSide,
    /// The kind of the secret.
    pub(crate) secret: SecretKind,
}

/// The side that a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SecretSide {
    Accounting,
    Platform,
}

impl SecretSide {
    pub(crate) const BOTH: [Self; 2] = [Self::Accounting, Self::Platform];
}

/// The number of records in each state.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordCounts {
    posted: u32,
    eligible: u32,
    sending: u32,
    in_doubt: u32,
    refused: u32,
    held: u32,
    changed: u32,
    vanished: u32,
    approvals: u32,
}

impl From<views::RecordCounts> for RecordCounts {
    fn from(counts: views::RecordCounts) -> Self {
        Self {
            posted: count(counts.posted),
            eligible: count(counts.eligible),
            sending: count(counts.sending),
            in_doubt: count(counts.in_doubt),
            refused: count(counts.refused),
            held: count(counts.held),
            changed: count(counts.changed),
            vanished: count(counts.vanished),
            approvals: count(counts.approvals),
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
    look_alikes: u32,
    held_items: Vec<RunItem>,
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
            look_alikes: count(plan.look_alikes),
            held_items: each(plan.held_items),
        }
    }
}

/// The start of a sync: it was begun, or the one that was on is followed.
#[derive(Debug, Clone, Copy, Serialize, Type)]
pub(crate) struct SyncStarted {
    pub(crate) joined: bool,
}

/// The languages of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Language {
    En,
    Nb,
}

impl Language {
    /// Returns the language for a tag such as `nb-NO` or `en_GB.UTF-8`. Every Norwegian gets Norwegian, everybody else
    /// English.
    pub(crate) fn of(tag: &str) -> Self {
        let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        if matches!(language.as_str(), "nb" | "no" | "nn") { Self::Nb } else { Self::En }
    }

    /// Returns the language that the operating system is set to.
    pub(crate) fn of_system() -> Self {
        sys_locale::get_locale().map_or(Self::En, |tag| Self::of(&tag))
    }

    /// Returns the word in this language.
    pub(crate) fn either(self, en: &'static str, nb: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Nb => nb,
        }
    }
}

impl From<Language> for postonce_reports::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Nb => Self::Nb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_norwegian_tag_gets_norwegian_and_any_other_english() {
        for tag in ["nb-NO", "nb", "no_NO.UTF-8", "nn-NO", "NB_no"] {
            assert_eq!(Language::of(tag), Language::Nb, "{tag}");
        }
        for tag in ["en-GB", "", "C", "POSIX", "sv-SE", "nbx"] {
            assert_eq!(Language::of(tag), Language::En, "{tag}");
        }
    }
}
