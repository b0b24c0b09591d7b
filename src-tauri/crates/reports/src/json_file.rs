//! Writes the report as one JSON document, its lists row by row.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_engine::Ledger;
use postonce_engine::views::{Comparison, Difference, RunVoucher, VoucherDraft, VoucherLine};
use serde_json::{Value, json};

use crate::pages::{each_difference, each_voucher};
use crate::{Report, ReportError};

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Returns the figures of a comparison.
pub fn comparison(comparison: &Comparison) -> Value {
    json!({
        "comparison_id": comparison.comparison_id, "run_id": comparison.run_id,
        "period": { "from": comparison.period.from, "to": comparison.period.to },
        "organisation": comparison.organisation, "address": comparison.address,
        "actor": comparison.actor.user, "host": comparison.actor.host, "accounting_user": comparison.accounting_user,
        "started_at": instant(comparison.started_at), "finished_at": comparison.finished_at.map(instant),
        "equal": comparison.is_equal(),
        "counts": {
            "ledger": comparison.ledger_vouchers, "accounting": comparison.accounting_vouchers,
            "matched": comparison.matched, "waiting": comparison.waiting, "reversed": comparison.reversed,
            "differences": comparison.differences,
        },
        "sums": comparison.sums, "unseen": comparison.unseen,
    })
}

/// Returns one difference, with both sides.
pub fn difference(difference: &Difference) -> Value {
    json!({
        "kind": difference.kind, "record_id": difference.record_id,
        "generation": difference.generation.map(|generation| generation.number()),
        "reference": difference.reference, "voucher_id": difference.voucher_id,
        "ledger": difference.sides.ledger, "accounting": difference.sides.accounting, "drafts": difference.sides.drafts,
    })
}

/// Returns the lines of a voucher, as a bookkeeper writes them.
pub fn lines(draft: &VoucherDraft) -> Value {
    let line = |line: &VoucherLine| {
        json!({
            "account": line.account, "debit": line.debit, "credit": line.credit, "text": line.text,
            "party": line.party, "vat_code": line.vat_code, "dimensions": line.dimensions,
            "own_amount": line.own_amount,
        })
    };
    draft.lines.iter().map(line).collect()
}

fn voucher(posted: &RunVoucher) -> Value {
    let (item, draft) = (&posted.item, posted.voucher.as_ref());
    json!({
        "record_id": item.record_id, "generation": item.generation.map(|generation| generation.number()),
        "reference": item.reference, "voucher_id": item.voucher_id, "voucher_number": item.voucher_number,
        "date": item.date, "currency": item.amount.as_ref().map(|sum| &sum.currency),
        "amount": item.amount.as_ref().map(|sum| &sum.amount),
        "text": draft.map(|draft| &draft.text), "own_currency": draft.and_then(|draft| draft.own_currency.as_ref()),
        "exchange_rate": draft.and_then(|draft| draft.rate.as_ref()), "lines": draft.map(lines),
    })
}

pub(crate) async fn write(ledger: &Ledger, report: &Report, out: &mut dyn Write) -> Result<(), ReportError> {
    let run = report.run.as_ref().map(|run| {
        json!({
            "run_id": run.run_id, "trigger": run.trigger, "actor": run.actor.user, "host": run.actor.host,
            "started_at": instant(run.started_at), "finished_at": run.finished_at.map(instant),
            "outcome": run.outcome, "fence": run.fence, "protection": report.papers.protection,
            "program": report.papers.program,
            "receipts": { "attached": report.papers.receipts_attached, "missing": report.papers.receipts_missing },
        })
    });
    let head = json!({
        "organisation_name": report.organisation_name, "made_at": instant(report.made_at), "program": report.program,
        "ledger_id": report.papers.ledger_id,
        "audit": { "entries": report.papers.audit_entries, "head": report.papers.audit_head },
        "run": run, "comparison": comparison(&report.comparison), "proofs": report.papers.proofs,
    });
    let head = head.to_string();
    // The object stays open for its lists.
    write!(out, "{},\"differences\":[", head.strip_suffix('}').unwrap_or(&head))?;
    let mut separator = "";
    each_difference(ledger, report, |row| {
        write!(out, "{separator}{}", difference(row))?;
        separator = ",";
        Ok(())
    })
    .await?;
    write!(out, "],\"vouchers\":[")?;
    separator = "";
    each_voucher(ledger, report, |posted| {
        write!(out, "{separator}{}", voucher(posted))?;
        separator = ",";
        Ok(())
    })
    .await?;
    writeln!(out, "]}}")?;
    Ok(out.flush()?)
}
