//! Keeps the heads of the audit trail: its end after each run, signed if there is a key, and whether the accounting
//! side took it as witness.

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};

use crate::domain::audit_chain::{ChainHash, StoredEntry, Value, head_bytes};
use crate::ledger::trail::audit::AuditTip;
use crate::ledger::values::{signed, stamp};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::ports::{RememberedHead, Signature, Signer};
use crate::views::AuditSeal;

/// A head exactly as the ledger holds it, with the hash of the chain at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredHead {
    pub(crate) head_id: i64,
    pub(crate) entries: i64,
    /// The hash that the newest entry had.
    pub(crate) head: Option<ChainHash>,
    pub(crate) signature: Option<Signature>,
    /// The time when it was made, as it stands there.
    pub(crate) made_at: String,
    /// The time when the accounting side took it, as it stands there.
    pub(crate) left_at: Option<String>,
    /// The hash that the entry has now; `None` if the trail has no such entry.
    pub(crate) chain: Option<ChainHash>,
}

impl StoredHead {
    /// Says whether the trail still has the entry over which it was made.
    pub(crate) fn fits(&self) -> bool {
        self.head.is_some() && self.head == self.chain
    }
}

/// The number of seals that one page may have.
const PAGE_MAX: u32 = 1_000;

impl Ledger {
    /// Returns the seals (heads) from number `from` on, exactly as they stand there: `limit` at most (and never over
    /// 1,000).
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn audit_seals(&self, from: i64, limit: u32) -> Result<Vec<AuditSeal>, LedgerError> {
        self.read(move |tx| tx.audit_seals(from, limit.min(PAGE_MAX))).await
    }

    /// Returns the ledger's own id, under which the accounting side keeps its witness.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn id(&self) -> Result<String, LedgerError> {
        self.read(|tx| tx.ledger_id()).await
    }
}

