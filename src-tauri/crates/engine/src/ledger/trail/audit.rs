//! Appends entries to the audit trail, in the transaction of the act that they record, each with the hash of the one
//! before.
//!
//! Invariant: the ledger's triggers refuse every change and deletion, and an entry that does not go on from the newest.
//! The triggers stop mistakes; an edit of the file past them is found by the chain (`domain::audit_chain`), the signed
//! heads and the witness (`audit`).

use chrono::{DateTime, Utc};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, named_params};
use serde_json::json;

use crate::domain::audit_chain::{COLUMNS, ChainHash, StoredEntry, Value, entry_hash};
use crate::domain::{Act, Actor, Generation, RunId};
use crate::ledger::values::value_of;
use crate::ledger::values::{signed, stamp};
use crate::ledger::{LedgerError, LedgerTx};

/// The member of an entry's detail that holds the root over the rows it covers.
pub(crate) const ROWS: &str = "rows";

/// The content of an entry.
#[derive(Debug, Clone)]
pub(crate) struct AuditAct<'a> {
    /// The time, by the wall clock.
    pub(crate) at: DateTime<Utc>,
    /// The person, as the operating system names them.
    pub(crate) actor: &'a Actor,
    /// The user that the accounting system took them for.
    pub(crate) accounting_user: Option<&'a str>,
    /// The act that was done.
    pub(crate) act: Act,
    /// The record to which it was done.
    pub(crate) record_id: Option<&'a str>,
    /// The generation of the record.
    pub(crate) generation: Option<Generation>,
    /// The run in which it was done.
    pub(crate) run_id: Option<&'a RunId>,
    /// The voucher that the accounting system made of it.
    pub(crate) voucher_id: Option<&'a str>,
    /// The voucher that stood there before.
    pub(crate) earlier_voucher_id: Option<&'a str>,
    /// The reason. Some acts have no entry without at least ten characters of it: the table's `CHECK` says which.
    pub(crate) reason: Option<&'a str>,
    /// Everything else that belongs to the act: an object. Never a secret.
    pub(crate) detail: serde_json::Value,
}

impl<'a> AuditAct<'a> {
    pub(crate) fn new(at: DateTime<Utc>, actor: &'a Actor, act: Act) -> Self {
        Self {
            at,
            actor,
            accounting_user: None,
            act,
            record_id: None,
            generation: None,
            run_id: None,
            voucher_id: None,
            earlier_voucher_id: None,
            reason: None,
            detail: json!({}),
        }
    }

    #[must_use]
    pub(crate) fn accounting_user(self, user: &'a str) -> Self {
        Self { accounting_user: Some(user), ..self }
    }

    #[must_use]
    pub(crate) fn record(self, record_id: &'a str, generation: Generation) -> Self {
        Self { record_id: Some(record_id), generation: Some(generation), ..self }
    }

    #[must_use]
    pub(crate) fn run(self, run_id: &'a RunId) -> Self {
        Self { run_id: Some(run_id), ..self }
    }

    #[must_use]
    pub(crate) fn voucher(self, voucher_id: Option<&'a str>) -> Self {
        Self { voucher_id, ..self }
    }

    #[must_use]
    pub(crate) fn earlier_voucher(self, earlier_voucher_id: Option<&'a str>) -> Self {
        Self { earlier_voucher_id, ..self }
    }

    #[must_use]
    pub(crate) fn reason(self, reason: &'a str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    #[must_use]
    pub(crate) fn detail(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }

    /// Returns the values of the entry; `rows` is what it says of the rows that it covers.
    pub(crate) fn values(
        &self,
        entry: u64,
        previous: ChainHash,
        rows: Option<serde_json::Value>,
    ) -> [Value; COLUMNS.len()] {
        let mut detail = self.detail.clone();
        if let (Some(rows), Some(members)) = (rows, detail.as_object_mut()) {
            members.insert(ROWS.to_owned(), rows);
        }
        [
            Value::Integer(signed(entry)),
            Value::text(stamp(self.at)),
            Value::text(&self.actor.user),
            Value::text(&self.actor.host),
            Value::text_option(self.accounting_user),
            Value::text(self.act.as_str()),
            Value::text_option(self.record_id),
            self.generation.map_or(Value::Null, |generation| Value::Integer(generation.number().into())),
            Value::text_option(self.run_id.map(RunId::as_str)),
            Value::text_option(self.voucher_id),
            Value::text_option(self.earlier_voucher_id),
            Value::text_option(self.reason),
            Value::text(detail.to_string()),
            Value::Blob(previous.as_bytes().to_vec()),
        ]
    }
}

/// The end of the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuditTip {
    /// The number of the newest entry; 0 if there is none.
    pub(crate) entries: u64,
    /// The hash of the newest entry.
    pub(crate) head: ChainHash,
}

