//! Carries the audit trail: its entries with everything they hold, and the result of its check.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use postonce_engine::domain::RunId;
use postonce_engine::error::Problem;
use postonce_engine::{AuditFilter as Filter, domain, views};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::{Act, count, each, mirrored, moment, parsed_day};

/// The most facts of one entry; no act of this program has as many.
const FACTS_MAX: usize = 200;
/// The most characters of one fact.
const FACT_CHARACTERS_MAX: usize = 1_000;

/// The filter for entries; a member that is `null` does not matter. Days are the organisation's, both included.
#[derive(Debug, Clone, Default, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditFilter {
    act: Option<Act>,
    actor: Option<String>,
    from: Option<String>,
    to: Option<String>,
    text: Option<String>,
}

impl AuditFilter {
    /// Returns the filter as the ledger takes it, with days as they begin and end in `zone`.
    pub(crate) fn within(self, zone: &impl TimeZone) -> Result<Filter, Problem> {
        let from = self.from.map(|day| parsed_day(&day)).transpose()?;
        let to = self.to.map(|day| parsed_day(&day)).transpose()?;
        let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Filter {
            act: self.act.map(domain::Act::from),
            actor: said(self.actor),
            from: from.and_then(|day| begin_of(day, zone)),
            to: to.and_then(|day| day.checked_add_days(Days::new(1))).and_then(|day| begin_of(day, zone)),
            text: said(self.text).map(|text| text.trim().to_owned()),
            record_id: None,
            run_id: None,
        })
    }
}

/// Returns when a day begins; on a day whose midnight summer time skips, the first moment after it.
fn begin_of(day: NaiveDate, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
    (0..4).find_map(|hour| {
        let at = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
        zone.from_local_datetime(&at).earliest().map(|at| at.with_timezone(&Utc))
    })
}

/// A name with its value, as an entry keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Fact {
    name: String,
    value: String,
}

/// A setting whose value changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct SettingChange {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

/// An entry with everything it holds.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntryFull {
    entry: u32,
    at: String,
    user: String,
    host: String,
    accounting_user: Option<String>,
    act: Act,
    record_id: Option<String>,
    generation: Option<u32>,
    run_id: Option<String>,
    voucher_id: Option<String>,
    earlier_voucher_id: Option<String>,
    reason: Option<String>,
    /// The changed settings; empty for every other act.
    changes: Vec<SettingChange>,
    facts: Vec<Fact>,
}

impl From<views::AuditEntry> for AuditEntryFull {
    fn from(entry: views::AuditEntry) -> Self {
        let is_change = entry.act == domain::Act::SettingsChanged;
        let (changes, facts) =
            if is_change { (changes(&entry.detail), vec![]) } else { (vec![], facts(&entry.detail)) };
        Self {
            entry: count(entry.entry),
            at: moment(entry.at),
            user: entry.actor.user,
            host: entry.actor.host,
            accounting_user: entry.accounting_user,
            act: entry.act.into(),
            record_id: entry.record_id,
            generation: entry.generation.map(domain::Generation::number),
            run_id: entry.run_id.as_ref().map(RunId::to_string),
            voucher_id: entry.voucher_id,
            earlier_voucher_id: entry.earlier_voucher_id,
            reason: entry.reason,
            changes,
            facts,
        }
    }
}

/// Returns the changed settings as they were entered; for a change that was found and not made here, the differences
/// between `before` and `after`, in the order of their names.
fn changes(detail: &Value) -> Vec<SettingChange> {
    if let Some(entered) = detail.get("changes").and_then(Value::as_array).filter(|entered| !entered.is_empty()) {
        let text = |change: &Value, name: &str| change.get(name).and_then(Value::as_str).map(short);
        let change = |change: &Value| SettingChange {
            name: text(change, "key").unwrap_or_default(),
            before: text(change, "before"),
            after: text(change, "after"),
        };
        return entered.iter().take(FACTS_MAX).map(change).collect();
    }
    let side = |name: &str| facts(detail.get(name).unwrap_or(&Value::Null));
    let (before, after) = (side("before"), side("after"));
    let of = |side: &[Fact], name: &str| side.iter().find(|fact| fact.name == name).map(|fact| fact.value.clone());
    let mut names: Vec<&String> = before.iter().chain(&after).map(|fact| &fact.name).collect();
    names.sort_unstable();
    names.dedup();
    let change = |name: &String| {
        let (before, after) = (of(&before, name), of(&after, name));
        (before != after).then(|| SettingChange { name: name.clone(), before, after })
    };
    names.into_iter().filter_map(change).collect()
}

/// Returns each value of a nested object with the path to it: `accounting.url`.
fn facts(detail: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    flatten("", detail, &mut facts);
    facts
}

fn flatten(name: &str, value: &Value, facts: &mut Vec<Fact>) {
    if facts.len() >= FACTS_MAX {
        return;
    }
    let text = match value {
        Value::Null => return,
        Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(&name, value, facts);
            }
            return;
        }
        Value::String(text) => short(text),
        other => short(&other.to_string()),
    };
    facts.push(Fact { name: name.to_owned(), value: text });
}

fn short(text: &str) -> String {
    text.chars().take(FACT_CHARACTERS_MAX).collect()
}

