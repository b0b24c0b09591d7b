//! Keeps how references are made: one prefix for all who export into these books.

use chrono::{DateTime, TimeDelta, Utc};
use postonce_engine::domain::Reference;
use postonce_engine::ports::{ReferencePage, ReferenceScheme};

use super::Books;
use crate::timeline::calendar;

/// The prefix of the references, as most administrators type it.
pub(crate) const PREFIX: &str = "hlf";
/// The prefix as one of them types it in some worlds.
pub(crate) const OTHER_PREFIX: &str = "hlg";

/// The number of references in a page.
const PAGE: usize = 40;

fn prefix_of(reference: &str) -> Option<&str> {
    reference.split_once(':').map(|(prefix, _)| prefix)
}

/// Returns a reference as it is asked for, whatever its prefix.
pub(super) fn canonical(reference: &str) -> String {
    with_prefix(reference, PREFIX)
}

pub(super) fn with_prefix(reference: &str, prefix: &str) -> String {
    let rest = reference.split_once(':').map_or(reference, |(_, rest)| rest);
    format!("{prefix}:{rest}")
}

impl Books {
    /// Returns the server's own time.
    pub(super) fn there(&self, moment: std::time::Duration) -> DateTime<Utc> {
        calendar(moment) + TimeDelta::from_std(self.ahead).unwrap_or_default()
    }

    /// Returns the reference with the prefix that is in use here.
    pub(crate) fn in_use(&self, reference: &str) -> String {
        with_prefix(reference, self.prefix_in_use().unwrap_or(PREFIX))
    }

    /// Returns the prefix that all have to use, once there is one.
    pub(crate) fn prefix_in_use(&self) -> Option<&str> {
        let kept = self.scheme.as_ref().and_then(|scheme| scheme.prefixes.first());
        let first = self.vouchers.first().and_then(|voucher| prefix_of(&voucher.drawn.reference));
        kept.or(self.prefix.as_ref()).map(String::as_str).or(first)
    }

    /// Notes the prefix of a voucher that a program makes; there is one for all.
    pub(super) fn note_prefix(&mut self, reference: &str, machine: usize) {
        let Some(prefix) = prefix_of(reference) else { return };
        match &self.prefix {
            None => self.prefix = Some(prefix.to_owned()),
            Some(other) if other != prefix => {
                let what =
                    format!("a voucher for {reference} by machine {machine}, in books that export under {other}");
                self.breaks(1, what);
            }
            Some(_) => {}
        }
    }

    pub(crate) fn scheme(&self) -> Option<ReferenceScheme> {
        self.scheme.clone()
    }

    pub(crate) fn keep_scheme(&mut self, scheme: &ReferenceScheme) -> bool {
        let lacks = |kept: &ReferenceScheme| {
            !kept.prefixes.is_subset(&scheme.prefixes) || kept.rules.iter().any(|rules| !scheme.rules.contains(rules))
        };
        if self.scheme.as_ref().is_some_and(lacks) {
            return false;
        }
        self.scheme = Some(scheme.clone());
        true
    }

    /// Lists the references, as a search shows them.
    pub(crate) fn references(&self, now: std::time::Duration, cursor: Option<&str>) -> ReferencePage {
        let from: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let to = self.vouchers.len().min(from + PAGE);
        let page = self.vouchers.get(from..to).unwrap_or_default().iter();
        let made = page.filter(|voucher| voucher.is_shown(now));
        ReferencePage {
            references: made.map(|voucher| Reference::from_stored(voucher.drawn.reference.clone())).collect(),
            next: (to < self.vouchers.len()).then(|| to.to_string()),
        }
    }
}
