//! Keeps alarms about vouchers that were acknowledged and are not there as they were.
//!
//! Invariant: an attempt has one open alarm at most; an alarm that a person accepted is not raised again for the same
//! evidence.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{AlarmKind, FoundVoucher};
use crate::ledger::values::{from_json, from_json_option, instant, json, stamp, word};
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::Alarm;

impl LedgerTx<'_> {
    /// Returns the open alarm about a record's vouchers: the one about the newest of them, if there are several.
    pub(in crate::ledger) fn open_alarm(&self, record: &str) -> Result<Option<Alarm>, LedgerError> {
        self.row(include_str!("open_alarm.sql"), named_params! { ":record": record }, |row| {
            Ok(Alarm {
                kind: word("alarm.kind", &self.get::<String>(row, "kind")?, AlarmKind::from_text)?,
                since: instant("alarm.raised_at", &self.get::<String>(row, "raised_at")?)?,
                evidence: from_json("alarm.evidence", &self.get::<String>(row, "evidence")?)?,
                is_ours: self.get(row, "is_ours")?,
                refusal: from_json_option("attempt.reason", self.get(row, "refusal")?)?,
            })
        })
    }

    /// Raises the alarm, or brings the open one up to what is seen now; says whether there was anything new in it.
    pub(crate) fn raise_alarm(
        &self,
        attempt: i64,
        kind: AlarmKind,
        evidence: &[FoundVoucher],
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let mut evidence = evidence.to_vec();
        evidence.sort_by(|one, other| one.acknowledgement.voucher_id.cmp(&other.acknowledgement.voucher_id));
        // Earlier versions kept no more of it: what a person accepted then stays accepted.
        let unmarked = |voucher: &FoundVoucher| FoundVoucher { differs: Vec::new(), ..voucher.clone() };
        let unmarked = json(&evidence.iter().map(unmarked).collect::<Vec<_>>());
        let evidence = json(&evidence);
        let newest = self.row(
            include_str!("newest_alarm.sql"),
            named_params! {
                ":attempt": attempt, ":kind": kind.as_str(), ":evidence": evidence, ":unmarked": unmarked,
            },
            |row| {
                let same: bool = self.get(row, "same")?;
                Ok((self.get::<i64>(row, "alarm_id")?, same, self.get::<Option<String>>(row, "cleared_by")?))
            },
        )?;
        match newest {
            Some((_, true, None)) => Ok(false),
            Some((_, true, Some(by))) if by == "accepted" => Ok(false),
            Some((alarm, false, None)) => {
                self.execute_one(
                    "alarm",
                    "UPDATE alarm SET kind = :kind, evidence = :evidence WHERE alarm_id = :alarm",
                    named_params! { ":kind": kind.as_str(), ":evidence": evidence, ":alarm": alarm },
                )?;
                Ok(true)
            }
            _ => {
                self.execute(
                    "INSERT INTO alarm (attempt_id, kind, evidence, raised_at)
                     VALUES (:attempt, :kind, :evidence, :now)",
                    named_params! {
                        ":attempt": attempt, ":kind": kind.as_str(), ":evidence": evidence, ":now": stamp(now),
                    },
                )?;
                Ok(true)
            }
        }
    }

    /// Clears the open alarm of an attempt whose voucher is found well; says whether there was one.
    pub(crate) fn clear_alarm(&self, attempt: i64, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let cleared = self.execute(
            "UPDATE alarm SET cleared_at = :now, cleared_by = 'found_well'
             WHERE attempt_id = :attempt AND cleared_at IS NULL",
            named_params! { ":now": stamp(now), ":attempt": attempt },
        )?;
        Ok(cleared > 0)
    }
}