mirrored! {
    /// A kind of damage to the audit trail.
    FindingKind of domain::FindingKind {
        ContentChanged, LinkBroken, EntriesMissing, NumberWrong, CutOff, SealDiffers, SignatureWrong, SealsMissing, KeyChanged,
        SignatureMissing, WitnessAhead, WitnessDiffers, WitnessSignatureWrong, WitnessMissing, RowChanged, RowMissing, RowAdded,
        RowsDiffer, SignaturesRemoved, MemoryDiffers, HistoryDiffers, ReplacedAhead, OtherLedger,
    }
}

mirrored! {
    /// The accounting side's answer when the trail was checked.
    WitnessState of domain::WitnessState { Matches, Ahead, Differs, Missing, NotOffered, Unreachable, }
}

mirrored! {
    /// The answer of a further memory of the trail.
    MemoryState of domain::MemoryState { Kept, NotOffered, Unreachable, }
}

/// The verdict of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
enum Trail {
    /// Nothing is wrong.
    Whole,
    /// The trail is unchanged, and something wants an explanation.
    ToExplain,
    /// The trail was changed.
    Changed,
}

/// The result of checking the whole trail.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditVerdict {
    trail: Trail,
    entries: u32,
    head: String,
    findings: Vec<AuditFinding>,
    findings_left_out: u32,
    seals: u32,
    signed_seals: u32,
    vouched_up_to: u32,
    rows_checked: u32,
    rows_open: u32,
    rows_covered_from: Option<u32>,
    has_key: bool,
    witness: WitnessState,
    witness_history: MemoryState,
    machine_memory: MemoryState,
    other_ledgers: u32,
}

/// One problem in the trail.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AuditFinding {
    kind: FindingKind,
    entry: u32,
    at: Option<String>,
    detail: HashMap<String, String>,
}

impl From<postonce_engine::AuditVerdict> for AuditVerdict {
    fn from(verdict: postonce_engine::AuditVerdict) -> Self {
        let trail = match &verdict {
            changed if changed.is_changed() => Trail::Changed,
            whole if whole.findings.is_empty() => Trail::Whole,
            _ => Trail::ToExplain,
        };
        Self {
            trail,
            entries: count(verdict.entries),
            head: verdict.head,
            findings: each(verdict.findings),
            findings_left_out: count(verdict.findings_left_out),
            seals: count(verdict.heads_checked),
            signed_seals: count(verdict.signed_heads_checked),
            vouched_up_to: count(verdict.vouched_up_to),
            rows_checked: count(verdict.rows_checked),
            rows_open: count(verdict.rows_open),
            rows_covered_from: verdict.rows_covered_from.map(count),
            has_key: verdict.own_key.is_some(),
            witness: verdict.witness.into(),
            witness_history: verdict.witness_history.into(),
            machine_memory: verdict.machine_memory.into(),
            other_ledgers: u32::try_from(verdict.other_ledgers.len()).unwrap_or(u32::MAX),
        }
    }
}

impl From<postonce_engine::AuditFinding> for AuditFinding {
    fn from(finding: postonce_engine::AuditFinding) -> Self {
        Self {
            kind: finding.kind.into(),
            entry: u32::try_from(finding.entry).unwrap_or(0),
            at: finding.at,
            detail: finding.detail.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;
    use postonce_engine::error::ErrorCode;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_of_settings_names_what_differs_and_nothing_else() {
        let detail = json!({
            "before": { "accounting": { "url": "http://a", "kind": "open" }, "sync": { "lease_seconds": 60 } },
            "after": { "accounting": { "url": "http://b", "kind": "open" }, "schedule": { "cron": "0 2 * * *" } },
        });
        let change = |name: &str, before: Option<&str>, after: Option<&str>| SettingChange {
            name: name.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        assert_eq!(
            changes(&detail),
            [
                change("accounting.url", Some("http://a"), Some("http://b")),
                change("schedule.cron", None, Some("0 2 * * *")),
                change("sync.lease_seconds", Some("60"), None),
            ]
        );
    }

    #[test]
    fn a_change_that_was_made_here_is_shown_as_it_was_entered() {
        let detail = json!({
            "before": { "a": 1 }, "after": { "a": 2 },
            "changes": [{ "key": "accounting.url", "before": null, "after": "http://b" }],
        });
        let change = SettingChange { name: "accounting.url".into(), before: None, after: Some("http://b".into()) };
        assert_eq!(changes(&detail), [change]);
    }

    #[test]
    fn an_entry_of_a_thousand_facts_is_bounded() {
        let many: serde_json::Map<_, _> = (0..1_000).map(|n| (format!("n{n}"), json!("x".repeat(2_000)))).collect();
        let facts = facts(&Value::Object(many));
        assert_eq!((facts.len(), facts[0].value.len()), (FACTS_MAX, FACT_CHARACTERS_MAX));
    }

    #[test]
    fn a_day_is_the_organisations_and_both_ends_are_included() {
        let zone = FixedOffset::east_opt(3_600).expect("an hour east");
        let filter = AuditFilter {
            from: Some("2026-11-02".into()),
            to: Some("2026-11-02".into()),
            text: Some("  ".into()),
            ..AuditFilter::default()
        };
        let filter = filter.within(&zone).expect("both are days");
        assert_eq!(filter.from.expect("given").to_rfc3339(), "2026-11-01T23:00:00+00:00");
        assert_eq!(filter.to.expect("given").to_rfc3339(), "2026-11-02T23:00:00+00:00");
        assert_eq!(filter.text, None);
        let wrong = AuditFilter { from: Some("2.11.2026".into()), ..AuditFilter::default() };
        assert_eq!(wrong.within(&zone).expect_err("not a day").code, ErrorCode::Usage);
    }
}
