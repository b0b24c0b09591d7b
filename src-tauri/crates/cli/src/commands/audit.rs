//! Runs `audit verify` and `audit export`.

use std::path::Path;

use chrono::DateTime;
use postonce_engine::domain::{FindingKind, MemoryState, WitnessState};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{AuditFinding, AuditVerdict, OtherLedger};
use postonce_practice::{OpenWorkspace, with_workspace_to_look_into};
use postonce_reports::{TrailFormat, write_trail};
use postonce_words::Message;
use serde_json::json;

use super::report::free_place;
use super::{actor, ledger, run_id};
use crate::args::{Args, Audit, AuditAct};
use crate::failure::Failure;
use crate::output::Output;
use crate::words;
use crate::{Status, json};

pub(crate) async fn audit(args: &Args, asked: &Audit, output: &Output) -> Result<Status, Failure> {
    match &asked.act {
        AuditAct::Verify => verify(args, output).await,
        AuditAct::Proof { run, record } => proof(args, run, record.as_deref(), output).await,
        AuditAct::Export { file, force } => export(args, file, *force, output).await,
    }
}

async fn verify(args: &Args, output: &Output) -> Result<Status, Failure> {
    let verify = async |open: &OpenWorkspace| open.engine.verify_audit(actor()).await;
    let workspace = args.open_workspace(output)?;
    let is_practice = workspace.is_practice();
    let verdict = with_workspace_to_look_into(workspace, verify).await?;
    if output.json {
        output.document(&json::verdict(&verdict));
    } else {
        print(&verdict, is_practice, output);
    }
    Ok(match verdict {
        changed if changed.is_changed() => Status::Failed(ErrorCode::AuditBroken.exit_status()),
        whole if whole.findings.is_empty() => Status::Done,
        _ => Status::Attention,
    })
}

fn print(verdict: &AuditVerdict, is_practice: bool, output: &Output) {
    output.say(output.word(match verdict {
        changed if changed.is_changed() => words::TRAIL_CHANGED,
        whole if whole.findings.is_empty() => words::TRAIL_WHOLE,
        _ => words::TRAIL_TO_EXPLAIN,
    }));
    for finding in &verdict.findings {
        output.say(sentence(finding, output));
    }
    if verdict.findings_left_out > 0 {
        output.say(format!("{}: {}", output.word(words::MORE), verdict.findings_left_out));
    }
    let seals = format!("{} ({} {})", verdict.heads_checked, verdict.signed_heads_checked, output.word(words::SIGNED));
    let row = |message, text: String| vec![output.word(message).to_owned(), text];
    output.table(&[
        row(words::ENTRIES, output.count(verdict.entries)),
        row(words::VOUCHED, verdict.vouched_up_to.to_string()),
        row(words::SEALS, seals),
        row(words::WITNESS, output.word(witness(verdict.witness)).to_owned()),
        row(words::WITNESS_HISTORY, output.word(memory(verdict.witness_history)).to_owned()),
        row(words::WITNESS_LIST, output.word(memory(verdict.witness_list)).to_owned()),
        row(words::MACHINE_MEMORY, output.word(memory(verdict.machine_memory)).to_owned()),
        row(words::ROWS_CHECKED, rows(verdict, output)),
        row(words::NEWEST_HASH, verdict.head.clone()),
    ]);
    if !verdict.other_ledgers.is_empty() {
        output.say(format!("{}:", output.word(words::OTHER_LEDGERS)));
        verdict.other_ledgers.iter().for_each(|other| output.say(other_ledger(other, output)));
    }
    if verdict.heads_checked > 0 && verdict.signed_heads_checked == 0 && verdict.own_key.is_none() {
        output.say(output.word(if is_practice { words::PRACTICE_NEEDS_NO_KEY } else { words::NO_KEY }));
    }
}

/// Returns how many rows were checked, and from which entry on they are covered.
fn rows(verdict: &AuditVerdict, output: &Output) -> String {
    let Some(from) = verdict.rows_covered_from else { return output.word(words::ROWS_NOT_COVERED).to_owned() };
    let (checked, covered) = (verdict.rows_checked, output.word(words::ROWS_FROM));
    match verdict.rows_open {
        0 => format!("{checked} ({covered} {from})"),
        open => format!("{checked} ({covered} {from}; {open} {})", output.word(words::ROWS_OPEN)),
    }
}

/// Writes a moment as the trail or a witness has it; one that is none stays as it is.
fn moment(text: &str, output: &Output) -> String {
    DateTime::parse_from_rfc3339(text).map_or_else(|_| text.to_owned(), |at| output.exact_moment(at.to_utc()))
}

/// Returns another ledger as a line: its id, its entries, who left its witness, and when.
fn other_ledger(other: &OtherLedger, output: &Output) -> String {
    let by = other.written_by.as_ref().map(|by| format!(", {} ({})", by.user, by.host)).unwrap_or_default();
    let at = other.written_at.as_ref().map(|at| format!(", {}", moment(at, output))).unwrap_or_default();
    let replaced = if other.replaced { format!(", {}", output.word(words::LEDGER_REPLACED)) } else { String::new() };
    let (id, entries) = (&other.ledger_id, other.entries);
    format!("  {id}: {} {entries}{by}{at}{replaced}", output.word(words::ENTRIES))
}

/// Returns a finding about a row as a line: `Table attempt, row 17 (run …, record PM-1): …`
fn row_sentence(finding: &AuditFinding, table: &str, output: &Output) -> String {
    let detail = |name: &str| finding.detail.get(name).filter(|text| !text.is_empty());
    let row = detail("row").map(|row| format!(", {} {row}", output.word(words::ROW))).unwrap_or_default();
    let of: Vec<&str> = ["run", "record"].iter().filter_map(|name| detail(name)).map(String::as_str).collect();
    let of = if of.is_empty() { String::new() } else { format!(" ({})", of.join(", ")) };
    let entry = format!("{} {}", output.word(words::ENTRY), finding.entry);
    let (noun, what) = (output.word(words::TABLE), output.word(kind(finding.kind)));
    format!("  {entry}: {noun} {table}{row}{of}: {what}")
}

