//! Keeps what the workspace exports from, and into what, as it was when it last sent.
//!
//! Invariant: a pin binds once something was exported, or if the ledger that stood here before had it. Until then it is
//! what is about to be.

use chrono::{DateTime, Utc};
use rusqlite::named_params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{ReferenceForms, ReferenceRules};
use crate::ledger::values::{from_json, json, stamp};
use crate::ledger::{LedgerError, LedgerTx};

/// A thing that is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pin {
    /// The books: whose they are, and their address.
    Books,
    /// The beginning of the references.
    Prefix,
    /// The place of the ids in the source.
    Source,
    /// The rules by which references were made, all that there ever were.
    Rules,
}

impl Pin {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Books => "books",
            Self::Prefix => "prefix",
            Self::Source => "source",
            Self::Rules => "rules",
        }
    }
}

impl LedgerTx<'_> {
    /// Returns the value that binds; `None` if none does yet.
    pub(crate) fn pinned<T: DeserializeOwned>(&self, pin: Pin) -> Result<Option<T>, LedgerError> {
        let Some((value, carried)) = self.newest_pin(pin)? else { return Ok(None) };
        if !carried && !self.has_exported()? {
            return Ok(None);
        }
        from_json("pin.value", &value).map(Some)
    }

    /// Pins a value, unless it is the newest already. In the place of one that binds, it binds.
    pub(crate) fn pin<T: Serialize>(&self, pin: Pin, value: &T, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let value = json(value);
        if self.newest_pin(pin)?.is_some_and(|(newest, _)| newest == value) {
            return Ok(());
        }
        self.execute_one(
            "pin",
            "INSERT INTO pin (topic, value, pinned_at, carried) VALUES (:topic, :value, :now, coalesce(
                 (SELECT carried FROM pin WHERE topic = :topic ORDER BY pin_id DESC LIMIT 1), 0))",
            named_params! { ":topic": pin.as_str(), ":value": value, ":now": stamp(now) },
        )
    }

    fn newest_pin(&self, pin: Pin) -> Result<Option<(String, bool)>, LedgerError> {
        self.row(
            "SELECT value, carried FROM pin WHERE topic = :topic ORDER BY pin_id DESC LIMIT 1",
            named_params! { ":topic": pin.as_str() },
            |row| Ok((self.get(row, "value")?, self.get(row, "carried")?)),
        )
    }

    /// Returns the rules by which references were ever made, as far as this ledger was told.
    pub(crate) fn kept_rules(&self) -> Result<Vec<ReferenceRules>, LedgerError> {
        let newest = self.newest_pin(Pin::Rules)?;
        Ok(newest.map(|(value, _)| from_json("pin.value", &value)).transpose()?.unwrap_or_default())
    }

    /// Returns the forms in which references stand in these books, as far as this ledger was told. `current`: the rules
    /// by which they are made today.
    pub(crate) fn reference_forms(&self, current: ReferenceRules) -> Result<ReferenceForms, LedgerError> {
        Ok(ReferenceForms::new(current, self.kept_rules()?))
    }

    /// Returns the prefix of the references that this ledger knows of: of a ledger that is older than its pins.
    pub(crate) fn prefix_in_use(&self) -> Result<Option<String>, LedgerError> {
        self.row(
            "SELECT substr(reference, 1, instr(reference, ':') - 1) AS prefix FROM attempt
             WHERE state NOT IN ('refused', 'not_sent') ORDER BY attempt_id DESC LIMIT 1",
            [],
            |row| self.get(row, "prefix"),
        )
    }
}
