//! Keeps the contents that a record had before it changed, if they were exported.

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};

use crate::domain::{ExpenseDetail, RecordId};
use crate::ledger::run::claim::ClaimMember;
use crate::ledger::values::{day, from_json, from_json_option, instant, instant_option, json, money, stamp};
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::{Changed, Content};

impl LedgerTx<'_> {
    /// Keeps the content that is about to be overwritten, if the record was ever claimed.
    pub(in crate::ledger) fn keep_superseded(&self, id: &RecordId, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let record = named_params! { ":record": id.as_str() };
        let claimed = self.row(include_str!("claimed_content.sql"), record, |row| {
            Ok((self.get::<Vec<u8>>(row, "content_hash")?, self.content(row)?))
        })?;
        if let Some((hash, content)) = claimed {
            self.execute(
                "INSERT INTO superseded (record_id, content_hash, content, replaced_at)
                 VALUES (:record, :hash, :content, :now)
                 ON CONFLICT DO UPDATE SET replaced_at = excluded.replaced_at",
                named_params! {
                    ":record": id.as_str(), ":hash": hash, ":content": json(&content), ":now": stamp(now),
                },
            )?;
        }
        Ok(())
    }

    /// Keeps the content of a voucher that is taken over as it stands, if the record says something else by now.
    pub(in crate::ledger) fn keep_shown(&self, asked: &ClaimMember, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let record = named_params! { ":record": asked.record_id.as_str() };
        let sql =
            "SELECT content_hash, date, currency, exponent, minor, payee_id, payee_name, category, text, department,
                       project, detail, version, approved_at FROM record WHERE record_id = :record";
        let found = self.row(sql, record, |row| Ok((self.get::<Vec<u8>>(row, "content_hash")?, self.content(row)?)))?;
        let Some((_, content)) = found.filter(|(hash, _)| hash != asked.content.as_bytes()) else { return Ok(()) };
        let (payee_id, text) = match &asked.sent {
            Some(sent) => (sent.payee.clone(), sent.text.clone()),
            None => (content.payee_id.clone(), content.text.clone()),
        };
        let payee = if payee_id == content.payee_id { content.payee.clone() } else { payee_id.clone() };
        let shown = Content {
            date: asked.date,
            amount: asked.amount.to_decimal(),
            currency: asked.amount.currency().code().to_owned(),
            payee_id,
            payee,
            text,
            ..content
        };
        self.execute(
            "INSERT INTO superseded (record_id, content_hash, content, replaced_at)
             VALUES (:record, :hash, :content, :now) ON CONFLICT DO NOTHING",
            named_params! {
                ":record": asked.record_id.as_str(), ":hash": asked.content.as_bytes(), ":content": json(&shown),
                ":now": stamp(now),
            },
        )?;
        Ok(())
    }

    /// Returns both contents of a record, if it is no longer what the attempt exported.
    pub(in crate::ledger) fn changed(&self, record_id: &str, attempt: i64) -> Result<Option<Changed>, LedgerError> {
        self.row(
            include_str!("changed_content.sql"),
            named_params! { ":record": record_id, ":attempt": attempt },
            |row| {
                let now = self.content(row)?;
                let exported: Option<String> = self.get(row, "exported")?;
                let exported = exported.map(|text| from_json::<Content>("superseded.content", &text)).transpose()?;
                Ok(Changed {
                    differs: exported.as_ref().map(|exported| exported.differing(&now)).unwrap_or_default(),
                    exported,
                    now,
                    since: instant_option("superseded.replaced_at", self.get(row, "replaced_at")?)?,
                })
            },
        )
    }

    /// Returns what a record says beyond a plain expense.
    pub(in crate::ledger) fn detail(&self, row: &Row<'_>) -> Result<ExpenseDetail, LedgerError> {
        Ok(from_json_option("record.detail", self.get(row, "detail")?)?.unwrap_or_default())
    }

    /// Returns the content columns of `record`.
    fn content(&self, row: &Row<'_>) -> Result<Content, LedgerError> {
        let (code, exponent): (String, i64) = (self.get(row, "currency")?, self.get(row, "exponent")?);
        let approved: Option<String> = self.get(row, "approved_at")?;
        Ok(Content {
            date: day("record.date", &self.get::<String>(row, "date")?)?,
            amount: money(&code, exponent, self.get(row, "minor")?)?.to_decimal(),
            currency: code,
            payee_id: self.get(row, "payee_id")?,
            payee: self.get(row, "payee_name")?,
            category: self.get(row, "category")?,
            text: self.get(row, "text")?,
            department: self.get(row, "department")?,
            project: self.get(row, "project")?,
            detail: self.detail(row)?,
            version: self.get(row, "version")?,
            approved_at: approved.map(|text| instant("record.approved_at", &text)).transpose()?,
        })
    }
}