/// Returns a finding as a line: `Entry 9–14, 2026-11-02T09:14:03.000Z (kari, HLF-PC-12, resolved): …`
fn sentence(finding: &AuditFinding, output: &Output) -> String {
    let detail = |name: &str| finding.detail.get(name).filter(|text| !text.is_empty());
    if let Some(table) = detail("table") {
        return row_sentence(finding, table, output);
    }
    let last = detail("last").filter(|last| **last != finding.entry.to_string());
    let entries = match (detail("first"), last) {
        (Some(first), Some(last)) => format!("{first}–{last}"),
        (Some(first), None) => first.clone(),
        (None, Some(last)) => format!("{}–{last}", finding.entry),
        (None, None) => finding.entry.to_string(),
    };
    let noun = if finding.kind == FindingKind::SealsMissing { words::SEAL } else { words::ENTRY };
    let by: Vec<&str> = ["user", "host", "act"].iter().filter_map(|name| detail(name)).map(String::as_str).collect();
    let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
    let at = finding.at.as_ref().map(|at| format!(", {}", moment(at, output))).unwrap_or_default();
    let sound = detail("sound_up_to")
        .map(|entry| format!(" {}: {entry}.", output.word(words::SOUND_UP_TO)))
        .unwrap_or_default();
    let line = format!("  {} {entries}{at}{by}: {}{sound}", output.word(noun), output.word(kind(finding.kind)));
    let ledger = detail("ledger").map(|ledger| format!(" ({ledger})")).unwrap_or_default();
    format!("{line}{ledger}")
}

fn kind(kind: FindingKind) -> Message {
    match kind {
        FindingKind::ContentChanged => words::CONTENT_CHANGED,
        FindingKind::LinkBroken => words::LINK_BROKEN,
        FindingKind::EntriesMissing => words::ENTRIES_MISSING,
        FindingKind::NumberWrong => words::NUMBER_WRONG,
        FindingKind::CutOff => words::CUT_OFF,
        FindingKind::SealDiffers => words::SEAL_DIFFERS,
        FindingKind::SignatureWrong => words::SIGNATURE_WRONG,
        FindingKind::SealsMissing => words::SEALS_MISSING,
        FindingKind::KeyChanged => words::KEY_CHANGED,
        FindingKind::SignatureMissing => words::SIGNATURE_MISSING,
        FindingKind::WitnessAhead => words::WITNESS_AHEAD,
        FindingKind::WitnessDiffers => words::WITNESS_DIFFERS,
        FindingKind::WitnessSignatureWrong => words::WITNESS_SIGNATURE_WRONG,
        FindingKind::WitnessMissing => words::WITNESS_MISSING,
        FindingKind::RowChanged => words::ROW_CHANGED,
        FindingKind::RowMissing => words::ROW_MISSING,
        FindingKind::RowAdded => words::ROW_ADDED,
        FindingKind::RowsDiffer => words::ROWS_DIFFER,
        FindingKind::SignaturesRemoved => words::SIGNATURES_REMOVED,
        FindingKind::MemoryDiffers => words::MEMORY_DIFFERS,
        FindingKind::HistoryDiffers => words::HISTORY_DIFFERS,
        FindingKind::ReplacedAhead => words::REPLACED_AHEAD,
        FindingKind::OtherLedger => words::OTHER_LEDGER,
    }
}

fn memory(state: MemoryState) -> Message {
    match state {
        MemoryState::Kept => words::MEMORY_KEPT,
        MemoryState::NotOffered => words::MEMORY_NOT_OFFERED,
        MemoryState::Unreachable => words::MEMORY_UNREACHABLE,
    }
}

fn witness(state: WitnessState) -> Message {
    match state {
        WitnessState::Matches => words::WITNESS_IS_SAME,
        WitnessState::Ahead => words::WITNESS_AHEAD,
        WitnessState::Differs => words::WITNESS_DIFFERS,
        WitnessState::Missing => words::WITNESS_IS_NONE,
        WitnessState::NotOffered => words::WITNESS_NOT_OFFERED,
        WitnessState::Unreachable => words::WITNESS_NOT_ASKED,
    }
}

async fn proof(args: &Args, run: &str, record: Option<&str>, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace(output)?)?;
    let run = run_id(&ledger, run).await?;
    let proofs = ledger.proofs(&run, record).await.map_err(Problem::from)?;
    if proofs.is_empty() {
        return Err(Problem::proof_missing(run).into());
    }
    let ledger_id = ledger.id().await.map_err(Problem::from)?;
    output.document(&json!({ "ledger_id": ledger_id, "run_id": run, "proofs": proofs }));
    Ok(Status::Done)
}

async fn export(args: &Args, path: &Path, force: bool, output: &Output) -> Result<Status, Failure> {
    let Some(format) = TrailFormat::of(path) else {
        return Err(Problem::report_format_unknown(path.display(), TrailFormat::ENDINGS).into());
    };
    let place = free_place(path, force)?;
    let ledger = ledger(&args.open_workspace(output)?)?;
    let written = place.write(async |out| write_trail(&ledger, format, output.language, out).await);
    let entries = written.await.map_err(|error| error.problem(path))?;
    if output.json {
        output.document(&json!({ "written": path, "entries": entries }));
    }
    output.note(format!("{} {} ({entries})", output.word(words::REPORT_WRITTEN), path.display()));
    Ok(Status::Done)
}