impl LedgerTx<'_> {
    /// Signs the end of the trail and keeps it, in the transaction that wrote it: an entry is never there without its
    /// seal.
    pub(in crate::ledger) fn seal_tip(&self, signer: &dyn Signer) -> Result<RememberedHead, LedgerError> {
        let (ledger_id, tip) = (self.ledger_id()?, self.audit_tip()?);
        let signature = signer.sign(&head_bytes(&ledger_id, tip.entries, &tip.head));
        let at = self.row(
            "SELECT at FROM audit WHERE entry = :entry",
            named_params! { ":entry": signed(tip.entries) },
            |row| self.get::<String>(row, "at"),
        )?;
        let at = at.unwrap_or_default();
        self.add_audit_head(&tip, signature.as_ref(), &at)?;
        let public_key = signature.map(|signature| signature.public_key);
        Ok(RememberedHead { ledger_id, entries: tip.entries, head: tip.head.to_string(), public_key, at })
    }

    /// Lets the end of the trail be sealed though this transaction appends nothing to it.
    pub(crate) fn seal_anew(&self) {
        self.has_appended.set(true);
    }

    /// Keeps a head; returns its number.
    fn add_audit_head(&self, tip: &AuditTip, signature: Option<&Signature>, made_at: &str) -> Result<i64, LedgerError> {
        self.execute_one(
            "audit_head",
            "INSERT INTO audit_head (entries, head, public_key, signature, made_at)
             VALUES (:entries, :head, :public_key, :signature, :now)",
            named_params! {
                ":entries": signed(tip.entries), ":head": tip.head.as_bytes().as_slice(),
                ":public_key": signature.map(|signature| &signature.public_key),
                ":signature": signature.map(|signature| &signature.signature), ":now": made_at,
            },
        )?;
        Ok(self.inserted())
    }

    /// Notes that the accounting side took this head as witness.
    pub(crate) fn audit_head_left(&self, head_id: i64, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.execute_one(
            "audit_head",
            "UPDATE audit_head SET left_at = :now WHERE head_id = :head",
            named_params! { ":now": stamp(now), ":head": head_id },
        )
    }

    /// Says whether the accounting side ever took one.
    pub(crate) fn was_witnessed(&self) -> Result<bool, LedgerError> {
        let found = self.row("SELECT 1 AS one FROM audit_head WHERE left_at IS NOT NULL LIMIT 1", [], |row| {
            self.get::<i64>(row, "one")
        })?;
        Ok(found.is_some())
    }

    /// Returns the head with the most entries.
    pub(crate) fn newest_audit_head(&self) -> Result<Option<StoredHead>, LedgerError> {
        self.row(include_str!("newest_audit_head.sql"), [], |row| self.stored_head(row))
    }

    /// Returns the hash of the entry with that number; of none before the first.
    pub(crate) fn audit_hash_at(&self, entries: u64) -> Result<Option<ChainHash>, LedgerError> {
        if entries == 0 {
            return Ok(Some(ChainHash::NONE));
        }
        let found = self.row(
            "SELECT hash FROM audit WHERE entry = :entry",
            named_params! { ":entry": signed(entries) },
            |row| self.hash_option(row, "hash"),
        )?;
        Ok(found.flatten())
    }

    /// Shows every entry, by number, one at a time.
    pub(crate) fn each_audit_entry(&self, mut show: impl FnMut(StoredEntry)) -> Result<(), LedgerError> {
        let parameters = named_params! { ":from": i64::MIN, ":limit": -1 };
        self.each(include_str!("audit_from.sql"), parameters, |row| {
            show(self.stored_entry(row)?);
            Ok(())
        })
    }

    /// Shows every head, by the number of its entries, one at a time.
    pub(crate) fn each_audit_head(&self, mut show: impl FnMut(StoredHead)) -> Result<(), LedgerError> {
        self.each(include_str!("audit_heads.sql"), [], |row| {
            show(self.stored_head(row)?);
            Ok(())
        })
    }

    /// Returns the heads from that number on, as they stand there.
    fn audit_seals(&self, from: i64, limit: u32) -> Result<Vec<AuditSeal>, LedgerError> {
        let parameters = named_params! { ":from": from, ":limit": limit };
        self.rows(include_str!("audit_seals.sql"), parameters, |row| {
            let text = |column| Ok::<_, LedgerError>(self.stored_value(row, column)?.shown());
            Ok(AuditSeal {
                number: self.get(row, "head_id")?,
                entries: self.get(row, "entries")?,
                head: text("head")?,
                public_key: text("public_key")?,
                signature: text("signature")?,
                made_at: text("made_at")?,
                left_at: text("left_at")?,
            })
        })
    }

    /// Returns the numbers of heads that are not there although later ones are: `(first, last)`, in order.
    pub(crate) fn missing_audit_heads(&self) -> Result<Vec<(i64, i64)>, LedgerError> {
        let (mut missing, mut before) = (Vec::new(), 0);
        self.each("SELECT head_id FROM audit_head ORDER BY head_id", [], |row| {
            let head: i64 = self.get(row, "head_id")?;
            if head > before + 1 {
                missing.push((before + 1, head - 1));
            }
            before = head;
            Ok(())
        })?;
        Ok(missing)
    }

    fn stored_head(&self, row: &Row<'_>) -> Result<StoredHead, LedgerError> {
        let entries = self.get(row, "entries")?;
        let text = |column| Ok::<_, LedgerError>(self.stored_value(row, column)?.shown());
        let signature = text("public_key")?.zip(text("signature")?);
        let chain = self.hash_option(row, "chain")?;
        Ok(StoredHead {
            head_id: self.get(row, "head_id")?,
            entries,
            head: self.hash_option(row, "head")?,
            signature: signature.map(|(public_key, signature)| Signature { public_key, signature }),
            made_at: text("made_at")?.unwrap_or_default(),
            left_at: text("left_at")?,
            chain: if entries == 0 { Some(ChainHash::NONE) } else { chain },
        })
    }

    fn hash_option(&self, row: &Row<'_>, column: &'static str) -> Result<Option<ChainHash>, LedgerError> {
        Ok(match self.stored_value(row, column)? {
            Value::Blob(bytes) => ChainHash::from_bytes(&bytes),
            _ => None,
        })
    }
}
