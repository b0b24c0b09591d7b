//! Keeps alarms about vouchers that were acknowledged and are not there as they were.
//!
//! Invariant: an attempt has one open alarm at most; an alarm that a person accepted is not raised again for the same
//! evidence.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{AlarmKind, FoundVoucher, VoucherState};
use crate::ledger::values::{from_json, from_json_option, instant, json, stamp, word};
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::Alarm;

impl LedgerTx<'_> {
    /// Returns the alarm about a record: what the open alarms about its vouchers say together.
    pub(in crate::ledger) fn open_alarm(&self, record: &str) -> Result<Option<Alarm>, LedgerError> {
        let open = self.rows(include_str!("open_alarm.sql"), named_params! { ":record": record }, |row| {
            let alarm = Alarm {
                kind: word("alarm.kind", &self.get::<String>(row, "kind")?, AlarmKind::from_text)?,
                since: instant("alarm.raised_at", &self.get::<String>(row, "raised_at")?)?,
                evidence: from_json("alarm.evidence", &self.get::<String>(row, "evidence")?)?,
                is_ours: self.get(row, "is_ours")?,
                is_other_voucher: false,
                refusal: from_json_option("attempt.reason", self.get(row, "refusal")?)?,
            };
            Ok((alarm, self.get(row, "voucher_id")?))
        })?;
        Ok(of_record(open))
    }

    /// Returns the open alarms about a record's vouchers.
    pub(in crate::ledger::run) fn open_alarms(&self, record: &str) -> Result<Vec<i64>, LedgerError> {
        self.rows(
            "SELECT alarm_id FROM attempt JOIN alarm USING (attempt_id) WHERE record_id = :record AND cleared_at IS NULL",
            named_params! { ":record": record },
            |row| self.get(row, "alarm_id"),
        )
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

/// Returns the alarm about a record out of those about its vouchers, each with the acknowledged voucher, the newest first.
/// A voucher under an earlier reference stands for the record as well: an expense is in no book only if none does.
fn of_record(open: Vec<(Alarm, Option<String>)>) -> Option<Alarm> {
    let mut open = open.into_iter();
    let (mut alarm, acknowledged) = open.next()?;
    let is_standing = |voucher: &FoundVoucher| voucher.state == VoucherState::Posted;
    alarm.evidence.extend(open.flat_map(|(earlier, _)| earlier.evidence).filter(is_standing));
    let standing = alarm.evidence.iter().filter(|voucher| is_standing(voucher));
    let ids: Vec<&str> = standing.map(|voucher| voucher.acknowledgement.voucher_id.as_str()).collect();
    alarm.kind = match (alarm.kind, ids.len()) {
        (AlarmKind::Gone | AlarmKind::Reversed, 1) => AlarmKind::OtherContent,
        (_, 2..) => AlarmKind::Several,
        (kind, _) => kind,
    };
    let is_acknowledged = ids.iter().any(|id| acknowledged.as_deref() == Some(*id));
    alarm.is_other_voucher = alarm.kind == AlarmKind::OtherContent && !ids.is_empty() && !is_acknowledged;
    Some(alarm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Acknowledgement, Reference, ShownContent};

    fn voucher(id: &str, state: VoucherState) -> FoundVoucher {
        FoundVoucher {
            reference: Reference::from_stored("hlf:A"),
            acknowledgement: Acknowledgement { voucher_id: id.into(), number: None },
            date: "2026-10-28".parse().expect("a date"),
            currency: "NOK".into(),
            total: "412.00".into(),
            created_at: DateTime::UNIX_EPOCH,
            created_by: None,
            state,
            reversed_by: None,
            reverses: None,
            shown: ShownContent::default(),
            differs: Vec::new(),
        }
    }

    fn alarm(kind: AlarmKind, acknowledged: &str, evidence: Vec<FoundVoucher>) -> (Alarm, Option<String>) {
        let since = DateTime::UNIX_EPOCH;
        let alarm = Alarm { kind, since, evidence, is_ours: false, is_other_voucher: false, refusal: None };
        (alarm, Some(acknowledged.to_owned()))
    }

    #[test]
    fn alarms_about_a_records_vouchers_are_shown_as_one() {
        let stands = |id: &str| voucher(id, VoucherState::Posted);
        let voided = |id: &str| voucher(id, VoucherState::Voided);
        let earlier = || alarm(AlarmKind::Several, "V-1", vec![stands("V-1")]);
        for (open, shown) in [
            (vec![], None),
            (vec![alarm(AlarmKind::Reversed, "V-1", vec![voided("V-1")])], Some((AlarmKind::Reversed, false))),
            (vec![alarm(AlarmKind::Gone, "V-1", vec![])], Some((AlarmKind::Gone, false))),
            (vec![earlier()], Some((AlarmKind::Several, false))),
            (vec![alarm(AlarmKind::OtherContent, "V-1", vec![stands("V-1")])], Some((AlarmKind::OtherContent, false))),
            (vec![alarm(AlarmKind::OtherContent, "V-1", vec![stands("V-2")])], Some((AlarmKind::OtherContent, true))),
            // The newest does not stand, and an earlier one does: the expense is in the books.
            (
                vec![alarm(AlarmKind::Reversed, "V-2", vec![voided("V-2")]), earlier()],
                Some((AlarmKind::OtherContent, true)),
            ),
            (vec![alarm(AlarmKind::Gone, "V-2", vec![]), earlier()], Some((AlarmKind::OtherContent, true))),
            (
                vec![alarm(AlarmKind::OtherContent, "V-2", vec![stands("V-2")]), earlier()],
                Some((AlarmKind::Several, false)),
            ),
        ] {
            let alarm = of_record(open);
            assert_eq!(alarm.as_ref().map(|alarm| (alarm.kind, alarm.is_other_voucher)), shown, "{alarm:?}");
        }
    }
}