impl LedgerTx<'_> {
    /// Appends an entry, which covers the rows that were changed for it; returns its number. It is called in the
    /// transaction of the act itself, behind the changes: all are kept, or none.
    ///
    /// # Errors
    /// If the act wants a reason and has none, or the trail does not end as it should.
    pub(crate) fn audit(&self, act: &AuditAct<'_>) -> Result<u64, LedgerError> {
        if self.has_uncovered_history()? {
            self.seal_history(act)?;
        }
        self.append_audit(act)
    }

    /// Seals the rows of a ledger from before rows were covered, with an entry that says so.
    fn seal_history(&self, act: &AuditAct<'_>) -> Result<(), LedgerError> {
        let before = self.audit_tip()?.entries;
        self.note_everything()?;
        let sealed = AuditAct::new(act.at, act.actor, Act::HistorySealed).detail(json!({ "entries_before": before }));
        self.append_audit(&sealed).map(drop)
    }

    fn append_audit(&self, act: &AuditAct<'_>) -> Result<u64, LedgerError> {
        let tip = self.audit_tip()?;
        let entry = tip.entries + 1;
        let is_first = tip.entries == 0;
        if is_first {
            self.note_everything()?;
        }
        let rows = self.cover(entry, is_first || act.act == Act::HistorySealed)?;
        let values = act.values(entry, tip.head, rows);
        let hash = entry_hash(&self.ledger_id()?, &values);
        let [
            number,
            at,
            user,
            host,
            accounting,
            word,
            record,
            generation,
            run,
            voucher,
            earlier,
            reason,
            detail,
            previous,
        ] = &values;
        self.execute_one(
            "audit",
            include_str!("append_audit.sql"),
            named_params! {
                ":entry": number, ":at": at, ":actor_user": user, ":actor_host": host, ":accounting_user": accounting,
                ":act": word, ":record_id": record, ":generation": generation, ":run_id": run, ":voucher_id": voucher,
                ":earlier_voucher_id": earlier, ":reason": reason, ":detail": detail, ":previous": previous,
                ":hash": hash.as_bytes().as_slice(),
            },
        )?;
        self.has_appended.set(true);
        self.read_back(entry, &StoredEntry { values, hash: Value::Blob(hash.as_bytes().to_vec()) })?;
        Ok(entry)
    }

    /// Checks that the entry that stands there now is the one that was hashed: else no verification would ever find the
    /// trail sound again.
    fn read_back(&self, entry: u64, meant: &StoredEntry) -> Result<(), LedgerError> {
        let written = self.audit_from(signed(entry), 1)?.pop();
        if written.as_ref() == Some(meant) {
            return Ok(());
        }
        Err(LedgerError::Impossible { what: "audit", found: format!("entry {entry} is not as it was written") })
    }

    /// Returns the end of the trail.
    pub(crate) fn audit_tip(&self) -> Result<AuditTip, LedgerError> {
        let tip = self.row("SELECT entry, hash FROM audit ORDER BY entry DESC LIMIT 1", [], |row| {
            let hash: Vec<u8> = self.get(row, "hash")?;
            let head = ChainHash::from_bytes(&hash)
                .ok_or_else(|| LedgerError::Impossible { what: "audit.hash", found: hex::encode(hash) })?;
            Ok(AuditTip { entries: crate::ledger::values::number("audit.entry", self.get(row, "entry")?)?, head })
        })?;
        Ok(tip.unwrap_or(AuditTip { entries: 0, head: ChainHash::NONE }))
    }

    /// Returns the ledger's own id.
    pub(crate) fn ledger_id(&self) -> Result<String, LedgerError> {
        let id = self.row("SELECT ledger_id FROM ledger", [], |row| self.get(row, "ledger_id"))?;
        id.ok_or_else(|| LedgerError::Impossible { what: "ledger", found: "no row".to_owned() })
    }

    /// Returns the entries from that number on, oldest first, as they stand there.
    pub(crate) fn audit_from(&self, from: i64, limit: u32) -> Result<Vec<StoredEntry>, LedgerError> {
        self.rows(include_str!("audit_from.sql"), named_params! { ":from": from, ":limit": limit }, |row| {
            self.stored_entry(row)
        })
    }

    pub(in crate::ledger) fn stored_entry(&self, row: &Row<'_>) -> Result<StoredEntry, LedgerError> {
        let mut values = [const { Value::Null }; COLUMNS.len()];
        for (value, column) in values.iter_mut().zip(COLUMNS) {
            *value = self.stored_value(row, column)?;
        }
        Ok(StoredEntry { values, hash: self.stored_value(row, "hash")? })
    }

    /// Returns the value of the column as it stands, even if this program never writes such a one.
    pub(in crate::ledger) fn stored_value(&self, row: &Row<'_>, column: &'static str) -> Result<Value, LedgerError> {
        let value = self.column_place(row, column).and_then(|place| row.get_ref(place));
        value.map(value_of).map_err(|error| self.sqlite_error(error))
    }
}

/// Writes the value in the form in which it is read back.
impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(bytes) => ValueRef::Text(bytes),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Real(_) => {
                let never = "the ledger writes no floating-point numbers";
                return Err(rusqlite::Error::ToSqlConversionFailure(never.into()));
            }
        }))
    }
}
